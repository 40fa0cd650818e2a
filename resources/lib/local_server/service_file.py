"""``service.json`` as the service keeps it: there as long as the port is ours, and only then."""
from __future__ import annotations

import logging
from typing import Callable

from . import endpoint as endpoint_file
from .endpoint import Endpoint

LOG = logging.getLogger('pkc.local')


class ServiceFile:
    """The file in the profile. ``hide`` is told each secret before it is used, to keep it out of the log."""

    def __init__(self, profile_dir: str, hide: Callable[[str], None]) -> None:
        self._profile_dir = profile_dir
        self._hide = hide

    def publish(self, endpoint: Endpoint) -> bool:
        """Tell the plugin where we listen; False when the file could not be written."""
        self._hide(endpoint.secret)
        try:
            endpoint_file.write(self._profile_dir, endpoint)
        except OSError as error:
            LOG.warning('The plugin cannot be told where the service is (errno %s)', error.errno)
            return False
        return True

    def withdraw(self, endpoint: Endpoint) -> None:
        """We are going to leave the port; what a newer service has written stays."""
        self._attempt(lambda: endpoint_file.remove(self._profile_dir, endpoint))

    def clear(self) -> None:
        """The port is another's: nobody may be asked there, whoever wrote the file."""
        self._attempt(lambda: endpoint_file.clear(self._profile_dir))

    @staticmethod
    def _attempt(remove: Callable[[], None]) -> None:
        try:
            remove()
        except OSError as error:
            LOG.warning('%s could not be removed (errno %s)', endpoint_file.FILE_NAME, error.errno)
