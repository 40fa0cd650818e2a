"""Queries about the versions of items that the user chose."""
from __future__ import annotations

from .queries import Queries


class Versions(Queries):
    """The version of an item is known by Plex's id of it (``Media``)."""

    def version_of(self, machine_identifier: str, rating_key: str) -> str:
        """The id of the version that is played of an item, '' if none was chosen."""
        row = self._box.one(
            'SELECT media_id FROM %s WHERE machine_identifier = ? AND rating_key = ?' % self._version,
            (machine_identifier, rating_key))
        return str(row[0]) if row else ''

    def put_version(self, machine_identifier: str, rating_key: str, media_id: str) -> None:
        """Remember a choice; '' forgets it."""
        self._box.delete(self._version, ('machine_identifier', 'rating_key'), [(machine_identifier, rating_key)])
        if media_id:
            self._box.replace(self._version, ('machine_identifier', 'rating_key', 'media_id'),
                                   [(machine_identifier, rating_key, media_id)])
