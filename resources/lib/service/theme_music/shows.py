"""Which theme belongs to the list that is open."""
from __future__ import annotations

import logging
from typing import Dict, NamedTuple, Optional

from ... import state_db
from ...kodi.open_list import OpenShow
from ...library_sync.kinds import SHOW
from ...plex_errors import PlexError
from ...plex_themes import Theme, theme_of
from ...sql.errors import DatabaseError
from ..shared import Shared

LOG = logging.getLogger('pkc.service')

_MOST = 200


class Found(NamedTuple):
    """A theme, and the server that has it."""

    machine_identifier: str
    theme: Theme


class _Item(NamedTuple):
    machine_identifier: str
    rating_key: str


class Themes:
    """Asks the server once for each show. For one thread."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._known: Dict[_Item, Optional[Theme]] = {}

    def of(self, shown: OpenShow) -> Optional[Found]:
        """The theme of the show whose list is open; None without one, and where the server cannot be asked."""
        try:
            item = self._item(shown)
            theme = self._theme(item) if item is not None else None
        except (PlexError, LookupError, DatabaseError) as error:
            LOG.info('no theme: %s', error)
            return None
        return Found(item.machine_identifier, theme) if item is not None and theme is not None else None

    def _item(self, shown: OpenShow) -> Optional[_Item]:
        """Raises :class:`PlexError` and :class:`DatabaseError`."""
        if shown.rating_key:  # a list of ours
            return _Item(shown.server or self._shared.clients.connect_quick()[1], shown.rating_key)
        path = self._shared.databases.state_path
        if not shown.show_id or not state_db.exists(path):
            return None
        with state_db.open_reader(path) as state:
            row = state.by_kodi_id(SHOW.name, shown.show_id)
            return _Item(state.machine_identifier(row.server_id), row.rating_key) if row is not None else None

    def _theme(self, item: _Item) -> Optional[Theme]:
        """Raises :class:`PlexError`, and LookupError for another server than the chosen."""
        if item not in self._known:
            theme = theme_of(self._shared.clients.of_server(item.machine_identifier), item.rating_key)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[item] = theme
        return self._known[item]
