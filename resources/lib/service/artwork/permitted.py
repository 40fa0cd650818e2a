"""Which artwork may be asked for: pictures that a list has named, and those of items in our database."""
from __future__ import annotations

from typing import Container

from ... import state_db
from ...local_server.pictures import KINDS, Picture
from ...plex_model import EPISODE, MOVIE, SEASON, SHOW
from ...sql.errors import DatabaseError

_COLLECTION = 'collection'
_PLAIN = frozenset(('thumb', 'poster', 'art', 'background'))
#: Kinds of pictures that Plex has of each type.
_OWN = frozenset(KINDS) - {'composite', 'playlist'}
_OF_TYPE = {MOVIE: _OWN, SHOW: _OWN,
            SEASON: _PLAIN | {'banner'}, EPISODE: _PLAIN, _COLLECTION: _PLAIN | {'composite'}}


class PermittedArt:
    """Callable: whether a picture is known. Safe to use from several threads.

    ``listed`` holds pictures as :class:`~..shared.ListedPictures` names them. Of an item in the library the server is
    known, the ratingKey and by its type the kind; the stamps of its pictures are in no database of ours.
    """

    def __init__(self, state_path: state_db.Location, listed: Container[str]) -> None:
        self._state_path = state_path
        self._listed = listed

    def __call__(self, picture: Picture) -> bool:
        """Whether it may be asked for."""
        return '/'.join(picture) in self._listed or picture.kind in _OF_TYPE.get(self._plex_type(picture), ())

    def _plex_type(self, picture: Picture) -> str:
        """The type of its item, '' for one that is not in our database."""
        if not state_db.exists(self._state_path):
            return ''
        try:
            with state_db.open_reader(self._state_path) as state:
                server_id = state.server_id(picture.machine_identifier)
                found = state.find(server_id, [picture.rating_key]) if server_id else {}
                if found:
                    return found[picture.rating_key].plex_type
                return _COLLECTION if server_id and state.has_collection(server_id, picture.rating_key) else ''
        except DatabaseError:
            return ''
