"""Which artwork may be asked for: pictures that a list has named, and those of items in our database."""
from __future__ import annotations

import os
import sqlite3
from typing import Container

from ... import state_db
from ...local_server.art import KINDS, Picture
from ...plex_kinds import COLLECTION
from ...plex_model import EPISODE, MOVIE, SEASON, SHOW

_PLAIN = frozenset(('thumb', 'poster', 'art', 'background'))
#: Kinds of pictures that Plex has of each type.
_OF_TYPE = {MOVIE: frozenset(KINDS) - {'composite'}, SHOW: frozenset(KINDS) - {'composite'},
            SEASON: _PLAIN | {'banner'}, EPISODE: _PLAIN, COLLECTION.name: _PLAIN | {'composite'}}


class PermittedArt:
    """Callable: whether a picture is known. Safe to use from several threads.

    ``listed`` holds pictures as :class:`~..shared.ListedPictures` names them. Of an item in the library the server is
    known, the ratingKey and by its type the kind; the stamps of its pictures are in no database of ours.
    """

    def __init__(self, state_path: str, listed: Container[str]) -> None:
        self._state_path = state_path
        self._listed = listed

    def __call__(self, picture: Picture) -> bool:
        """Whether it may be asked for."""
        return '/'.join(picture) in self._listed or picture.kind in _OF_TYPE.get(self._plex_type(picture), ())

    def _plex_type(self, picture: Picture) -> str:
        """The type of its item, '' for one that is not in our database."""
        path = self._state_path
        if not os.path.exists(path):
            return ''
        try:
            reader, connection = state_db.open_reader(path)
        except sqlite3.Error:
            return ''
        try:
            server_id = reader.server_id(picture.machine_identifier)
            if server_id and reader.has_collection(server_id, picture.rating_key):
                return COLLECTION.name
            found = reader.find(server_id, [picture.rating_key]) if server_id else {}
            return found[picture.rating_key].plex_type if found else ''
        except sqlite3.Error:
            return ''
        finally:
            connection.close()
