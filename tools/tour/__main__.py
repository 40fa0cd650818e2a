"""Command line: ``python -m tools.tour [--language de_de] [--size 1920x1080] [--only menu hubs] [--keep]``."""
from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools import translations
from tools.kodilab import KodiLab, LabError
from tools.kodilab.chroots import ensure_chroot
from tools.stage import ENVIRONMENT, ROOT, Stage, build_repository
from tools.tour import library, shrink
from tools.tour.guide import Guide
from tools.tour.steps import STEPS, Stop


def main(argv: Sequence[str] | None = None) -> int:
    """Take the tour; returns 1 if a step failed."""
    options = _parser().parse_args(argv)
    out: Path = options.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob('*.png'), *out.glob('*.log')):
        old.unlink()
    width, height = (int(one) for one in options.size.split('x'))
    home = Path(tempfile.mkdtemp(prefix='pkc-tour-'))
    lab = KodiLab(home / 'kodi', name='tour', env=ENVIRONMENT, debug=False, width=width, height=height,
                  kodi=ensure_chroot(options.suite) if options.suite else None,
                  settings={'locale.language': 'resource.language.' + options.language,
                            'filelists.showparentdiritems': 'false'})
    try:
        with lab:
            guide = Guide(Stage(lab), out, options.language)
            library.start(guide.stage, home)
            lab.start()
            guide.stage.install(build_repository(home / 'repository'))
            wanted = [step for step in STEPS if step.needed or not options.only or step.name in options.only]
            failed = [step.name for step in wanted if not _visit(guide, step)]
            (out / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print('%d pictures in %s' % (len(guide.taken), out))
    if options.keep:
        shrink.keep(out)
    if failed:
        print('Failed: %s' % ', '.join(failed))
    return 1 if failed else 0


def _visit(guide: Guide, step: Stop) -> bool:
    """Whether the step got where it wanted; a picture tells where it got otherwise."""
    guide.step = step.name
    began = time.monotonic()
    try:
        step.visit(guide)
        if not step.needed:
            guide.back_home()
        print('%-20s %4.1f s' % (step.name, time.monotonic() - began), flush=True)
        return True
    except Exception as error:  # one step says nothing about the others
        print('%-20s FAILED: %s' % (step.name, error), flush=True)
        _recover(guide)
        return False


def _recover(guide: Guide) -> None:
    try:
        if not guide.lab.running:
            (guide.folder / (guide.step + '-crash.log')).write_text(guide.lab.log_text(), encoding='utf-8')
            guide.lab.start()
        guide.shoot('FAILED', settle=1)
        guide.back_home()
    except LabError as error:
        print('%-20s and Kodi could not be led back: %s' % ('', error), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='python -m tools.tour')
    parser.add_argument('--language', default='en_gb', choices=(translations.SOURCE, *translations.LANGUAGES))
    parser.add_argument('--size', default='1280x720', help='of the screen (1280x720)')
    parser.add_argument('--suite', default='', help="Kodi of this Debian release: bullseye (19) or trixie (21)")
    parser.add_argument('--only', nargs='*', default=[], choices=[step.name for step in STEPS], metavar='STEP',
                        help='only these steps, and those that they need: ' + ', '.join(step.name for step in STEPS))
    parser.add_argument('--out', type=Path, default=ROOT / '.cache' / 'tour',
                        help='folder; pictures in it are deleted first')
    parser.add_argument('--keep', action='store_true', help='replace the pictures of docs and add-on')
    return parser


if __name__ == '__main__':
    sys.exit(main())
