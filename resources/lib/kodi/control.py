"""Control of Kodi for whoever sits elsewhere: the video that plays, its playlist, volume, navigation.

All functions may be called from any thread and raise :class:`~.jsonrpc.JsonRpcError`, unless they say otherwise.
"""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

from . import jsonrpc

#: Kodi's number of the playlist of videos.
_VIDEO_PLAYLIST = 1
REPEAT_OFF, REPEAT_ONE, REPEAT_ALL = 'off', 'one', 'all'
_PLAYER_PROPERTIES = ['time', 'totaltime', 'speed', 'shuffled', 'repeat']


class PlayerState(NamedTuple):
    """The video that plays: position and duration in milliseconds."""

    paused: bool
    position: int
    duration: int
    shuffled: bool
    repeat: str


class Volume(NamedTuple):
    """From 0 to 100."""

    level: int
    muted: bool


def player_state() -> Optional[PlayerState]:
    """What the player says of the video that plays; None when none plays, or Kodi cannot say. Raises nothing."""
    try:
        player = _player()
        if player is None:
            return None
        found = jsonrpc.call('Player.GetProperties', playerid=player, properties=_PLAYER_PROPERTIES)
        return PlayerState(not found['speed'], _milliseconds(found['time']), _milliseconds(found['totaltime']),
                           bool(found.get('shuffled')), str(found.get('repeat')))
    except (jsonrpc.JsonRpcError, KeyError, TypeError, ValueError):
        return None


def volume() -> Volume:
    """Kodi's volume; full when Kodi cannot say. Raises nothing."""
    try:
        found = jsonrpc.call('Application.GetProperties', properties=['volume', 'muted'])
        return Volume(int(found['volume']), bool(found['muted']))
    except (jsonrpc.JsonRpcError, KeyError, TypeError, ValueError):
        return Volume(100, False)


def set_volume(level: int) -> None:
    """From 0 to 100."""
    jsonrpc.call('Application.SetVolume', volume=level)


def set_paused(paused: bool) -> None:
    """Pause or go on; nothing happens when that is the case already, or nothing plays."""
    _tell_player('Player.PlayPause', play=not paused)


def stop() -> None:
    """Stop the video."""
    _tell_player('Player.Stop')


def go_to(where: str) -> None:
    """``next`` or ``previous`` entry of the playlist."""
    _tell_player('Player.GoTo', to=where)


def go_to_entry(position: int) -> None:
    """The entry of the playlist at this position."""
    _tell_player('Player.GoTo', to=position)


def set_shuffle(shuffled: bool) -> None:
    """Shuffle the playlist, or restore its order."""
    _tell_player('Player.SetShuffle', shuffle=shuffled)


def set_repeat(repeat: str) -> None:
    """One of :data:`REPEAT_OFF`, :data:`REPEAT_ONE`, :data:`REPEAT_ALL`."""
    _tell_player('Player.SetRepeat', repeat=repeat)


def entries() -> List[str]:
    """The URLs of the playlist of videos."""
    found = jsonrpc.call('Playlist.GetItems', playlistid=_VIDEO_PLAYLIST, properties=['file'])
    return [str(item.get('file', '')) for item in found.get('items') or ()]


def press(method: str) -> None:
    """A key of JSON-RPC's namespace ``Input``: ``Up``, ``Select``, ``ContextMenu`` …"""
    jsonrpc.call('Input.' + method)


def act(action: str) -> None:
    """One of Kodi's actions: ``pageup``, ``nextletter`` …"""
    jsonrpc.call('Input.ExecuteAction', action=action)


def enter_text(text: str, complete: bool) -> None:
    """Write into the keyboard that is open, and confirm it."""
    jsonrpc.call('Input.SendText', text=text, done=complete)


def _player() -> Optional[int]:
    players = jsonrpc.call('Player.GetActivePlayers')
    return next((int(one['playerid']) for one in players or () if one.get('type') == 'video'), None)


def _tell_player(method: str, **parameters: Any) -> None:
    player = _player()
    if player is not None:
        jsonrpc.call(method, playerid=player, **parameters)


def _milliseconds(raw: Dict[str, Any]) -> int:
    seconds = (int(raw['hours']) * 60 + int(raw['minutes'])) * 60 + int(raw['seconds'])
    return seconds * 1000 + int(raw['milliseconds'])
