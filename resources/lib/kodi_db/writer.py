"""The writer of Kodi's video library: transactions, and changes that are alike for items of all kinds."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, Sequence, Tuple

from .database import LOCK_PATIENCE, VideoDatabase
from .item_writer import ItemWriter
from .orphans import Orphans
from .records import WatchState
from .shared import SharedWriter
from .tables import ItemTable


class LibraryWriter:
    """Changes Kodi's library. Use inside :meth:`transaction` only, from one thread.

    ``shared`` is the argument of each kind's writer. ``picture_url``: see :class:`SharedWriter`.
    """

    def __init__(self, database: VideoDatabase, picture_url: Callable[[str], str] = str) -> None:
        self.database = database
        self.shared = SharedWriter(database, picture_url)
        self._token: object = None

    @contextmanager
    def transaction(self, patience: float = LOCK_PATIENCE) -> Iterator[None]:
        """A context for one batch: all is committed, or nothing; see :meth:`VideoDatabase.transaction`."""
        try:
            with self.database.transaction(patience):
                token = self.database.connection.change_token()
                if token != self._token:
                    self._token = token
                    self.shared.forget()
                yield
        except BaseException:
            self.shared.forget()
            raise

    def write_watch(self, states: Sequence[Tuple[int, WatchState]]) -> None:
        """Change the watch state of files, given as (file id, state), and of other versions of the same movies."""
        by_file = dict(states)
        further = [(other, by_file[file_id]) for file_id, other in self.shared.versions.siblings(list(by_file))]
        self.shared.files.write_watch(list(states) + further)

    def carry_dates(self, pairs: Sequence[Tuple[int, int]]) -> Dict[int, str]:
        """Copy dateAdded between files; see :meth:`Files.carry_dates`."""
        return self.shared.files.carry_dates(pairs)

    def write_user_ratings(self, table: ItemTable, ratings: Sequence[Tuple[int, int]]) -> None:
        """Change the user's ratings, given as (kodi id, rating or 0 for none)."""
        self.database.update_rows(table.name, table.id_column, [
            {table.id_column: kodi_id, 'userrating': rating or None} for kodi_id, rating in ratings])

    def remove(self, items: ItemWriter[Any], kodi_ids: Sequence[int]) -> None:
        """Remove our items with their file and path rows; Kodi's triggers remove the links."""
        items.remove(kodi_ids)
        self.shared.forget()

    def remove_with_names(self, items: ItemWriter[Any], kodi_ids: Sequence[int]) -> None:
        """Remove items as :meth:`remove` does, and the genres, people and other names that no other item uses."""
        orphans = Orphans(self.database)
        orphans.note(items.table, kodi_ids)
        for table, below in items.below(kodi_ids):
            orphans.note(table, below)
        items.remove(kodi_ids)
        orphans.drop()
        self.shared.forget()
