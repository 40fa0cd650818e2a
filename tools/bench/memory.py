"""Where the memory of a real Kodi is, before, during and after a first sync: ``python -m tools.bench.memory``.

The parts are those of Linux's ``/proc/<pid>/smaps``, in MB of private memory that only this process has.
"""
from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Dict, List, NamedTuple

from tools.kodilab import KodiLab
from tools.stage import ADDON, ENVIRONMENT, Stage, build_repository

_HEAD = re.compile(r'([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+) *(.*)')
#: glibc begins the heap of each thread, called an arena, at a multiple of 64 MB.
_ARENA = 64 * 2 ** 20
_STACK_GUARD = '---p'
PARTS = ('main heap', "threads' heaps", 'other anonymous', 'stacks', 'files', 'shared')


class Mapping(NamedTuple):
    """A mapping of a process: ``private`` kB that only this process has, with the line that introduces it."""

    start: int
    size: int
    access: str
    name: str
    private: int


def mappings(pid: int) -> List[Mapping]:
    """All mappings of a process."""
    found: List[Mapping] = []
    for line in Path('/proc/%d/smaps' % pid).read_text(encoding='utf-8', errors='replace').splitlines():
        head = _HEAD.match(line)
        if head:
            start, end = int(head.group(1), 16), int(head.group(2), 16)
            found.append(Mapping(start, end - start, head.group(3), head.group(5), 0))
        elif line.startswith(('Private_Clean:', 'Private_Dirty:', 'Swap:')):
            found[-1] = found[-1]._replace(private=found[-1].private + int(line.split()[1]))
    return found


def parts(pid: int) -> Dict[str, float]:
    """The private memory of a process in MB, by :data:`PARTS`."""
    amounts: Counter[str] = Counter(dict.fromkeys(PARTS, 0))
    before = Mapping(0, 0, '', '', 0)
    arena_end = 0
    for one in mappings(pid):
        if not one.name and one.start % _ARENA == 0 and one.access.startswith('rw') and one.size < _ARENA:
            arena_end = one.start + _ARENA
        amounts[_part(one, before, one.start < arena_end)] += one.private
        before = one
    return {name: amount / 1024.0 for name, amount in amounts.items()}


def _part(one: Mapping, before: Mapping, in_arena: bool) -> str:
    if one.name == '[heap]':
        return 'main heap'
    if one.name.startswith(('/dev/shm', '/memfd', '/SYSV')):
        return 'shared'
    if one.name.startswith('/'):
        return 'files'
    if one.name == '[stack]' or not in_arena and before.access == _STACK_GUARD and before.size <= 64 * 1024 \
            and before.start + before.size == one.start:
        return 'stacks'
    return "threads' heaps" if in_arena else 'other anonymous'


def main() -> None:
    """Sync in a real Kodi, and print a table of its memory at each moment."""
    parser = argparse.ArgumentParser(prog='python -m tools.bench.memory', description=__doc__)
    parser.add_argument('--movies', type=int, default=500)
    parser.add_argument('--shows', type=int, default=4, help='each with 4 seasons')
    parser.add_argument('--episodes', type=int, default=10, help='of a season')
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='pkc-memory-') as folder:
        _measure(arguments, Path(folder))


def _measure(arguments: argparse.Namespace, folder: Path) -> None:
    with KodiLab(folder / 'kodi', env=ENVIRONMENT, debug=False) as lab:
        stage = Stage(lab)
        stage.start_sim('--movies', str(arguments.movies), '--shows', str(arguments.shows), '--seasons', '4',
                        '--episodes', str(arguments.episodes), '--prerender', timeout=600)
        lab.start()
        print('| moment | all | %s |\n|---|---|%s' % (' | '.join(PARTS), '---|' * len(PARTS)))
        _show('Kodi without the add-on', lab.pid)
        stage.install(build_repository(folder / 'repository'))
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_yes()
        code = stage.waiting_code()
        _show('before the sign-in', lab.pid)
        stage.link(code)
        report: Dict[str, object] = {}
        begun = time.monotonic()
        while not report:
            time.sleep(4)
            report = stage.report()
            _show('%d s of the first sync' % (time.monotonic() - begun), lab.pid)
        print('| %s |' % report)
        for seconds in (5, 40):
            time.sleep(seconds)
            _show('%d s later' % seconds, lab.pid)
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=False)
        time.sleep(10)
        _show('the add-on disabled', lab.pid)
        lab.restart()
        time.sleep(20)
        _show('Kodi restarted, the add-on disabled', lab.pid)
        began = time.time()
        lab.rpc('Addons.SetAddonEnabled', addonid=ADDON, enabled=True)
        stage.wait_synced(600, began)
        time.sleep(10)
        _show('the add-on enabled, after a sync with nothing changed', lab.pid)


def _show(moment: str, pid: int) -> None:
    amounts = parts(pid)
    print('| %s | %.0f | %s |' % (moment, sum(amounts.values()), ' | '.join('%.0f' % amounts[name] for name in PARTS)),
          flush=True)


if __name__ == '__main__':
    main()
