"""How far the pictures of the library have been gone through, kept over restarts."""
from __future__ import annotations

import logging
from typing import Any, NamedTuple, Optional

from ... import atomic_file
from .. import profile_file

LOG = logging.getLogger('pkc.service')

FILE_NAME = 'pictures.json'


class PassState(NamedTuple):
    """``after``: the last row of Kodi's table ``art`` that was looked at. ``asked``: the user asked for it, and is told
    the end. ``again``: the library has changed meanwhile, another pass follows. The others are numbers of pictures.
    """

    machine_identifier: str
    asked: bool = False
    after: int = 0
    again: bool = False
    loaded: int = 0
    missing: int = 0


class PassFile:
    """The file; it exists while a pass is not complete."""

    def __init__(self, path: str) -> None:
        self._path = path

    def read(self) -> Optional[PassState]:
        """The pass to be gone on with; None when there is none."""
        raw: Any = profile_file.read(self._path)
        if not isinstance(raw, dict) or not isinstance(raw.get('machine_identifier'), str):
            return None
        numbers = {name: raw[name] for name in ('after', 'loaded', 'missing') if _is_count(raw.get(name))}
        return PassState(raw['machine_identifier'], raw.get('asked') is True, again=raw.get('again') is True, **numbers)

    def write(self, state: Optional[PassState]) -> None:
        """Remember it; None: the pass is complete, or was given up."""
        if state is not None:
            profile_file.write(self._path, state._asdict())
            return
        try:
            atomic_file.delete(self._path)
        except OSError as error:
            LOG.warning('%s cannot be removed: %s', FILE_NAME, error)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2 ** 62  # SQLite takes no larger one
