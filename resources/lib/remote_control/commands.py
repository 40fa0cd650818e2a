"""What controllers may ask for, read from path and parameters; anything that is not exactly that is refused.

Addresses in a request (``protocol``, ``address``, ``port``) are not read: items are always fetched from the server that
we have chosen ourselves, and only if its ``machineIdentifier`` is named.
"""
from __future__ import annotations

import re
from typing import Callable, Dict, Mapping, NamedTuple, Optional, Tuple, Union
from urllib.parse import unquote

from ..plex_model import COLLECTION, PLAYLIST
from ..plex_queues import QueueSource, QueueWish
from ..plex_values import checked_id

Parameters = Mapping[str, str]

TRANSPORT = frozenset(('play', 'pause', 'stop', 'skipNext', 'skipPrevious', 'stepForward', 'stepBack'))
NAVIGATION = frozenset(('moveUp', 'moveDown', 'moveLeft', 'moveRight', 'pageUp', 'pageDown', 'nextLetter',
                        'previousLetter', 'select', 'back', 'contextMenu', 'toggleOSD', 'home'))
#: A day in milliseconds, longer than anything that is played.
_LONGEST = 24 * 3600 * 1000
_MOST_COMMANDS = 2 ** 31
_LONGEST_TEXT = 256
_KEY = re.compile(r'/library/metadata/([^/?]+)(?:/children|/allLeaves)?\Z')
_QUEUE = re.compile(r'/playQueues/(\d{1,18})(?:\?.*)?\Z')
_SERVER_URI = re.compile(r'server://([^/]+)/com\.plexapp\.plugins\.library(/.+)')
_LIBRARY_URI = re.compile(r'library://[^/]*/(?:item|directory)/(.+)')
_SOURCE = re.compile(r'/library/(metadata|collections)/([A-Za-z0-9._,-]{1,1500})(?:/children)?\Z')


class BadCommand(Exception):
    """A command is refused with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class PlayMedia(NamedTuple):
    """Play an item, or a play queue of the server from that item on. ``offset`` is in milliseconds."""

    machine_identifier: str
    rating_key: str
    queue_id: str
    offset: int
    paused: bool = False


class CreatePlayQueue(NamedTuple):
    """Have the server make a play queue and play that. ``offset`` is in milliseconds."""

    machine_identifier: str
    source: QueueSource
    wish: QueueWish
    offset: int
    paused: bool = False


class Transport(NamedTuple):
    """One of :data:`TRANSPORT`."""

    action: str


class SeekTo(NamedTuple):
    """Jump to a position in milliseconds."""

    position: int


class SkipTo(NamedTuple):
    """Play another item of the queue that plays."""

    rating_key: str


class SetParameters(NamedTuple):
    """None leaves a value as it is. ``volume`` from 0 to 100; ``repeat``: 0 off, 1 this item, 2 all."""

    volume: Optional[int]
    shuffle: Optional[bool]
    repeat: Optional[int]


class SetStreams(NamedTuple):
    """Choose streams by Plex's ids; '' leaves a kind as it is, '0' is no subtitle."""

    audio: str
    subtitle: str


class Navigate(NamedTuple):
    """One of :data:`NAVIGATION`."""

    action: str


class EnterText(NamedTuple):
    """Write into the text field that is open in Kodi; ``complete``: and confirm it."""

    text: str
    complete: bool


class RefreshPlayQueue(NamedTuple):
    """The queue has changed at the server."""

    queue_id: str


Command = Union[PlayMedia, CreatePlayQueue, Transport, SeekTo, SkipTo, SetParameters, SetStreams, Navigate, EnterText,
                RefreshPlayQueue]


def parse(controller: str, name: str, parameters: Parameters) -> Command:
    """The command ``/player/<controller>/<name>``. Raises :class:`BadCommand`: 404 for one that does not exist, 501
    for music and photos, 400 for missing and odd parameters.
    """
    if controller == 'navigation' and name in NAVIGATION:
        return Navigate(name)
    if controller == 'playback' and name in TRANSPORT:
        require_video(parameters)
        return Transport(name)
    read = _COMMANDS.get((controller, name))
    if read is None:
        raise BadCommand(404)
    return read(parameters)


def command_id(parameters: Parameters) -> int:
    """The number that a controller gave to its command, 0 without one. Raises :class:`BadCommand`."""
    return _number(parameters, 'commandID', _MOST_COMMANDS, 0)


def port(parameters: Parameters) -> int:
    """Where a controller listens for timelines; we speak http only. Raises :class:`BadCommand`."""
    if parameters.get('protocol', 'http') != 'http':
        raise BadCommand(400)
    found = _number(parameters, 'port', 65535)
    if not found:
        raise BadCommand(400)
    return found


def require_video(parameters: Parameters) -> None:
    """Raises :class:`BadCommand` for another type of media."""
    kind = parameters.get('type', 'video')
    if kind in ('music', 'audio', 'photo'):
        raise BadCommand(501)
    if kind not in ('video', ''):
        raise BadCommand(400)


