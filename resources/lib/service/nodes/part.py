"""Kodi's library nodes as a part of the service: kept in step with the libraries that are synchronised."""
from __future__ import annotations

import logging
import os
import threading
from typing import Dict, List, Optional

from ... import state_db
from ...auth.manager import SIGNED_OUT
from ...kodi import addon as kodi_addon
from ...kodi import files as kodi_files
from ...kodi.window_properties import HomeProperties
from ...sql.errors import DatabaseError
from ...state_db import SectionState
from ..events import Event, LibraryChanged, ServerChosen, SettingsChanged, SignedOut, UserSwitched
from ..part import Part
from ..shared import Shared
from .files import NodeFiles
from .plan import NODES, PLAYLISTS, NodePlan, libraries

LOG = logging.getLogger('pkc.service')

_MANIFEST = 'nodes.json'
_STOP_SECONDS = 5.0
#: Kodi's texts: films, series, music videos.
_KODIS_TITLES = (342, 20343, 20389)
_FIRST_WITH_HDR = 20


class Nodes(Part):
    """Writes them in a thread of its own, for files may be slow."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._properties = HomeProperties()
        profile = kodi_addon.special_dir('special://profile')
        self._files = NodeFiles(profile, NODES, kodi_addon.special_dir('special://xbmc/system/library/video'),
                                os.path.join(shared.profile, _MANIFEST))
        self._due = threading.Event()
        self._ending = False
        self._thread: Optional[threading.Thread] = None
        for kind in (LibraryChanged, ServerChosen, SettingsChanged, SignedOut, UserSwitched):
            shared.events.subscribe(kind, self._look_again)

    def start(self) -> None:
        """Look whether they are as they should be."""
        self._thread = threading.Thread(target=self._run, name='pkc-nodes', daemon=True)
        self._due.set()
        self._thread.start()

    def stop(self) -> None:
        """End the thread; the nodes stay."""
        self._ending = True
        self._due.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _look_again(self, _event: Event) -> None:
        self._due.set()

    def _run(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            if self._ending:
                return
            try:
                self.update()
            except (OSError, DatabaseError) as error:
                LOG.warning('the library nodes were not written: %s', error)
            except Exception:  # the top of the thread
                LOG.exception('the library nodes were not written')

    def update(self) -> None:
        """Bring files and properties up to date. Raises OSError or DatabaseError."""
        settings = self.shared.settings.current
        titles = [kodi_addon.kodi_text(one) for one in _KODIS_TITLES]
        found = [library for machine, sections in self._sections().items()
                 for library in libraries(sections, settings.nodes_order, titles, machine)]
        plan = NodePlan(found, self.shared.addon.text, kodi_addon.kodi_major() >= _FIRST_WITH_HDR)
        if self._files.update(plan.files() if settings.library_nodes else {}):
            LOG.info('library nodes of %d libraries', len(found) if settings.library_nodes else 0)
            # Kodi believes what it read of a folder before, also that there is no such playlist for a skin's widget.
            kodi_files.listed('special://profile/%s/' % PLAYLISTS)
        self._properties.tell(plan.properties() if settings.library_nodes else {})

    def _sections(self) -> Dict[str, List[SectionState]]:
        """The libraries by server, '' being the main one."""
        status, path = self.shared.auth.status(), self.shared.databases.state_path
        if status.state == SIGNED_OUT or not status.machine_identifier or not state_db.exists(path):
            return {}
        with state_db.open_reader(path) as state:
            ids = {machine: state.server_id(machine or status.machine_identifier)
                   for machine in self.shared.clients.machines()}
            return {machine: list(state.sections(number).values()) for machine, number in ids.items() if number}
