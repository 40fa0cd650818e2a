"""The notifications of a PMS over its websocket: changed items, libraries and playlists, and stopped playback.

Source: ``/:/websockets/notifications`` as plexapi and other clients use it; the frames are
``{"NotificationContainer": {"type": …, "TimelineEntry": […]}}``. Ids are numbers or texts. What happens without a
connection is lost, so the caller must ask for changes after connecting. A notification tells that something changed,
not its present state: the caller must ask the server before it writes or deletes anything.
"""
from __future__ import annotations

import json
import logging
import threading
from typing import Any, Iterator, List, NamedTuple, Optional, Union
from urllib.parse import urlsplit

from . import plex_websocket
from .plex_answers import reason
from .plex_errors import PlexBadAnswer, PlexConnectionError, error_for_status
from .plex_values import Raw, children, integer, text

LOG = logging.getLogger('pkc.plex')

_PATH = '/:/websockets/notifications?filters=timeline,playing,activity,status'
#: States of a timeline entry that are reported: processed, deleted. In others the server is still working on the item.
_PROCESSED, _DELETED = 5, 9
_LIBRARY = 'com.plexapp.plugins.library'
#: Plex's number for the type of playlists, whose entries have no library.
_PLAYLIST_TYPE = 15
#: Seconds without a frame after which the server is asked (ping) whether it is there, and gets to answer.
_PING_AFTER, _PONG_WITHIN = 15.0, 5.0
_CONNECT_SECONDS = 8.0


class ItemChanged(NamedTuple):
    """An item was added, changed, watched or deleted. ``section_key`` is '' when the server does not tell."""

    rating_key: str
    section_key: str


class SectionChanged(NamedTuple):
    """A scan of a library ended, or a library was added or removed ('' when the server does not tell which)."""

    section_key: str


class PlaybackGoesOn(NamedTuple):
    """Somebody plays an item somewhere, or pauses it."""

    rating_key: str


class PlaybackStopped(NamedTuple):
    """The playback of an item was stopped, on any device and by any user."""

    rating_key: str


class PlaylistChanged(NamedTuple):
    """A playlist was made, changed or deleted."""

    rating_key: str


LibraryNotification = Union[ItemChanged, SectionChanged, PlaybackGoesOn, PlaybackStopped]
Notification = Union[LibraryNotification, PlaylistChanged]


