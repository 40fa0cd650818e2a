"""A library as somebody names it: by its key at the server, or by its uuid, which never changes."""
from __future__ import annotations

import threading
from typing import Dict, Tuple

from ...plex_errors import PlexNotFound
from ...plex_functions import PMSClient


class SectionKeys:
    """Finds the keys of libraries by their uuids and remembers them. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: Dict[Tuple[str, str], str] = {}

    def key(self, client: PMSClient, machine_identifier: str, name: str) -> str:
        """The key of a library that is named by key or uuid. Raises PlexError; PlexNotFound for an unknown uuid."""
        if not name or name.isdigit():
            return name
        with self._lock:
            found = self._keys.get((machine_identifier, name))
        if found is None:
            keys = {section.uuid: section.key for section in client.sections()}
            found = keys.get(name)
            if found is None:
                raise PlexNotFound(404, 'a library by its uuid')
            with self._lock:
                self._keys.update(((machine_identifier, uuid), key) for uuid, key in keys.items())
        return found
