# ruff: noqa: N803, N815  (Kodi's names)
"""``xbmc.InfoTagVideo`` and its parts. Setters check types as strictly as Kodi's bindings do."""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple

SETTERS: Dict[str, Any] = {
    'setDbId': int, 'setYear': int, 'setEpisode': int, 'setSeason': int, 'setSortEpisode': int, 'setSortSeason': int,
    'setTop250': int, 'setSetId': int, 'setTrackNumber': int, 'setUserRating': int, 'setPlaycount': int,
    'setDuration': int, 'setVotes': int, 'setMpaa': str, 'setPlot': str, 'setPlotOutline': str, 'setTitle': str,
    'setOriginalTitle': str, 'setSortTitle': str, 'setTagLine': str, 'setTvShowTitle': str, 'setTvShowStatus': str,
    'setPremiered': str, 'setSet': str, 'setSetOverview': str, 'setProductionCode': str, 'setFirstAired': str,
    'setLastPlayed': str, 'setTrailer': str, 'setPath': str, 'setFilenameAndPath': str, 'setIMDBNumber': str,
    'setDateAdded': str, 'setMediaType': str, 'setGenres': list, 'setCountries': list, 'setDirectors': list,
    'setStudios': list, 'setWriters': list, 'setTags': list, 'setShowLinks': list,
}


def _check(name: str, value: Any, kind: type) -> None:
    good = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
    if kind is list and good:
        good = all(isinstance(entry, str) for entry in value)
    if not good or (kind in (int, float) and isinstance(value, bool)):
        raise TypeError('%s: argument of type %s expected, got %r' % (name, kind.__name__, value))


class InfoTagVideo19:
    """Kodi 19's class, with getters only."""

    def __init__(self) -> None:
        self.values: Dict[str, Any] = {}

    def getTitle(self) -> str:
        """The title."""
        return str(self.values.get('title', ''))

    def getDbId(self) -> int:
        """The id in the library, -1 without one."""
        return int(self.values.get('dbid', -1))

    def getMediaType(self) -> str:
        """The media type."""
        return str(self.values.get('mediatype', ''))


class InfoTagVideo(InfoTagVideo19):
    """Kodi 20's class. ``values`` are by the setter's name without ``set`` in lower case."""

    def __init__(self, offscreen: bool = False) -> None:
        super().__init__()
        self.cast: List[Actor] = []
        self.streams: List[Any] = []
        self.resume: Tuple[float, float] = (0.0, 0.0)
        self.uniqueids: Dict[str, str] = {}
        self.default_uniqueid = ''

    def setRating(self, rating: float, votes: int = 0, type: str = '', isdefault: bool = False) -> None:
        """Set a rating from 0 to 10."""
        _check('setRating', rating, float)
        self.values['rating'] = rating

    def setUniqueIDs(self, uniqueIDs: Dict[str, str], defaultuniqueid: str = '') -> None:
        """Set unique ids by type."""
        for name, value in uniqueIDs.items():
            _check('setUniqueIDs', name, str)
            _check('setUniqueIDs', value, str)
        self.uniqueids, self.default_uniqueid = dict(uniqueIDs), defaultuniqueid

    def setCast(self, actors: List[Actor]) -> None:
        """Set the cast."""
        assert all(isinstance(one, Actor) for one in actors)
        self.cast = list(actors)

    def setResumePoint(self, time: float, totaltime: float = 0.0) -> None:
        """Where to go on, in seconds."""
        _check('setResumePoint', time, float)
        _check('setResumePoint', totaltime, float)
        self.resume = (time, totaltime)

    def getResumeTimeTotal(self) -> float:
        """The total time of the resume point, in seconds."""
        return self.resume[1]

    def getResumeTime(self) -> float:
        """Where to go on, in seconds."""
        return self.resume[0]

    def addVideoStream(self, stream: Any) -> None:
        """A video stream."""
        self.streams.append(stream)

    addAudioStream = addVideoStream
    addSubtitleStream = addVideoStream


def _setter(name: str, kind: type) -> Callable[[InfoTagVideo, Any], None]:
    def set_value(self: InfoTagVideo, value: Any) -> None:
        _check(name, value, kind)
        self.values[name[3:].lower()] = value
    return set_value


for _name, _kind in SETTERS.items():
    setattr(InfoTagVideo, _name, _setter(_name, _kind))


class Actor:
    """A person in the cast."""

    def __init__(self, name: str = '', role: str = '', order: int = -1, thumbnail: str = '') -> None:
        for value in (name, role, thumbnail):
            _check('Actor', value, str)
        self.name, self.role, self.order, self.thumbnail = name, role, order, thumbnail


class VideoStreamDetail:
    """A video stream."""

    def __init__(self, width: int = 0, height: int = 0, aspect: float = 0.0, duration: int = 0, codec: str = '',
                 stereomode: str = '', language: str = '', hdrtype: str = '') -> None:
        _check('VideoStreamDetail', width, int)
        self.width, self.height, self.aspect, self.duration = width, height, aspect, duration
        self.codec, self.stereomode, self.language, self.hdrtype = codec, stereomode, language, hdrtype

    def setHDRType(self, hdrtype: str) -> None:
        """Set the dynamic range, such as ``dolbyvision`` or ``hdr10``."""
        self.hdrtype = hdrtype


class AudioStreamDetail:
    """An audio stream."""

    def __init__(self, channels: int = -1, codec: str = '', language: str = '') -> None:
        _check('AudioStreamDetail', channels, int)
        self.channels, self.codec, self.language = channels, codec, language


class SubtitleStreamDetail:
    """A subtitle stream."""

    def __init__(self, language: str = '') -> None:
        _check('SubtitleStreamDetail', language, str)
        self.language = language


class InfoTagMusic:
    """``xbmc.InfoTagMusic`` of Kodi 20."""

    def setMediaType(self, mediaType: str) -> None:
        """What it is; Kodi refuses other words."""
        if mediaType not in ('song', 'album', 'artist'):
            raise ValueError(mediaType)

    def setTitle(self, title: str) -> None:
        """The title."""
        _check('setTitle', title, str)
