"""Putting an item into one of the user's playlists, and taking it out again."""
from __future__ import annotations

import logging
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ...kodi.texts import playlists as texts
from ...library_sync.kinds import EPISODE, MOVIE, SEASON, SHOW
from ...local_server.api import ApiError
from ...plex_errors import PlexError
from ...plex_playlists import (
    PlaylistRow,
    add_to_playlist,
    create_playlist,
    playlist_items,
    playlists,
    remove_from_playlist,
)
from ...plex_values import text
from ..events import PlaylistsChanged
from .action import Answer, Subject, changed, choose, type_text

LOG = logging.getLogger('pkc.service')

ADD, REMOVE = 'playlist_add', 'playlist_remove'
_LEAVES, _PARENTS = (MOVIE.name, EPISODE.name), (SHOW.name, SEASON.name)
#: Playlists in the menu; and those, and items in each of them, in which an item is looked for.
_MOST, _SEARCHED, _LONGEST = 500, 30, 2000
_NEW = 'new'
LONGEST_NAME = 200


class _Members(NamedTuple):
    """What was read of a playlist as long as its row was like this: the places of each item."""

    row: PlaylistRow
    places: Mapping[str, Sequence[str]]


class Playlists:
    """Of films and episodes, and of all episodes of a show or season. Smart playlists are left out."""

    names = (ADD, REMOVE)

    def __init__(self) -> None:
        self._members: Dict[Tuple[str, str], _Members] = {}

    def offered(self, subject: Subject) -> Sequence[str]:
        """Removing where it is in one: what was read of a playlist is kept as long as that does not change."""
        if subject.item.plex_type not in _LEAVES + _PARENTS:
            return ()
        try:
            there = subject.item.plex_type in _LEAVES and self._containing(subject)
        except PlexError as error:
            LOG.info('the server does not tell about playlists: %s', error)
            return ()
        return (ADD, REMOVE) if there else (ADD,)

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask for the playlist, then do it."""
        return _add(subject, arguments) if name == ADD else self._remove(subject, arguments)

    def _remove(self, subject: Subject, arguments: Mapping[str, Any]) -> Answer:
        found = self._containing(subject)
        if not found:
            raise ApiError('item_gone')
        if 'choice' not in arguments and len(found) > 1:
            return choose(subject.shared.addon.text(texts.PLAYLIST_REMOVE),
                          [(row.rating_key, row.title) for row in found])
        wanted = text(arguments, 'choice') or found[0].rating_key
        if wanted not in [row.rating_key for row in found]:
            raise ApiError('item_gone')
        for place in self._members[subject.machine_identifier, wanted].places[subject.item.rating_key]:
            remove_from_playlist(subject.client, wanted, place)
        subject.shared.events.publish(PlaylistsChanged())
        return changed('out_of_playlist')

    def _containing(self, subject: Subject) -> List[PlaylistRow]:
        """The plain playlists in which the item is."""
        plain = [row for row in _plain(subject) if row.leaf_count <= _LONGEST][:_SEARCHED]
        found: List[PlaylistRow] = []
        for row in plain:
            key = (subject.machine_identifier, row.rating_key)
            known = self._members.get(key)
            if known is None or known.row != row:
                known = self._members[key] = _Members(row, _places(subject, row))
            if subject.item.rating_key in known.places:
                found.append(row)
        there = {(subject.machine_identifier, row.rating_key) for row in plain}
        self._members = {key: one for key, one in self._members.items() if key in there}
        return found


def _add(subject: Subject, arguments: Mapping[str, Any]) -> Answer:
    words = subject.shared.addon.text
    client, machine, key = subject.client, subject.machine_identifier, subject.item.rating_key
    rows = _plain(subject)
    wanted = text(arguments, 'choice')
    if not wanted and rows:
        options = [(row.rating_key, row.title) for row in rows]
        return choose(words(texts.PLAYLIST_ADD), [(_NEW, words(texts.NEW_PLAYLIST)), *options])
    if not wanted or wanted == _NEW:
        title = text(arguments, 'typed')[:LONGEST_NAME]
        if not title:
            return type_text(words(texts.NAME_OF_PLAYLIST), subject.item.title)
        create_playlist(client, machine, title, [key])
    elif wanted in [row.rating_key for row in rows]:
        add_to_playlist(client, machine, wanted, [key])
    else:
        raise ApiError('item_gone')
    subject.shared.events.publish(PlaylistsChanged())
    return changed('in_playlist')


def _plain(subject: Subject) -> List[PlaylistRow]:
    return [row for row in playlists(subject.client, _MOST)[0] if not row.smart]


def _places(subject: Subject, row: PlaylistRow) -> Mapping[str, Sequence[str]]:
    """Where each item is in a playlist."""
    places: Dict[str, List[str]] = {}
    for one in playlist_items(subject.client, row.rating_key, subject.machine_identifier, _LONGEST).items:
        if one.place and not one.foreign:
            places.setdefault(one.rating_key, []).append(one.place)
    return places
