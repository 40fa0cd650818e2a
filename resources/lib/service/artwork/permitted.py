"""Which artwork may be asked for: that of items in our database or in a list that was shown."""
from __future__ import annotations

import os
import sqlite3
from typing import Container

from ... import state_db


class PermittedArt:
    """Callable: whether (machineIdentifier, ratingKey) is known. Safe to use from several threads."""

    def __init__(self, state_path: str, listed: Container[str]) -> None:
        self._state_path = state_path
        self._listed = listed

    def __call__(self, machine_identifier: str, rating_key: str) -> bool:
        """Whether art of this item may be asked for."""
        if rating_key in self._listed:
            return True
        path = self._state_path
        if not os.path.exists(path):
            return False
        try:
            reader, connection = state_db.open_reader(path)
        except sqlite3.Error:
            return False
        try:
            server_id = reader.server_id(machine_identifier)
            return bool(server_id and (reader.find(server_id, [rating_key])
                                       or reader.has_collection(server_id, rating_key)))
        except sqlite3.Error:
            return False
        finally:
            connection.close()
