"""Which of the user's rules are about the libraries of one server, where several are chosen."""
from __future__ import annotations

import logging
from typing import Dict, List, Mapping, Set

from ... import state_db
from ...sql.errors import DatabaseError
from ...state_db import SectionState
from ..library_names import names_for
from ..shared import Shared

LOG = logging.getLogger('pkc.sync')


class ServerLibraries:
    """Looks into our database, where the libraries of all servers are that were ever synchronised."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def intervals(self, machine: str, intervals: Mapping[str, str]) -> Dict[str, str]:
        """The intervals of libraries that are not known to be of another chosen server."""
        machines = self._shared.clients.machines()
        if len(machines) < 2 or not intervals:
            return dict(intervals)
        elsewhere = {section.uuid for other in machines if other != machine for section in self._sections(other)}
        mine = names_for(machine, set(intervals) - elsewhere)
        return {name: intervals[name] for name in intervals if name in mine}

    def titles_before(self, machine: str) -> List[str]:
        """The titles of the libraries of those servers that come before this one."""
        titles: Set[str] = set()
        for other in self._shared.clients.machines():
            if other == machine:
                break
            titles |= {section.title for section in self._sections(other)}
        return sorted(titles)

    def _sections(self, machine: str) -> List[SectionState]:
        path = self._shared.databases.state_path
        if not state_db.exists(path):
            return []
        try:
            with state_db.open_reader(path) as state:
                server_id = state.server_id(machine or self._shared.auth.status().machine_identifier)
                return list(state.sections(server_id).values()) if server_id else []
        except DatabaseError as error:
            LOG.info('the libraries of other servers are not known now: %s', error)
            return []
