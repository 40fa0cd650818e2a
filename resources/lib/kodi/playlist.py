"""Kodi's playlist of videos: filling it, and what its entries say of themselves."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence

from kodi_six import xbmc

from .listitem import fail_resolve, list_item

#: Properties of an entry: its item's ratingKey, and its place in a play queue of the server.
ITEM, PLACE = 'plexid', 'plexqueue'


class Entry(NamedTuple):
    """An entry: the ratingKey of its item, and its place in a play queue; '' for what is not ours, or in none."""

    rating_key: str
    place: str


def fill(wires: Iterable[Mapping[str, Any]]) -> None:
    """Replace all entries by those of these wire items (:mod:`.listitem`), in their order."""
    playlist = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    playlist.clear()
    playlist.unshuffle()  # Kodi keeps that of an earlier playlist
    add(wires)


def add(wires: Iterable[Mapping[str, Any]]) -> None:
    """Add entries at the end."""
    playlist = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    for wire in wires:
        playlist.add(wire['url'], list_item(wire))


def play() -> None:
    """Play it from its first entry on. Returns when Kodi has asked us for the first video, so not in its call."""
    xbmc.Player().play(xbmc.PlayList(xbmc.PLAYLIST_VIDEO), startpos=0)


def play_instead(handle: int, url: str, wires: Sequence[Mapping[str, Any]]) -> None:
    """Answer a call for a video (``url``) that others are to be played instead of it.

    They become the next entries of the playlist in which Kodi plays that video: it goes on to them by itself when there
    is nothing to play. Where Kodi plays it outside of a playlist they become a playlist of their own.
    """
    playlist: Any = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    position = playlist.getposition()
    if 0 <= position < playlist.size() and playlist[position].getPath() == url:
        for number, wire in enumerate(wires, position + 1):
            playlist.add(wire['url'], list_item(wire), number)
        fail_resolve(handle)
        return
    fail_resolve(handle)
    fill(wires)
    play()


def current() -> Optional[Entry]:
    """The entry that is played; None when none is."""
    playlist = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    return _entry(playlist, playlist.getposition())


def first() -> Optional[Entry]:
    """The first entry; None when there is none."""
    return _entry(xbmc.PlayList(xbmc.PLAYLIST_VIDEO), 0)


def _entry(playlist: Any, position: int) -> Optional[Entry]:
    if not 0 <= position < playlist.size():
        return None
    try:
        item = playlist[position]
    except (IndexError, RuntimeError):  # it has just been removed
        return None
    return Entry(item.getProperty(ITEM), item.getProperty(PLACE))