class NotificationSocket:
    """One connection. :meth:`notifications` blocks; :meth:`hang_up` ends it from another thread."""

    def __init__(self, base_url: str, token: str, client_identifier: str) -> None:
        self._base_url = base_url
        self._headers = ['X-Plex-Token: ' + token, 'X-Plex-Client-Identifier: ' + client_identifier]
        self._lock = threading.Lock()
        self._socket: Any = None
        self._bounds: plex_websocket.BoundedSocket
        self._closed = False

    def connect(self) -> None:
        """Connect. Certificates are checked as in other requests; the token is sent in a header.

        Raises PlexConnectionError, or the error of the answer's status (401 for a token that is not accepted).
        """
        import websocket
        parts = urlsplit(self._base_url)
        url = '%s://%s%s%s' % ('wss' if parts.scheme == 'https' else 'ws', parts.netloc, parts.path, _PATH)
        try:
            self._bounds = plex_websocket.open_socket(urlsplit(url), _CONNECT_SECONDS)
            connection = websocket.create_connection(
                url, timeout=_CONNECT_SECONDS, header=self._headers, suppress_origin=True, socket=self._bounds,
                http_no_proxy=['*'], redirect_limit=0, enable_multithread=True)
        except websocket.WebSocketBadStatusException as error:
            raise error_for_status(int(error.status_code or 0) or 500, 'websocket') from None
        except (websocket.WebSocketException, OSError, ValueError) as error:
            raise PlexConnectionError('websocket: %s' % reason(error)) from None
        self._bounds.expect_message()
        connection.settimeout(_PING_AFTER)
        with self._lock:
            self._socket = connection
            closed = self._closed
        if closed:
            self.hang_up()

    def notifications(self) -> Iterator[Notification]:
        """Yield notifications. Raises PlexConnectionError when the connection ends, PlexBadAnswer for a bad frame."""
        import websocket
        waiting_for_pong = False
        while True:
            try:
                opcode, frame = self._socket.recv_data(control_frame=True)
            except websocket.WebSocketTimeoutException:
                if waiting_for_pong:
                    raise PlexConnectionError('websocket: the server is silent') from None
                waiting_for_pong = True
                self._ping()
                continue
            except (websocket.WebSocketException, OSError, ValueError) as error:
                raise PlexConnectionError('websocket: %s' % reason(error)) from None
            if waiting_for_pong:
                waiting_for_pong = False
                self._socket.settimeout(_PING_AFTER)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise PlexConnectionError('websocket: closed by the server')
            if opcode in (websocket.ABNF.OPCODE_TEXT, websocket.ABNF.OPCODE_BINARY):
                self._bounds.expect_message()
                yield from read_frame(frame)
            else:
                self._bounds.expect_frame()

    def hang_up(self) -> None:
        """End the connection from another thread: who waits in :meth:`notifications` gets on at once."""
        with self._lock:
            self._closed = True
            if self._socket is not None:
                self._bounds.hang_up()

    def close(self) -> None:
        """Let go of the connection; for the thread that listens."""
        with self._lock:
            made, self._socket = self._socket, None
        if made is not None:
            made.shutdown()

    def _ping(self) -> None:
        import websocket
        try:
            self._socket.settimeout(_PONG_WITHIN)
            self._socket.ping()
        except (websocket.WebSocketException, OSError) as error:
            raise PlexConnectionError('websocket: %s' % reason(error)) from None


def read_frame(frame: bytes) -> List[Notification]:
    """The notifications of one frame that concern the library. Raises PlexBadAnswer when it is not JSON."""
    try:
        container = json.loads(frame).get('NotificationContainer')
    except (ValueError, RecursionError, AttributeError) as error:
        raise PlexBadAnswer('websocket: no JSON object') from error
    if not isinstance(container, dict):
        return []
    notifications: List[Notification] = []
    for entry in children(container, 'TimelineEntry'):
        changed = _timeline(entry)
        if changed is not None:
            notifications.append(changed)
    for entry in children(container, 'PlaySessionStateNotification'):
        key, state = text(entry, 'ratingKey'), text(entry, 'state')
        if key and state:
            notifications.append(PlaybackStopped(key) if state == 'stopped' else PlaybackGoesOn(key))
    for entry in children(container, 'ActivityNotification'):
        ended = _activity(entry)
        if ended is not None:
            notifications.append(ended)
    for entry in children(container, 'StatusNotification'):
        if text(entry, 'notificationName') in ('LIBRARY_UPDATE', 'LIBRARY_REMOVED'):
            notifications.append(SectionChanged(''))
    return notifications


def _timeline(entry: Raw) -> Union[ItemChanged, PlaylistChanged, None]:
    if text(entry, 'identifier') not in ('', _LIBRARY):
        return None
    deleted = integer(entry, 'state') == _DELETED or text(entry, 'metadataState') == 'deleted'
    if not deleted and integer(entry, 'state') != _PROCESSED:
        return None
    key, section = text(entry, 'itemID'), text(entry, 'sectionID')
    if integer(entry, 'type') == _PLAYLIST_TYPE:
        return PlaylistChanged(key) if key else None
    return ItemChanged(key, section if section.isascii() and section.isdigit() else '') if key else None


def _activity(entry: Raw) -> Optional[SectionChanged]:
    activity = entry.get('Activity')
    if text(entry, 'event') != 'ended' or not isinstance(activity, dict):
        return None
    if not text(activity, 'type').startswith(('library.update', 'library.refresh')):
        return None
    context = activity.get('Context')
    section = text(context, 'librarySectionID') if isinstance(context, dict) else ''
    return SectionChanged(section if section.isascii() and section.isdigit() else '')
