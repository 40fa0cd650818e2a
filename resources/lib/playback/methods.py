"""Ways to play a version of an item.

A way is a module of its own with a :class:`PlayMethod`; the composition holds their list, which ``Resolver`` gets.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import List, NamedTuple, Optional, Protocol, Tuple

from ..plex_media import Media, Part
from ..plex_model import PlayableItem
from .errors import FileInaccessible, FileMissing, NotPlayable
from .transcode.quality import ORIGINAL, Quality
from .transcode.stream import Transcode


@dataclass(frozen=True)
class PlayRequest:
    """What shall be played. Without ``media_id`` the version is ours to choose; with ``ask`` the user chooses, where
    there are several. ``method`` is the name of the only way that may be taken, '' for any; ``without`` that of one
    that has failed; ``original``: nothing may be converted; ``quality`` is the limit of what the server converts.
    """

    machine_identifier: str
    rating_key: str
    media_id: str = ''
    ask: bool = False
    method: str = ''
    original: bool = False
    quality: Quality = ORIGINAL
    without: str = ''

    def allows(self, name: str) -> bool:
        """Whether the way of this name may be taken."""
        return self.method in ('', name) and self.without != name


class Offer(NamedTuple):
    """What Kodi's player gets. ``url`` also tells a playback's session; ``part`` is the file that it plays.

    ``mime`` is '' when not known. ``subtitles`` are URLs of subtitles in files of their own. ``transcode`` is what the
    server has to be asked for meanwhile. Of a version in several files ``url`` is a stack of all of them
    (:mod:`.stacks`), ``part`` the first one, and ``files`` are all of them with the URL of each: Kodi's player reports
    these. ``beside``: URLs of the subtitles of each (part id, URLs), which the player is given when it comes to it.
    """

    url: str
    part: Part
    mime: str = ''
    subtitles: Tuple[str, ...] = ()
    transcode: Optional[Transcode] = None
    files: Tuple[Tuple[str, Part], ...] = ()
    beside: Tuple[Tuple[str, Tuple[str, ...]], ...] = ()


class PlayMethod(Protocol):
    """One way to play. Thread-safe; lives as long as the service."""

    @property
    def name(self) -> str:
        """The way's name in :attr:`PlayRequest.method` and :attr:`~.session.PlaybackSession.method`."""

    def offer(self, request: PlayRequest, found: PlayableItem, media: Media) -> Optional[Offer]:
        """How to play this version of the item that was found; None when this way does not suit it.

        May ask the server. Raises :class:`~.errors.PlaybackError` and :class:`PlexError` subclasses.
        """


def playable_versions(found: PlayableItem) -> List[Media]:
    """The versions whose files are all within Plex's reach, in Plex's order; at least one.

    Raises :class:`NotPlayable`, :class:`FileMissing` or :class:`FileInaccessible`; the last two only when Plex says
    so of every version.
    """
    missing = unreadable = False
    versions: List[Media] = []
    for media in found.media:
        parts = playable_parts(media)
        if media.deleted or any(not part.exists for part in parts):
            missing = True
        elif any(not part.accessible for part in parts):
            unreadable = True
        elif parts:
            versions.append(media)
    if versions:
        return versions
    if unreadable:
        raise FileInaccessible()
    if missing:
        raise FileMissing()
    raise NotPlayable('no file')


def playable_parts(media: Media) -> List[Part]:
    """The files of a version that have a path at the server, in their order."""
    return [part for part in media.parts if part.key]
