"""Taking over the library of PlexKodiConnect 3.x: its rows become ours and keep their ids.

What Kodi, skins and the user know by those ids stays: watch state, resume points, artwork of the user's own choice,
favourites. Only rows of "helper add-on paths" can be told from others by themselves. With "direct paths" the files of
3.x look like anybody's local files (``smb://…``); those are left alone, and so is ``plex.db``, which would know them.
"""
from __future__ import annotations

import logging
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from .. import item_url
from ..cancellation import Cancellation
from ..kodi_db import takeover as old_rows
from ..kodi_db.connection import Library
from ..kodi_db.takeover import NewPlace, OldLibrary, OldRow
from ..kodi_db.writer import LibraryWriter
from ..plex_model import EPISODE, MOVIE, SHOW
from ..state_db import EXPIRED, ItemState, StateDb
from .reconcile import follow_kodi, reconcile

LOG = logging.getLogger('pkc.sync')

_BATCH = 100
_PLEX_TYPE = {'movie': MOVIE, 'tvshow': SHOW, 'episode': EPISODE}

#: Called with up to 100 ratingKeys; returns the Plex type of those that the server has.
KeysThere = Callable[[Sequence[str]], Dict[str, str]]


class Found(NamedTuple):
    """How many items of 3.x Kodi's library holds."""

    movies: int
    shows: int
    episodes: int


class Kept(NamedTuple):
    """What Kodi knew of a movie or episode. ``date_added`` and ``last_played`` are local time or ''."""

    rating_key: str
    date_added: str
    play_count: Optional[int]
    last_played: str
    user_rating: Optional[int]


class Adopted(NamedTuple):
    """What became of the items: taken over by type, removed as ``doubles`` of items that we had, left alone."""

    movies: int
    shows: int
    episodes: int
    doubles: int
    left_alone: int
    kept: Tuple[Kept, ...]


def found(library: Library) -> Found:
    """Count the items of 3.x; reads only."""
    return Found(*old_rows.counts(library))


def adopt(writer: LibraryWriter, state: StateDb, server_id: int, machine_identifier: str,
          rating_keys_there: KeysThere, cancellation: Cancellation) -> Adopted:
    """Make those items of 3.x ours that the server has, each under the same key and of the same type.

    They are expired, so that the next sync writes them anew in place; their dates added are kept
    (:meth:`StateDb.keep_dates`). An item that we have as well, because a sync of ours ran beside 3.x, is removed
    after dates, watch state and rating went over to ours where it has none. All others stay as they are.

    Batches are atomic over both databases, and a second call goes on with what is left. Raises
    :class:`Cancelled`, what ``rating_keys_there`` raises, and the errors of ``kodi_db``.
    """
    follow_kodi(writer, state)
    reconcile(writer, state, server_id, machine_identifier)
    work = _Takeover(writer, state, server_id, machine_identifier, rating_keys_there, cancellation)
    return work.run()


