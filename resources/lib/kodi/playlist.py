"""Kodi's playlist of videos: filling it, and what its entries say of themselves."""
from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence

from kodi_six import xbmc

from . import jsonrpc
from .listitem import fail_resolve, list_item

#: Properties of an entry: its item's ratingKey, its place in a play queue of the server, and that server's
#: machineIdentifier.
ITEM, PLACE, SERVER = 'plexid', 'plexqueue', 'plexserver'
#: Kodi's number of it.
PLAYLIST_ID = xbmc.PLAYLIST_VIDEO
#: Kodi's own: from where to play, in seconds; and the URL for which another one is played.
START, _ORIGINAL = 'StartOffset', 'original_listitem_url'


class Entry(NamedTuple):
    """An entry: its server, the ratingKey of its item, and its place in a play queue; '' for what is not ours, or in
    none.

    Reading it waits for Kodi's main thread, so it must not be read while Kodi waits for an answer of ours.
    """

    machine_identifier: str
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


def size() -> int:
    """The number of entries. May be asked while Kodi waits for our answer, unlike what an entry says of itself."""
    return int(xbmc.PlayList(xbmc.PLAYLIST_VIDEO).size())


def position() -> int:
    """The position of the entry that is played, or that Kodi has come to; -1 for none. As :func:`size` it may be asked
    at any time.
    """
    return int(xbmc.PlayList(xbmc.PLAYLIST_VIDEO).getposition())


def play(position: int = 0) -> None:
    """Play it from an entry on; returns at once. Raises :class:`~.jsonrpc.JsonRpcError`.

    Not by ``xbmc.Player().play``: right after the end of what came from a playlist that plays nothing (docs/kodi.md).
    """
    jsonrpc.call('Player.Open', item={'playlistid': xbmc.PLAYLIST_VIDEO, 'position': position})


def play_instead(handle: int, url: str, wires: Sequence[Mapping[str, Any]], here: bool) -> None:
    """Answer a call for a video (``url``) that others are to be played instead of it.

    They become the next entries of the playlist when Kodi has come to that video in it (``here``): it goes on to them
    by itself when there is nothing to play. Where Kodi plays it outside of a playlist they become a playlist of their
    own. A single one is the same video.
    """
    entries = [(wire['url'], list_item(wire)) for wire in wires]
    if len(entries) == 1:
        _play_for(entries[0][1], url)
    playlist: Any = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    if here and not xbmc.getCondVisibility('Playlist.IsRepeatOne'):  # with which it would come to the same one again
        for number, (path, item) in enumerate(entries, playlist.getposition() + 1):
            playlist.add(path, item, number)
        fail_resolve(handle)
        return
    fail_resolve(handle)
    playlist.clear()
    playlist.unshuffle()
    for path, item in entries:
        playlist.add(path, item)
    play()


def _play_for(item: Any, url: str) -> None:
    """Have Kodi keep under ``url`` what it knows of this item: resume point and play count.

    The property tells it where to write them. Where it reads the play count that stays as it is, the tag's path counts;
    Kodi 19 has no way to that and would take the item for unwatched. There Kodi keeps it for the other URL, and our row
    gets what the server says after the playback, as always.
    """
    tag = item.getVideoInfoTag()
    if hasattr(tag, 'setFilenameAndPath'):  # Kodi 20
        item.setProperty(_ORIGINAL, url)
        tag.setFilenameAndPath(url)
    else:
        item.setInfo('video', {'playcount': 0})  # else Kodi 19 would announce that it changed to that


def drop_played(file: str) -> None:
    """Have the playlist go on after the entry that plays, when Kodi does not know any more which that is.

    With a jump to another file of a stack it forgets that, and would begin again with the first entry afterwards. So
    all entries up to the stack are removed. ``file`` is what the player reports: the stack, the file of it that plays,
    or the URL for which it is played.
    """
    playlist: Any = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    if playlist.getposition() >= 0:
        return
    entries = [playlist[number] for number in range(playlist.size())]
    paths = [str(entry.getPath()) for entry in entries]
    played = next((number for number, path in enumerate(paths) if path.startswith('stack://') and (
        file in path or entries[number].getProperty(_ORIGINAL) == file)), -1)
    for path in paths[:played + 1]:
        playlist.remove(path)


def current() -> Optional[Entry]:
    """The entry that is played; None when none is."""
    playlist = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    return _entry(playlist, playlist.getposition())


def first() -> Optional[Entry]:
    """The first entry; None when there is none."""
    return _entry(xbmc.PlayList(xbmc.PLAYLIST_VIDEO), 0)


def forget_start() -> None:
    """The entry that is played begins at its beginning when Kodi comes back to it."""
    playlist: Any = xbmc.PlayList(xbmc.PLAYLIST_VIDEO)
    position = playlist.getposition()
    if 0 <= position < playlist.size():
        playlist[position].setProperty(START, '0')


def _entry(playlist: Any, position: int) -> Optional[Entry]:
    if not 0 <= position < playlist.size():
        return None
    try:
        item = playlist[position]
    except (IndexError, RuntimeError):  # it has just been removed
        return None
    return Entry(item.getProperty(SERVER), item.getProperty(ITEM), item.getProperty(PLACE))
