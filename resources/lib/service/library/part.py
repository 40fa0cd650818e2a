"""The library as a part of the service: when it is synchronised, what of it, and what else is done with it."""
from __future__ import annotations

import logging
from typing import Any, Dict, List, Mapping, Sequence

from ...auth.manager import SIGNED_OUT
from ...cancellation import Cancelled
from ...kodi import jsonrpc
from ...kodi_db.writer import LibraryWriter
from ...library_sync import purge
from ...library_sync.databases import SyncDatabases
from ...library_sync.kinds import VIDEO
from ...local_server.api import ApiError
from ...plex_values import integer
from ...sql.errors import DatabaseError
from ...state_db.lease import Claim
from ..calls import require_sign_in
from ..error_texts import text_name
from ..events import (
    GuideEnded,
    KodiNotification,
    LibraryStale,
    PlaybackReported,
    PlaybackStarted,
    PushesChanged,
    RowsImported,
    ServerChosen,
    ServerReachable,
    SettingsChanged,
    SignedOut,
    UserSwitched,
    WatchStateWritten,
)
from ..library_rows import item_of_row
from ..part import Handler, Part
from ..shared import Shared
from . import report_text
from .choice import LibraryChoice, offered_libraries
from .guide_steps import LibrarySteps, SyncView
from .history import SyncHistory
from .migration import Pkc3Migration
from .other_devices import OtherDevices
from .requests import (
    CHECK,
    CLEANED,
    DELTA,
    EVENT,
    FULL_CHECK,
    IMPORTED,
    REFRESH,
    START,
    SWEEP,
    USER,
    Cause,
    Scope,
    SyncRequest,
)
from .runner import SyncRunner
from .shared_rows import SharedRows
from .status_lines import LibraryStatus
from .sync_thread import SyncThread

LOG = logging.getLogger('pkc.service')

#: Seconds that Kodi gets to be done with what follows its cleaning.
_AFTER_CLEANING = 2.0
#: Seconds that what the server pushes waits while no sync was complete: the one after the sign-in is about to begin,
#: and would end one that has just begun.
_AFTER_SIGN_IN = 2.0
#: Seconds after Kodi wrote a row anew in which it may write more.
_AFTER_IMPORT = 5.0
#: Seconds that the sync at the start waits for the connection over which the server pushes what changes. What is pushed
#: from its beginning on need not be looked for once more.
_FOR_PUSHES = 2.0
#: Seconds that the end of the service waits for a sync to stop.
_STOP_SECONDS = 2.0


