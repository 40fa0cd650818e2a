"""Deleting an item with its files from the server."""
from __future__ import annotations

from typing import Any, Mapping, Sequence

from ...kodi.texts import actions as texts
from ...library_sync.kinds import EPISODE, MOVIE, SEASON, SHOW
from ...local_server.api import ApiError
from .action import Answer, Subject, changed, confirm


class Delete:
    """Of films and shows, seasons, episodes; only with the server's permission, and after a question that names it."""

    names = ('delete',)

    def offered(self, subject: Subject) -> Sequence[str]:
        """To who may delete."""
        kinds = (MOVIE.name, EPISODE.name, SHOW.name, SEASON.name)
        return self.names if subject.item.plex_type in kinds and subject.client.features.may_delete() else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask, then delete."""
        if not subject.client.features.may_delete():
            raise ApiError('not_allowed')
        if arguments.get('confirmed') is not True:
            text = subject.shared.addon.text
            return confirm(text(texts.DELETE), text(texts.DELETE_QUESTION, subject.title), text(texts.DELETE_YES))
        subject.client.delete(subject.item.rating_key)
        return changed('deleted')
