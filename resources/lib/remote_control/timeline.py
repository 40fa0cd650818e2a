"""What plays, as controllers are told it. It has neither tokens nor addresses: those who may see it know the server."""
from __future__ import annotations

from typing import Dict, NamedTuple

from .identity import document, element

PLAYING, PAUSED, STOPPED = 'playing', 'paused', 'stopped'
_CONTROLLABLE = ('playPause,stop,volume,shuffle,repeat,audioStream,subtitleStream,seekTo,skipPrevious,skipNext,'
                 'stepBack,stepForward')


class QueuePlace(NamedTuple):
    """The place of an item in the play queue of the server that a controller has started."""

    queue_id: str
    item_id: str
    version: str


class Timeline(NamedTuple):
    """What plays now. ``position`` and ``duration`` are in milliseconds, ``volume`` from 0 to 100.

    ``repeat``: 0 off, 1 this item, 2 all. Stream ids are Plex's; '' when not known, '0' for no subtitle.
    """

    state: str = STOPPED
    machine_identifier: str = ''
    rating_key: str = ''
    position: int = 0
    duration: int = 0
    volume: int = 100
    muted: bool = False
    shuffle: bool = False
    repeat: int = 0
    audio_stream: str = ''
    subtitle_stream: str = ''
    place: QueuePlace = QueuePlace('', '', '')

    def differs(self, other: Timeline) -> bool:
        """Whether anything but the position differs."""
        return self._replace(position=0) != other._replace(position=0)


def xml(timeline: Timeline, player: str, command_id: int) -> bytes:
    """The document for a controller, with the number of its last command. ``player`` is our identifier."""
    stopped = timeline.state == STOPPED
    others = ''.join(element('Timeline', {'type': kind, 'itemType': kind, 'state': STOPPED})
                     for kind in ('music', 'photo'))
    return document(element('MediaContainer', {
        'size': '3', 'commandID': str(command_id), 'machineIdentifier': player,
        'location': 'navigation' if stopped else 'fullScreenVideo'}, others + element('Timeline', _video(timeline))))


def _video(timeline: Timeline) -> Dict[str, str]:
    found = {'type': 'video', 'itemType': 'video', 'state': timeline.state, 'controllable': _CONTROLLABLE,
             'volume': str(timeline.volume), 'mute': _flag(timeline.muted)}
    if timeline.state == STOPPED:
        return found
    found.update({
        'time': str(timeline.position), 'duration': str(timeline.duration), 'seekRange': '0-%d' % timeline.duration,
        'shuffle': _flag(timeline.shuffle), 'repeat': str(timeline.repeat), 'ratingKey': timeline.rating_key,
        'key': '/library/metadata/' + timeline.rating_key, 'machineIdentifier': timeline.machine_identifier,
        'providerIdentifier': 'com.plexapp.plugins.library'})
    queue = timeline.place
    optional = {'audioStreamID': timeline.audio_stream, 'subtitleStreamID': timeline.subtitle_stream,
                'playQueueID': queue.queue_id, 'playQueueItemID': queue.item_id, 'playQueueVersion': queue.version,
                'containerKey': '/playQueues/' + queue.queue_id if queue.queue_id else ''}
    found.update({name: value for name, value in optional.items() if value})
    return found


def _flag(value: bool) -> str:
    return '1' if value else '0'
