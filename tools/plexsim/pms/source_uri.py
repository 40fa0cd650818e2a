"""The items of a source URI: ``server://<machineIdentifier>/<provider>/library/metadata/1,2,3``."""

from __future__ import annotations

import re

from tools.plexsim.config import SimConfig
from tools.plexsim.http.messages import HttpError, Request
from tools.plexsim.items.records import Item
from tools.plexsim.library.store import Store
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER

_URI = re.compile(r"server://([^/]+)/([^/]+)/library/metadata/(\d+(?:,\d+)*)(?:/children)?$")


class SourceUris:
    """Finds what the ``uri`` of a request names."""

    def __init__(self, config: SimConfig, store: Store, access: Access) -> None:
        self._config = config
        self._store = store
        self._access = access

    def items(self, request: Request) -> list[Item]:
        """Return the items in the order of the URI; those that the user does not see are left out.

        Raises HttpError(400) for another server or provider, another form, and when nothing is left.
        """
        match = _URI.match(request.values.get("uri", ""))
        if match is None or match[1] != self._config.machine_identifier or match[2] != IDENTIFIER:
            raise HttpError(400)
        found = [self._store.get(key) for key in match[3].split(",")]
        visible = [item for item in found if item is not None and self._access.visible(request, item.section)]
        if not visible:
            raise HttpError(400)
        return visible
