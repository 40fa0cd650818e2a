"""Putting an item into a collection of its library, and taking it out again. For administrators of the server."""
from __future__ import annotations

from typing import Any, List, Mapping, Sequence

from ...kodi.texts import playlists as texts
from ...library_sync.kinds import MOVIE, SHOW
from ...local_server.api import ApiError
from ...plex_playlists import (
    CollectionRow,
    add_to_collection,
    collections,
    create_collection,
    remove_from_collection,
)
from ...plex_values import text
from .action import Answer, Subject, changed, choose, type_text
from .playlists import LONGEST_NAME

ADD, REMOVE = 'collection_add', 'collection_remove'
_NUMBERS = {kind.name: kind.plex.number for kind in (MOVIE, SHOW)}
_NEW = 'new'


class Collections:
    """Of films and shows. Smart collections are left out: they find their items themselves."""

    names = (ADD, REMOVE)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Removing where it is in one."""
        if subject.item.plex_type not in _NUMBERS or not subject.client.features.may_manage():
            return ()
        return (ADD, REMOVE) if subject.item.collections else (ADD,)

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask for the collection, then do it."""
        if subject.item.plex_type not in _NUMBERS or not subject.client.features.may_manage():
            raise ApiError('not_allowed')
        return _add(subject, arguments) if name == ADD else _remove(subject, arguments)


def _add(subject: Subject, arguments: Mapping[str, Any]) -> Answer:
    words, item = subject.shared.addon.text, subject.item
    rows = [row for row in _plain(subject) if row.title not in item.collections]
    wanted = text(arguments, 'choice')
    if not wanted and rows:
        options = [(row.rating_key, row.title) for row in rows]
        return choose(words(texts.COLLECTION_ADD), [(_NEW, words(texts.NEW_COLLECTION)), *options])
    if not wanted or wanted == _NEW:
        title = text(arguments, 'typed')[:LONGEST_NAME]
        if not title:
            return type_text(words(texts.NAME_OF_COLLECTION))
        create_collection(subject.client, subject.machine_identifier, item.section_key, title,
                          (_NUMBERS[item.plex_type], item.rating_key))
    elif wanted in [row.rating_key for row in rows]:
        add_to_collection(subject.client, subject.machine_identifier, wanted, item.rating_key)
    else:
        raise ApiError('item_gone')
    return changed('in_collection')


def _remove(subject: Subject, arguments: Mapping[str, Any]) -> Answer:
    rows = [row for row in _plain(subject) if row.title in subject.item.collections]
    if not rows:
        raise ApiError('item_gone')
    if 'choice' not in arguments and len(rows) > 1:
        return choose(subject.shared.addon.text(texts.COLLECTION_REMOVE),
                      [(row.rating_key, row.title) for row in rows])
    wanted = text(arguments, 'choice') or rows[0].rating_key
    if wanted not in [row.rating_key for row in rows]:
        raise ApiError('item_gone')
    remove_from_collection(subject.client, wanted, subject.item.rating_key)
    return changed('out_of_collection')


def _plain(subject: Subject) -> List[CollectionRow]:
    return [row for row in collections(subject.client, subject.item.section_key)
            if not row.smart and row.subtype in ('', subject.item.plex_type)]
