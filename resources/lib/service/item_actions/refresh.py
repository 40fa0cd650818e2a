"""Reading an item anew from Plex into Kodi's library."""
from __future__ import annotations

from typing import Any, Mapping, Sequence

from .action import Answer, Subject


class Refresh:
    """Of what Kodi's library has."""

    names = ('refresh',)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Where there is a row."""
        return self.names if subject.kodi_id else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """The plugin makes the service's call ``refresh`` for the row."""
        return {'refresh': True}
