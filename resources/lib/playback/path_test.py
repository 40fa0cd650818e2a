"""Whether a mapped folder is the right one: tried with files that the server names."""
from __future__ import annotations

import time
from typing import Callable, Iterable, List, NamedTuple, Sequence

from . import reach, share_paths
from .share_paths import Mapping

#: What came back.
FOUND, FILE_MISSING, FOLDER_MISSING, SILENT, NO_FILE = 'found', 'file missing', 'folder missing', 'silent', 'no file'
#: Limits of a search: candidates, files that each is tried with, and seconds.
_MOST_CANDIDATES, _FILES_EACH, _LONGEST_S = 60, 2, 30.0


class Tried(NamedTuple):
    """A file (or folder, where the server names none) that was looked for, and what came back."""

    path: str
    outcome: str


def try_folder(shares: reach.Shares, mapping: Mapping, files: Sequence[str]) -> Tried:
    """Look for some of the server's ``files`` below a mapped folder; one that is found is enough."""
    base, tried = mapping.folder, mapping.folder
    share = share_paths.share(base)
    try:
        for located in filter(None, (share_paths.locate([mapping], file) for file in files)):
            tried = located.paths[0]
            found = reach.existing(shares, share, located.paths)
            if found:
                return Tried(found, FOUND)
        there = shares.exists(share, base)
    except reach.Silent:
        return Tried(tried, SILENT)
    if not there:
        return Tried(tried, FOLDER_MISSING)
    return Tried(tried, NO_FILE if tried == base else FILE_MISSING)


def search(shares: reach.Shares, location: str, sources: Iterable[str], files: Sequence[str],
           clock: Callable[[], float] = time.monotonic) -> str:
    """The first proposal for a folder of the server below which one of its files was found; '' for none.

    Takes half a minute at most, and a few seconds where all shares answer.
    """
    end = clock() + _LONGEST_S
    looked: List[str] = []
    for candidate in share_paths.proposals(location, sources):
        if len(looked) >= _MOST_CANDIDATES or clock() >= end:
            break
        looked.append(candidate)
        if try_folder(shares, Mapping(location, candidate), files[:_FILES_EACH]).outcome == FOUND:
            return candidate
    return ''
