"""Carrying what was saved in Kodi to a playlist of the server."""
from __future__ import annotations

from typing import List, NamedTuple, Sequence, Set

from ...batches import chunks
from ...cancellation import Cancellation
from ...playlists.changes import Place, additions, moves, removals
from ...plex_functions import BATCH_SIZE, PMSClient
from ...plex_playlists import (
    PlaylistItems,
    add_to_playlist,
    create_playlist,
    move_in_playlist,
    playlist_items,
    remove_from_playlist,
)

#: Items of a playlist that come to Kodi; a longer one is cut there, and not changed from there.
MOST_ITEMS = 10000


class Server(NamedTuple):
    """Who is asked, as long as the same user watches."""

    client: PMSClient
    machine_identifier: str
    cancellation: Cancellation

    def items(self, playlist_key: str) -> PlaylistItems:
        """The items of a playlist. Raises :class:`PlexError`."""
        return playlist_items(self.client, playlist_key, self.machine_identifier, MOST_ITEMS)


def send(server: Server, playlist_key: str, now: PlaylistItems, wanted: Sequence[str]) -> PlaylistItems:
    """Make the server's playlist what ``wanted`` (ratingKeys) says; returns what it is then.

    Items that the server does not have any more are left out. It may be interrupted at any moment and repeated later.
    Raises :class:`PlexError`, and Cancelled.
    """
    client = server.client
    places = _places(now)
    new = set(additions(places, wanted))
    there = _existing(server, sorted(new))
    wanted = [key for key in wanted if key not in new or key in there]
    add_to_playlist(client, server.machine_identifier, playlist_key, additions(places, wanted))
    for place in removals(places, wanted):
        server.cancellation.check()
        remove_from_playlist(client, playlist_key, place)
    after = server.items(playlist_key)
    places = _places(after)
    if sorted(place.rating_key for place in places) != sorted(wanted):
        return after  # somebody else changes it as well
    steps = moves(places, wanted)
    for step in steps:
        server.cancellation.check()
        move_in_playlist(client, playlist_key, step.place, step.after)
    return server.items(playlist_key) if steps else after


def make(server: Server, title: str, wanted: Sequence[str]) -> str:
    """Make a playlist with the first of these items; returns its ratingKey, '' when the server has none of those.

    :func:`send` adds the rest. Raises :class:`PlexError`.
    """
    first = list(wanted[:BATCH_SIZE])
    there = _existing(server, sorted(set(first)))
    keys = [key for key in first if key in there]
    return create_playlist(server.client, server.machine_identifier, title, keys) if keys else ''


def _places(items: PlaylistItems) -> List[Place]:
    return [Place(one.place, one.rating_key) for one in items.items]


def _existing(server: Server, rating_keys: Sequence[str]) -> Set[str]:
    found: Set[str] = set()
    for some in chunks(rating_keys, BATCH_SIZE):
        server.cancellation.check()
        found.update(one.rating_key for one in server.client.summaries(some))
    return found
