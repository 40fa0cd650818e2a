"""Playing an item from another server that has it too, where several servers' items are one row."""
from __future__ import annotations

from typing import Any, List, Mapping, Sequence, Tuple

from ...local_server.api import ApiError
from ...playback.wishes import Wish
from ...plex_model import EPISODE, MOVIE
from ...plex_values import text
from ...sql.errors import DatabaseError
from ..events import PlayAs
from ..same_titles import Copy, SameTitles
from .action import Answer, Subject, choose
from .playing import AT, where_to_begin


class OtherServers:
    """Offers all servers that have it, its own one among them."""

    names = ('play_from_server',)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Where there is another one."""
        return self.names if subject.item.plex_type in (MOVIE, EPISODE) and len(_servers(subject)) > 1 else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask for the server, and where to begin if there is a resume point; then Kodi plays it."""
        chosen, at, position = text(arguments, 'choice').partition(AT)
        servers = {copy.machine_identifier: (copy, label) for copy, label in _servers(subject)}
        if not chosen:
            return choose(subject.title, [(machine, label) for machine, (_, label) in servers.items()])
        if chosen not in servers or at and not position.isdigit():
            raise ApiError('not_from_plex')
        resume_s = subject.item.view_offset // 1000
        if resume_s > 0 and not at:
            return where_to_begin(subject, chosen, resume_s)
        copy, _ = servers[chosen]
        wish = Wish(copy=(copy.machine_identifier, copy.rating_key))
        subject.shared.events.publish(PlayAs(subject.machine_identifier, subject.item, wish,
                                             min(int(position), resume_s) if at else 0))
        return {}


def _servers(subject: Subject) -> List[Tuple[Copy, str]]:
    """The item at each server that can be reached, with the server's name; its own first."""
    shared, same_titles = subject.shared, SameTitles(subject.shared)
    if not same_titles.one_row:
        return []
    own = Copy(subject.machine_identifier, subject.item.rating_key)
    try:
        found = same_titles.copies(*own)
    except DatabaseError:
        return []
    there = [one for one in found if shared.clients.ready(one.machine_identifier)]
    first = {one.machine_identifier: one for one in reversed([own, *there])}
    return [(one, shared.auth.server_name(one.machine_identifier))
            for one in [own, *there] if first[one.machine_identifier] is one]