class _Takeover:

    def __init__(self, writer: LibraryWriter, state: StateDb, server_id: int, machine_identifier: str,
                 rating_keys_there: KeysThere, cancellation: Cancellation) -> None:
        self._writer = writer
        self._state = state
        self._server_id = server_id
        self._machine = machine_identifier
        self._there = rating_keys_there
        self._cancellation = cancellation
        self._addresses: Set[str] = set()
        self._adopted = {MOVIE: 0, SHOW: 0, EPISODE: 0}
        self._doubles = 0
        self._left_alone = 0
        self._kept: List[Kept] = []

    def run(self) -> Adopted:
        """Shows before their episodes; those that we have twice go when their episodes are gone."""
        self._adopt(old_rows.movies(self._writer.library))
        double_shows = self._adopt(old_rows.shows(self._writer.library))
        self._adopt(old_rows.episodes(self._writer.library))
        for rows in _batches(double_shows):
            self._check()
            with self._writer.transaction():
                removed = OldLibrary(self._writer).remove(rows)
            self._doubles += len(removed)
            self._left_alone += len(rows) - len(removed)
        if not any(old_rows.counts(self._writer.library)) and old_rows.has_paths(self._writer.library):
            with self._writer.transaction():
                OldLibrary(self._writer).drop_all_paths()
        done = Adopted(self._adopted[MOVIE], self._adopted[SHOW], self._adopted[EPISODE], self._doubles,
                       self._left_alone, tuple(self._kept))
        LOG.info('of 3.x, %d movies, %d shows and %d episodes were taken over, %d we had already, %d were left alone',
                 *done[:5])
        return done

    def _check(self) -> None:
        self._cancellation.check()

    def _adopt(self, rows: Sequence[OldRow]) -> List[OldRow]:
        """Take over the rows of one type; returns the shows that we have twice."""
        double_shows: List[OldRow] = []
        for batch in _batches(rows):
            self._check()
            there = self._there([row.rating_key for row in batch])
            chosen = [row for row in batch if there.get(row.rating_key) == _PLEX_TYPE[row.media_type]]
            self._left_alone += len(batch) - len(chosen)
            if chosen:
                double_shows += self._transact(chosen)
        return double_shows

    def _transact(self, batch: Sequence[OldRow]) -> List[OldRow]:
        """Rows of one batch in one transaction; counts only what was committed."""
        with self._writer.transaction():
            library = OldLibrary(self._writer)
            rows = library.unchanged(batch)
            mine, doubles, lost = self._split(rows)
            addresses = self._move(library, mine)
            copied = library.merge(doubles)
            self._keep_dates(mine + copied)
            double_shows = [row for row, _, _ in doubles if row.media_type == 'tvshow']
            removed = library.remove([row for row, _, _ in doubles if row.media_type != 'tvshow'])
        self._addresses |= addresses
        self._left_alone += len(lost)
        self._doubles += len(removed)
        for row in mine:
            self._adopted[_PLEX_TYPE[row.media_type]] += 1
        self._kept += [Kept(row.rating_key, row.date_added, row.play_count, row.last_played or '', row.user_rating)
                       for row in mine + copied if row.media_type != 'tvshow']
        return double_shows

    def _split(self, rows: Sequence[OldRow]) -> Tuple[List[OldRow], List[Tuple[OldRow, int, int]], List[OldRow]]:
        """Rows that become ours, those that we have as (row, our row's id, file id), and those that fit neither."""
        known = self._state.find(self._server_id, [row.rating_key for row in rows])
        mine: List[OldRow] = []
        doubles: List[Tuple[OldRow, int, int]] = []
        misfits: List[OldRow] = []
        taken: Dict[str, OldRow] = {}
        for row in rows:
            ours, twin = known.get(row.rating_key), taken.get(row.rating_key)
            if ours is not None and ours.plex_type != _PLEX_TYPE[row.media_type]:
                misfits.append(row)
            elif ours is not None and ours.kodi_id != row.kodi_id:
                doubles.append((row, ours.kodi_id, ours.file_id))
            elif twin is not None:
                doubles.append((row, twin.kodi_id, twin.file_id))
            else:
                taken[row.rating_key] = row
                mine.append(row)
        return mine, doubles, misfits

    def _move(self, library: OldLibrary, rows: Sequence[OldRow]) -> Set[str]:
        """Rewrite rows and remember them as ours; returns the server addresses that were in their artwork."""
        library.move([(row, self._place(row)) for row in rows])
        shows = self._state.find(self._server_id, [row.show_key for row in rows if row.media_type == 'episode'])
        for row in rows:
            show = shows.get(row.show_key) if row.media_type == 'episode' else None
            if show is not None and show.plex_type == SHOW and show.kodi_id != row.show_id:
                library.join_show(row, show.kodi_id)
        addresses = library.drop_art(rows)
        for address in sorted(addresses - self._addresses):
            library.drop_shared_art(address)
        self._state.put(ItemState(
            self._server_id, row.rating_key, _PLEX_TYPE[row.media_type], '',
            row.show_key if row.media_type == 'episode' else '', '', row.kodi_id, row.file_id, EXPIRED, 0, 0, 0, 0.0)
            for row in rows)
        return addresses

    def _keep_dates(self, rows: Sequence[OldRow]) -> None:
        self._state.keep_dates(self._server_id, [(row.rating_key, 0, row.date_added) for row in rows
                                                 if row.media_type != 'tvshow' and row.date_added])

    def _place(self, row: OldRow) -> NewPlace:
        if row.media_type == 'movie':
            return NewPlace(item_url.movies_path(self._machine), '', item_url.movie_url(self._machine, row.rating_key))
        url = item_url.episode_url(self._machine, row.show_key, row.rating_key) if row.media_type == 'episode' else ''
        return NewPlace(item_url.show_path(self._machine, row.show_key), item_url.shows_path(self._machine), url)


def _batches(rows: Sequence[OldRow]) -> Iterator[Sequence[OldRow]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start:start + _BATCH]
