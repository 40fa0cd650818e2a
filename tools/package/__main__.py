"""Command line of the packager: ``python -m tools.package zip|repo``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.package import addons, repository, wheels
from tools.package.errors import PackageError

DIST = addons.ROOT / "dist"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except PackageError as error:
        print(f"Packaging failed: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    tree = argparse.ArgumentParser(add_help=False)
    tree.add_argument("--worktree", action="store_true", help="pack the working tree, not the last commit")

    one = commands.add_parser("zip", parents=[tree], help="write the add-on's zip")
    one.add_argument("--out", type=Path, default=DIST, help="folder of the zip (dist)")
    one.set_defaults(run=_zip)

    whole = commands.add_parser("repo", parents=[tree], help="write the complete Kodi repository")
    whole.add_argument("--out", type=Path, default=DIST / "repo", help="folder of the repository (dist/repo)")
    whole.add_argument(
        "--url",
        default=repository.DEFAULT_URL,
        help="address at which the folder will be served; the default is a placeholder that leads nowhere",
    )
    whole.set_defaults(run=_repo)
    return parser


def _zip(options: argparse.Namespace) -> int:
    addon = addons.our_addon(options.worktree)
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / addon.xml.zip_name
    path.write_bytes(addon.zip())
    print(f"{path}: {len(addon.files)} files, {path.stat().st_size // 1024} KiB")
    return 0


def _repo(options: argparse.Namespace) -> int:
    repository_addon = addons.repository_addon(options.url.rstrip("/"))
    everything = [
        addons.our_addon(options.worktree),
        repository_addon,
        addons.kodi_six(),
        *addons.libraries(wheels.load_table()),
    ]
    repository.write(options.out, everything, repository_addon)
    for addon in sorted(everything, key=lambda addon: addon.xml.addon_id):
        print(f"{addon.xml.addon_id} {addon.xml.version}")
    print(f"{options.out}: {len(everything)} add-ons, to be served at {options.url.rstrip('/')}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
