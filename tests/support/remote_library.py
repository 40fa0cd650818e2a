"""The library of a simulated Plex in another process, with the methods of ``tools.plexsim.Library``."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Optional, Union

from tools.stage import Stage


class RemoteItem:
    """An item, from the control API."""

    def __init__(self, raw: Dict[str, Any], sections: Dict[int, RemoteSection]) -> None:
        self.rating_key = int(raw['ratingKey'])
        self.type = str(raw['type'])
        self.section = sections[int(raw['section'])]
        self.added_at = raw['addedAt']
        self.fields = {'updatedAt': raw['updatedAt']}
        self.smart: Optional[str] = raw['smart']
        self.members: List[int] = raw['members']


class RemoteSection:
    """A section, from the control API."""

    def __init__(self, raw: Dict[str, Any]) -> None:
        self.id = int(raw['id'])
        self.type = str(raw['type'])


class RemoteLibrary:
    """Passes all methods on to the simulator's library through the control API."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    @property
    def sections(self) -> Dict[int, RemoteSection]:
        return {int(raw['id']): RemoteSection(raw) for raw in self._stage.ask('state')['sections']}

    def add_section(self, kind: str, title: str) -> RemoteSection:
        return RemoteSection(self._do('add_section', type_name=kind, title=title)['section'])

    def items(self, kind: str, section: int = 0) -> Iterator[RemoteItem]:
        sections = self.sections
        query = {'type': kind, 'section': section} if section else {'type': kind}
        return iter([RemoteItem(raw, sections) for raw in self._stage.ask('items', **query)])

    def need(self, rating_key: int) -> RemoteItem:
        return next(item for kind in ('movie', 'show', 'season', 'episode') for item in self.items(kind)
                    if item.rating_key == rating_key)

    def truth(self, rating_key: int) -> Dict[str, Any]:
        found: Dict[str, Any] = self._stage.ask('truth', ids=rating_key)[0]
        return found

    def stored(self, item: RemoteItem) -> Dict[str, Any]:
        return self.truth(item.rating_key)

    def rename_section(self, section_id: int, title: str) -> None:
        self._do('rename_section', section_id=section_id, title=title)

    def add_show(self, title: str) -> RemoteItem:
        return self._added('add_show', title=title)

    def add_season(self, show_key: int, index: int) -> RemoteItem:
        return self._added('add_season', show_key=show_key, index=index)

    def add_episode(self, season_key: int, index: int, title: str = 'Episode') -> RemoteItem:
        return self._added('add_episode', season_key=season_key, index=index, title=title)

    def add_collection(self, section_id: int, title: str, members: Any, smart: Optional[str] = None) -> None:
        self._do('add_collection', section_id=section_id, title=title, members=list(members), smart=smart)

    def add_to_collection(self, collection_key: int, rating_key: int) -> None:
        self._do('add_to_collection', collection_key=collection_key, rating_key=rating_key)

    def remove_from_collection(self, collection_key: int, rating_key: int) -> None:
        self._do('remove_from_collection', collection_key=collection_key, rating_key=rating_key)

    def set_progress(self, rating_key: Union[int, str], milliseconds: int) -> None:
        self._do('set_progress', rating_key=rating_key, milliseconds=milliseconds)

    def rate(self, rating_key: int, rating: float) -> None:
        self._do('rate', rating_key=rating_key, rating=rating)

    def move(self, rating_key: int, section_id: int, **fields: Any) -> None:
        self._do('move', rating_key=rating_key, section_id=section_id, **fields)

    def add_movie(self, title: str, **fields: Any) -> None:
        self._do('add_movie', title=title, **fields)

    def add_extra(self, rating_key: int, title: str) -> None:
        self._do('add_extra', rating_key=rating_key, title=title)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Methods that take an item's ratingKey and fields: ``update``, ``delete``, ``scrobble``, ``unscrobble``."""
        return lambda rating_key, **fields: self._do(name, rating_key=rating_key, **fields)

    def _added(self, op: str, **arguments: Any) -> RemoteItem:
        return RemoteItem(self._do(op, **arguments)['item'], self.sections)

    def _do(self, op: str, **arguments: Any) -> Any:
        answer = self._stage.tell('mutate', op=op, args=arguments)
        assert answer['ok'], '%s %r: %s' % (op, arguments, answer)
        return answer