def _play_media(parameters: Parameters) -> Command:
    require_video(parameters)
    queue = _QUEUE.match(parameters.get('containerKey', ''))
    return PlayMedia(_machine(parameters), _rating_key(parameters.get('key', '')), queue.group(1) if queue else '',
                     _number(parameters, 'offset', _LONGEST, 0), _flag(parameters, 'paused') or False)


def _create_play_queue(parameters: Parameters) -> Command:
    require_video(parameters)
    machine, selected = _machine(parameters), parameters.get('key', '')
    playlist = parameters.get('playlistID', '')
    source = QueueSource(PLAYLIST, _id(playlist)) if playlist else _source(machine, parameters.get('uri', ''))
    wish = QueueWish(_flag(parameters, 'shuffle') or False, _flag(parameters, 'continuous') or False,
                     first=_rating_key(selected) if selected else '')
    return CreatePlayQueue(machine, source, wish, _number(parameters, 'offset', _LONGEST, 0),
                           _flag(parameters, 'paused') or False)


def _source(machine: str, given: str) -> QueueSource:
    """The items or the collection of an address: nothing but the ids in it is taken."""
    found, listed = _SERVER_URI.match(given), _LIBRARY_URI.match(given)
    source = _SOURCE.match(found.group(2) if found else unquote(listed.group(1)) if listed else '')
    if source is None or found and found.group(1) != machine:
        raise BadCommand(400)
    kind = COLLECTION if source.group(1) == 'collections' else ''
    return QueueSource(kind, ','.join(_id(one) for one in source.group(2).split(',')))


def _seek_to(parameters: Parameters) -> Command:
    require_video(parameters)
    return SeekTo(_number(parameters, 'offset', _LONGEST))


def _skip_to(parameters: Parameters) -> Command:
    require_video(parameters)
    return SkipTo(_rating_key(parameters.get('key', '')))


def _set_parameters(parameters: Parameters) -> Command:
    require_video(parameters)
    volume = _number(parameters, 'volume', 100) if 'volume' in parameters else None
    repeat = _number(parameters, 'repeat', 2) if 'repeat' in parameters else None
    return SetParameters(volume, _flag(parameters, 'shuffle'), repeat)


def _set_streams(parameters: Parameters) -> Command:
    require_video(parameters)
    return SetStreams(_stream(parameters, 'audioStreamID'), _stream(parameters, 'subtitleStreamID'))


def _enter_text(parameters: Parameters) -> Command:
    words = parameters.get('text', '')
    if len(words) > _LONGEST_TEXT or not all(c.isprintable() for c in words):
        raise BadCommand(400)
    return EnterText(words, _flag(parameters, 'complete') or False)


def _refresh(parameters: Parameters) -> Command:
    return RefreshPlayQueue(str(_number(parameters, 'playQueueID', 10 ** 18)))


_COMMANDS: Dict[Tuple[str, str], Callable[[Parameters], Command]] = {
    ('playback', 'playMedia'): _play_media,
    ('playback', 'createPlayQueue'): _create_play_queue,
    ('playback', 'seekTo'): _seek_to,
    ('playback', 'skipTo'): _skip_to,
    ('playback', 'setParameters'): _set_parameters,
    ('playback', 'setStreams'): _set_streams,
    ('playback', 'refreshPlayQueue'): _refresh,
    ('application', 'playMedia'): _play_media,
    ('application', 'setText'): _enter_text,
}


def _machine(parameters: Parameters) -> str:
    return _id(parameters.get('machineIdentifier', ''))


def _rating_key(path: str) -> str:
    match = _KEY.match(path)
    return _id(match.group(1) if match else path)


def _id(given: str) -> str:
    key = checked_id(given)
    if not key:
        raise BadCommand(400)
    return key


def _stream(parameters: Parameters, name: str) -> str:
    """-1 is what some controllers send for no subtitle."""
    given = parameters.get(name, '')
    if given in ('', '-1'):
        return '0' if given else ''
    return str(_number(parameters, name, 10 ** 18))


def _flag(parameters: Parameters, name: str) -> Optional[bool]:
    given = parameters.get(name)
    if given is None:
        return None
    if given not in ('0', '1', 'true', 'false'):
        raise BadCommand(400)
    return given in ('1', 'true')


def _number(parameters: Parameters, name: str, largest: int, absent: Optional[int] = None) -> int:
    """A whole number from 0 to ``largest``. Controllers send positions with a decimal point too."""
    given = parameters.get(name, '')
    if not given and absent is not None:
        return absent
    whole = given.partition('.')[0] if re.match(r'\d{1,19}(\.\d{1,9})?\Z', given, re.ASCII) else ''
    if not whole or int(whole) > largest:
        raise BadCommand(400)
    return int(whole)
