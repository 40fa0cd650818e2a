"""Audio and subtitle streams of the playing video: which there are, and which is chosen."""
from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional, Tuple

from . import jsonrpc, video

#: In place of a subtitle's number: none is shown.
OFF = -1


class KodiStream(NamedTuple):
    """A stream as Kodi knows it, under the ``number`` that Kodi calls its index.

    ``language`` is a code of three letters or '', ``channels`` 0 for subtitles.
    """

    number: int
    language: str
    name: str
    codec: str
    channels: int
    forced: bool
    impaired: bool


class KodiStreams(NamedTuple):
    """All streams, and the numbers of what is heard and shown: :data:`OFF` for nothing."""

    audio: Tuple[KodiStream, ...]
    subtitles: Tuple[KodiStream, ...]
    audio_number: int
    subtitle_number: int


def read(file: str) -> Optional[KodiStreams]:
    """The streams of what plays now; None when that is not ``file``, or Kodi cannot say it."""
    player = _player()
    if player is None or not video.plays(file):
        return None
    try:
        found = jsonrpc.call('Player.GetProperties', playerid=player, properties=[
            'audiostreams', 'subtitles', 'currentaudiostream', 'currentsubtitle', 'subtitleenabled'])
    except jsonrpc.JsonRpcError:
        return None
    subtitle = _number(found.get('currentsubtitle')) if found.get('subtitleenabled') else OFF
    return KodiStreams(_streams(found.get('audiostreams')), _streams(found.get('subtitles')),
                       _number(found.get('currentaudiostream')), subtitle)


def select_audio(number: int) -> None:
    """Have a stream heard. Raises :class:`JsonRpcError`."""
    player = _player()
    if player is not None:
        jsonrpc.call('Player.SetAudioStream', playerid=player, stream=number)


def select_subtitle(number: int) -> None:
    """Have a subtitle shown, or none (:data:`OFF`). Raises :class:`JsonRpcError`."""
    player = _player()
    if player is None:
        return
    if number == OFF:
        jsonrpc.call('Player.SetSubtitle', playerid=player, subtitle='off')
    else:
        jsonrpc.call('Player.SetSubtitle', playerid=player, subtitle=number, enable=True)


def add_subtitle(url: str) -> None:
    """Give the player a file of subtitles for what it plays; it is shown at once. Raises :class:`JsonRpcError`.

    Kodi forgets it with the next file of a stack.
    """
    player = _player()
    if player is not None:
        jsonrpc.call('Player.AddSubtitle', playerid=player, subtitle=url)


def _player() -> Optional[int]:
    """The number of the player depends on what it was given."""
    try:
        players = jsonrpc.call('Player.GetActivePlayers')
    except jsonrpc.JsonRpcError:
        return None
    return next((int(one['playerid']) for one in players or () if one.get('type') == 'video'), None)


def _number(raw: Any) -> int:
    return int(raw['index']) if isinstance(raw, dict) and raw.get('index') is not None else OFF


def _streams(raws: Any) -> Tuple[KodiStream, ...]:
    return tuple(_stream(raw) for raw in raws or ())


def _stream(raw: Dict[str, Any]) -> KodiStream:
    return KodiStream(int(raw['index']), raw.get('language', ''), raw.get('name', ''), raw.get('codec', ''),
                      int(raw.get('channels') or 0), bool(raw.get('isforced')), bool(raw.get('isimpaired')))
