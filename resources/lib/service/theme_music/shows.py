"""Which theme belongs to the list that is open."""
from __future__ import annotations

import logging
from typing import Dict, NamedTuple, Optional

from ...kodi.open_list import OpenShow
from ...library_sync.kinds import SHOW
from ...plex_errors import PlexError
from ...plex_themes import Theme, theme_of
from ..library_rows import RowItem, item_of_row
from ..shared import Shared

LOG = logging.getLogger('pkc.service')

_MOST = 200


class Found(NamedTuple):
    """A theme, and the server that has it."""

    machine_identifier: str
    theme: Theme


class Themes:
    """Asks the server once for each show. For one thread."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._known: Dict[RowItem, Optional[Theme]] = {}

    def of(self, shown: OpenShow) -> Optional[Found]:
        """The theme of the show whose list is open; None without one, and where the server cannot be asked."""
        try:
            item = self._item(shown)
            theme = self._theme(item) if item is not None else None
        except (PlexError, LookupError) as error:
            LOG.info('no theme: %s', error)
            return None
        return Found(item.machine_identifier, theme) if item is not None and theme is not None else None

    def _item(self, shown: OpenShow) -> Optional[RowItem]:
        """Raises :class:`PlexError`."""
        if shown.rating_key:  # a list of ours
            return RowItem(self._shared.clients.connect_quick(shown.server)[1], shown.rating_key)
        return item_of_row(self._shared.databases.state_path, SHOW.name, shown.show_id)

    def _theme(self, item: RowItem) -> Optional[Theme]:
        """Raises :class:`PlexError`, and LookupError for another server than the chosen."""
        if item not in self._known:
            theme = theme_of(self._shared.clients.of_server(item.machine_identifier), item.rating_key)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[item] = theme
        return self._known[item]
