"""The pictures of Kodi's library, in batches."""
from __future__ import annotations

from typing import List, NamedTuple

from ..sql.statements import Statements

_OURS = 'FROM art WHERE art_id > ? AND url >= ? AND url < ?'


class ArtRow(NamedTuple):
    """A row of Kodi's table ``art``."""

    art_id: int
    url: str


def count(reader: Statements, base: str, after: int = 0) -> int:
    """The number of pictures whose URL begins with ``base``, which ends with a slash, in rows behind ``after``."""
    found = reader.one('SELECT count(*) ' + _OURS, (after, *_range(base)))
    return int(found[0]) if found else 0


def following(reader: Statements, base: str, after: int, most: int) -> List[ArtRow]:
    """The next of them by their ids, at most so many."""
    rows = reader.rows('SELECT art_id, url %s ORDER BY art_id LIMIT ?' % _OURS, (after, *_range(base), most))
    return [ArtRow(int(art_id), str(url)) for art_id, url in rows]


def _range(base: str) -> List[str]:
    return [base, base[:-1] + chr(ord(base[-1]) + 1)]
