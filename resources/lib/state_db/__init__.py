"""Our own small database: which Plex item is which Kodi row, and what we last knew of it.

It is disposable: all but the marks that the server was not told yet can be had again from Kodi's rows and the server.
While a sync writes, it is attached to Kodi's database as schema ``state``, so that both change in one transaction.
"""
from __future__ import annotations

import sqlite3
from typing import Tuple

from .collections import Collections
from .file import FILE_NAME, prepare, uri_path
from .items import Items
from .marks import Marks
from .records import EXPIRED, CollectionState, Counts, Cursor, ItemState, Known, SectionState
from .servers import Servers

__all__ = ['EXPIRED', 'FILE_NAME', 'CollectionState', 'Counts', 'Cursor', 'ItemState', 'Known', 'SectionState',
           'StateDb', 'open_reader', 'prepare']


class StateDb(Servers, Items, Collections, Marks):
    """All queries on an open connection; ``schema`` is ``state.`` where the file is attached to Kodi's database."""


def open_reader(path: str) -> Tuple[StateDb, sqlite3.Connection]:
    """A connection that only reads, for any thread that looks items up; the caller closes it."""
    connection = sqlite3.connect('file:%s?mode=ro' % uri_path(path), uri=True, timeout=5, isolation_level=None,
                                 check_same_thread=False)
    return StateDb(connection), connection