class Library(Part):
    """Synchronises at start, by timer, when asked, and when something happened that it has to follow."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.history = SyncHistory(shared.profile)
        self.migration = Pkc3Migration(shared)
        self._runner = SyncRunner(shared, self.history, self.migration.run)
        self.sync = SyncThread(self._runner, shared.clock, shared.stopping)
        status = LibraryStatus(shared, self.sync, self._runner, self.history)
        self._steps = LibrarySteps(shared, lambda: self.begin_anew(),
                                   SyncView(shared, self.sync, self._runner, self.history, status))
        self._others = OtherDevices(shared.databases, self._runner.announce)
        events = shared.events
        events.subscribe(SettingsChanged, lambda _event: self.sync.settings_changed())
        self._rows = SharedRows(shared, self._request_of_all, lambda: self.begin_anew())
        events.subscribe(ServerChosen, self._server_chosen)
        events.subscribe(ServerReachable, self._reachable)
        events.subscribe(LibraryStale, self._stale)
        events.subscribe(PushesChanged, self._pushes)
        events.subscribe(UserSwitched, lambda _event: self.begin_anew())
        events.subscribe(SignedOut, self._signed_out)
        events.subscribe(PlaybackStarted, lambda _event: self.sync.playback_started())
        events.subscribe(PlaybackReported, lambda _event: self.sync.playback_ended())
        events.subscribe(GuideEnded, lambda _event: self._runner.guide_ended())
        events.subscribe(WatchStateWritten, lambda _event: self._runner.announce())
        events.subscribe(RowsImported, self._imported)
        events.subscribe(KodiNotification, self._notification)

    def start(self) -> None:
        """Ask what is to become of a library of 3.x, and begin."""
        shared = self.shared
        status = shared.auth.status()
        if status.state != SIGNED_OUT and not shared.viewer.locked and status.machine_identifier \
                and not self.migration.asked():
            self.sync.hold()
            if not shared.flows.start(self._offer_at_start):
                self.sync.release()
        self.sync.start()
        self._others.start()
        moved = shared.databases.place.moved
        # Without a server there is nothing to wait for, and a sync would begin beside the one after the sign-in.
        if status.state != SIGNED_OUT and status.machine_identifier and (
                shared.settings.current.sync_at_start or moved):
            for machine in self._runner.machines():
                self.sync.request(SyncRequest(START, Scope(SWEEP, all_due=moved, machine=machine)), _FOR_PUSHES)

    def stop(self) -> None:
        """End a sync that is running; the next one goes on where it was."""
        self._others.stop()
        self.sync.stop(_STOP_SECONDS)
        self._runner.stop()

    def calls(self) -> Mapping[str, Handler]:
        """What the plugin asks of the library."""
        flows = self.shared.flows
        return {
            'sync': lambda _arguments: self._sync_now(USER, SWEEP),
            'full_check': lambda _arguments: self._sync_now(FULL_CHECK, CHECK),
            'cancel_sync': lambda _arguments: {} if self.sync.cancel() else {'text': 'sync_not_running'},
            'sync_report': self._report,
            'refresh': self._refresh,
            'choose_libraries': flows.call(self._choose_libraries, asks_server=True),
            'take_over': self._take_over,
        }

    def status(self) -> Mapping[str, Any]:
        """Whether a sync is under way."""
        return {'syncing': self.sync.running}

    def begin_anew(self) -> None:
        """What is to be synchronised has changed, or who watches: all listings are read now."""
        self._runner.forget()
        self.sync.restart(*self._of_all(USER, SWEEP))

    def _of_all(self, cause: Cause, depth: int) -> List[SyncRequest]:
        return [SyncRequest(cause, Scope(depth, all_due=True, machine=machine)) for machine in self._runner.machines()]

    # ---- the plugin's calls --------------------------------------------------------------------------------------

    def _sync_now(self, cause: Cause, depth: int) -> Dict[str, Any]:
        require_sign_in(self.shared)
        began = [self.sync.request(request) for request in self._of_all(cause, depth)]
        return {'text': 'sync_started' if began[0] else 'sync_already_running'}

    def _report(self, _arguments: Dict[str, Any]) -> Dict[str, Any]:
        found = report_text.history(self.history.runs(), self.shared.addon.text)
        return {'report': found} if found else {'text': 'no_report'}

    def _refresh(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        require_sign_in(self.shared)
        kind, kodi_id = VIDEO.of_media_type(str(arguments.get('type'))), integer(arguments, 'id')
        if kind is None or not kodi_id:
            raise ApiError('not_from_plex')
        rows = frozenset({(kind.name, kodi_id)})
        self.sync.request(SyncRequest(REFRESH, Scope(SWEEP, rows=rows, machine=self._machine_of(kind.name, kodi_id))))
        return {}

    def _machine_of(self, plex_type: str, kodi_id: int) -> str:
        """The server of a row, '' for the main one and for a row that we do not know."""
        clients = self.shared.clients
        several = len(clients.machines()) > 1
        item = item_of_row(self.shared.databases.state_path, plex_type, kodi_id) if several else None
        return clients.machine_of(item.machine_identifier) if item is not None else ''

    def _take_over(self, arguments: Dict[str, Any]) -> Any:
        require_sign_in(self.shared)
        return self.shared.flows.call(self._ask_migration)(arguments)

    # ---- flows ---------------------------------------------------------------------------------------------------

    def _choose_libraries(self) -> None:
        if LibraryChoice(self.shared.addon, offered_libraries(self.shared)).ask():
            self.begin_anew()

    def _offer_at_start(self) -> None:
        try:
            if self._offer_migration():
                self.begin_anew()
        finally:
            self.sync.release()

    def _offer_migration(self) -> bool:
        """Whether the user says yes. Nothing here keeps him from the rest of what he is doing."""
        try:
            return self.migration.offer()
        except DatabaseError as error:
            LOG.warning('it is not known whether there is a library of 3.x: %s', error)
            return False

    def _ask_migration(self) -> None:
        try:
            wanted = self.migration.ask()
        except DatabaseError as error:
            LOG.warning('it is not known whether there is a library of 3.x: %s', error)
            self.shared.screen.tell(text_name(error), True)
            return
        if wanted:
            self.begin_anew()

    # ---- events --------------------------------------------------------------------------------------------------

    def _request_of_all(self, cause: Cause, depth: int, pause: float) -> None:
        for machine in self._runner.machines():
            self.sync.request(SyncRequest(cause, Scope(depth, machine=machine)), pause)

    def _server_chosen(self, event: ServerChosen) -> None:
        self.sync.hold()
        try:
            self._offer_migration()
            if event.left:
                self._leave(event.left)
        finally:
            self.sync.release()
        self.begin_anew()

    def _reachable(self, event: ServerReachable) -> None:
        self._runner.server_back(event.machine)
        self.sync.server_reachable(event.machine)

    def _leave(self, machine_identifiers: Sequence[str]) -> None:
        """Take the items of these servers out of Kodi's library; what does not succeed now does at the next sync."""
        self._runner.leaving.add(machine_identifiers)
        self.sync.cancel()
        try:
            self._runner.leaving.remove(self.shared.stopping)
        except (DatabaseError, Cancelled) as error:
            LOG.warning('the items of a server are not removed yet: %s', error)
        else:
            jsonrpc.scan_nothing()

    def _stale(self, event: LibraryStale) -> None:
        depth = SWEEP if event.thorough else DELTA
        scope = Scope(depth, event.section_keys or None, items=event.rating_keys, machine=event.machine)
        self.sync.request(SyncRequest(EVENT, scope),
                          0.0 if self._runner.completed(event.machine) else _AFTER_SIGN_IN)

    def _pushes(self, event: PushesChanged) -> None:
        if not event.pushed:  # else what changed before is asked for now, and the sync at the start with it
            self.sync.pushes_known(event.machine)

    def _signed_out(self, event: SignedOut) -> None:
        if not event.remove_items:
            return
        try:
            self.remove_items(event.user_id)
        except (DatabaseError, Cancelled) as error:
            LOG.warning('the items were not removed: %s', error)
            self.shared.screen.tell(text_name(error), True)
        else:
            self.shared.screen.tell('items_removed')

    def _imported(self, _event: RowsImported) -> None:
        self._request_of_all(IMPORTED, SWEEP, _AFTER_IMPORT)

    def _notification(self, event: KodiNotification) -> None:
        if event.method == 'Player.OnStop':
            self.sync.playback_ended()
        elif event.method == 'VideoLibrary.OnCleanFinished':  # Kodi 19 takes all items of add-ons for lost
            self._request_of_all(CLEANED, DELTA, _AFTER_CLEANING)

    def remove_items(self, user_id: str = '') -> None:
        """Take everything of ours out of Kodi's library, for this Plex user. Raises Cancelled and
        :class:`DatabaseError`; :class:`OtherUser` for a shared library that is another user's.
        """
        databases, stopping = self.shared.databases, self.shared.stopping
        locations = databases.locations()
        self.sync.cancel()
        with databases.writing, SyncDatabases(locations, stopping, Claim(user_id)) as opened:
            opened.note_change()
            purge.remove_all(LibraryWriter(opened.video), opened.state, stopping)
        self._runner.leaving.clear()
        jsonrpc.scan_nothing()
