"""``service.json``, which the service writes when it binds the port and deletes when it releases it."""
from __future__ import annotations

import logging
from typing import Callable

from . import endpoint as endpoint_file
from .endpoint import Endpoint

LOG = logging.getLogger('pkc.local')


class ServiceFile:
    """The file in the profile. ``hide`` is called with each new secret, to keep it out of the log."""

    def __init__(self, profile_dir: str, hide: Callable[[str], None]) -> None:
        self._profile_dir = profile_dir
        self._hide = hide

    def publish(self, endpoint: Endpoint) -> bool:
        """Write the file for the plugin; false when that failed."""
        self._hide(endpoint.secret)
        try:
            endpoint_file.write(self._profile_dir, endpoint)
        except OSError as error:
            LOG.warning('The plugin cannot be told where the service is (errno %s)', error.errno)
            return False
        return True

    def withdraw(self, endpoint: Endpoint) -> None:
        """Delete the file, before the port is released; that of a newer service is kept."""
        self._attempt(lambda: endpoint_file.remove(self._profile_dir, endpoint))

    def clear(self) -> None:
        """Delete the file, whichever service wrote it, because another program holds the port."""
        self._attempt(lambda: endpoint_file.clear(self._profile_dir))

    @staticmethod
    def _attempt(remove: Callable[[], None]) -> None:
        try:
            remove()
        except OSError as error:
            LOG.warning('%s could not be removed (errno %s)', endpoint_file.FILE_NAME, error.errno)
