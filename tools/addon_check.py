"""Runs kodi-addon-checker over all add-ons of our repository, without the internet.

``python -m tools.addon_check [--branch matrix]`` prints problems and warnings and ends with 1 if there are any.

The checker as it comes downloads the indexes of Kodi's own repositories first, and asks each web address of an
``addon.xml``. Offline the first lasts minutes and the second gives warnings. Here our own repository is the index, in
which the dependencies have to be found, and web addresses are not asked.
"""
from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, ClassVar, List, Mapping, NamedTuple, Sequence

from defusedxml import ElementTree
from kodi_addon_checker import check_addon, check_dependencies, check_url
from kodi_addon_checker.addons.Addon import Addon
from kodi_addon_checker.addons.Repository import Repository
from kodi_addon_checker.record import INFORMATION, Record
from kodi_addon_checker.reporter import Reporter, ReportManager

from tools.package.__main__ import main as package

#: Kodi 19, 20 and 21.
BRANCHES = ('matrix', 'nexus', 'omega')


class Finding(NamedTuple):
    """A problem (``ERROR``) or a warning (``WARN``) of one add-on."""

    branch: str
    addon: str
    level: str
    message: str


class _Index(Repository):
    """The add-ons in a folder, as the checker asks for those of Kodi's repository."""

    def __init__(self, addons: Sequence[Any]) -> None:
        """``Repository.__init__`` would download: it is not called."""
        self.addons = list(addons)


class _Collector(Reporter):
    """Keeps what the checker tells."""

    records: ClassVar[List[Any]] = []

    def report(self, report: Any) -> None:
        """Called by the checker for each line."""
        if isinstance(report, Record) and report.log_level != INFORMATION:
            self.records.append(report)


class _Strict:
    """The checks that Kodi's repositories switch on in their configuration."""

    configs: ClassVar[Mapping[str, int]] = {'max_entrypoint_count': 15}

    def is_enabled(self, _name: str) -> bool:
        """All of them."""
        return True


def unpack(repository: Path, folder: Path) -> Path:
    """Unpack the zips of a repository that :mod:`tools.package` wrote, as Kodi does; returns ``folder``."""
    for path in repository.glob('*/*.zip'):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
    return folder


def check(folder: Path, branch: str) -> List[Finding]:
    """Check each add-on in ``folder`` for a branch of Kodi's repositories (:data:`BRANCHES`).

    :returns: the problems and warnings, empty if all is well.
    """
    _stay_offline()
    paths = sorted(path.parent for path in folder.glob('*/addon.xml'))
    addons = {path: Addon(ElementTree.fromstring((path / 'addon.xml').read_bytes())) for path in paths}
    options = argparse.Namespace(branch=branch, PR=False, allow_folder_id_mismatch=False, skip_dependency_checks=False)
    found: List[Finding] = []
    for path in paths:
        # Without itself: an add-on that the index has already would have to be of a newer version.
        index = _Index([addon for other, addon in addons.items() if other != path])
        _Collector.records.clear()
        check_addon.start(str(path), options, {branch: index}, _Strict())
        found += [Finding(branch, path.name, record.log_level, str(record.message)) for record in _Collector.records]
    return found


def _stay_offline() -> None:
    ReportManager.register(_Collector, 'collector', True)
    check_url.check_url = _ask_no_address
    # One zip serves Kodi 19 to 22, so it requires the Python of Kodi 19, from nexus on too, where 3.0.1 is advised.
    python = check_dependencies.VERSION_ATTRB['xbmc.python']
    for branch in BRANCHES:
        python[branch]['advised'] = python['matrix']['advised']


def _ask_no_address(_report: object, _parsed_xml: object) -> None:
    """In the place of the checker's function that sends a request to each web address of an ``addon.xml``."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog='python -m tools.addon_check', description=__doc__.split('\n', 1)[0])
    parser.add_argument('--branch', choices=BRANCHES, action='append', help='only this one, instead of all')
    branches = parser.parse_args(argv).branch or BRANCHES
    with tempfile.TemporaryDirectory(prefix='pkc-addons-') as name:
        repository = Path(name) / 'repository'
        if package(['repo', '--worktree', '--out', str(repository)]):
            return 1
        folder = unpack(repository, Path(name) / 'addons')
        found = [finding for branch in branches for finding in check(folder, branch)]
    for finding in found:
        print('%s: %s: %s: %s' % finding)
    print('%d problems and warnings for %s' % (len(found), ', '.join(branches)))
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
