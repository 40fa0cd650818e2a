"""What the handlers of the plugin's calls have in common. Which calls there are, each part says (``Part.calls``)."""
from __future__ import annotations

from typing import Callable, TypeVar

from ..auth.manager import SIGNED_OUT
from ..local_server.api import ApiError
from ..plex_errors import PlexError
from .error_texts import text_name
from .events import UserNeeded
from .shared import Shared

Answer = TypeVar('Answer')


def require_sign_in(shared: Shared) -> None:
    """Raises :class:`ApiError` when nobody is signed in, or it is not known who watches; then that is asked."""
    if shared.auth.status().state == SIGNED_OUT:
        raise ApiError('not_signed_in')
    if shared.viewer.locked:
        shared.events.publish(UserNeeded())
        raise ApiError('user_not_chosen')


def asked_twice(shared: Shared, ask: Callable[[], Answer], machine: str = '') -> Answer:
    """The result of a question to a server, asked a second time when the connection turns out to be stale.

    ``machine`` is '' for the main server, else its machineIdentifier. Raises :class:`ApiError`.
    """
    try:
        return ask()
    except PlexError as error:
        shared.clients.failed(error, machine)
        try:
            return ask()
        except PlexError as second:
            raise ApiError(text_name(second), str(second)) from second
