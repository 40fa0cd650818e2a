"""The service: builds its parts, starts them, waits for Kodi's end and stops them."""
from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any, Dict, List

from .auth import discovery
from .auth.manager import SIGNED_OUT, AuthManager
from .auth.store import CredentialStore
from .cancellation import Cancellation
from .kodi import addon as kodi_addon
from .kodi import dialogs, jsonrpc, log, settings, texts
from .kodi.home import HomeScreen
from .kodi.monitor import KodiStopping, ServiceMonitor
from .kodi.player import PlayerEvents
from .library_sync.engine import Options, Places
from .library_sync.report import Progress, SyncReport
from .local_server import endpoint
from .local_server.api import ApiRoute
from .local_server.art import ArtRoute
from .local_server.server import LocalServer
from .local_server.streams import StreamRoute
from .playback.resolve import Resolver
from .playback.state import Feature, PlaybackState
from .playback.stream_registry import PART, SUBTITLE, StreamRegistry
from .playback.timeline import Timeline
from .playback.watcher import PlaybackWatcher
from .plex_functions import PMSClient
from .service.account.flows import AccountFlows, FlowHost
from .service.account.notice import SignInNotice
from .service.calls import CallParts, PluginCalls
from .service.error_texts import text_name
from .service.library import jobs as library_jobs
from .service.library import report_text, schedule
from .service.library.history import SyncHistory
from .service.library.jobs import JobHost, LibraryJobs
from .service.library.migration import OldLibrary, TakeoverHost
from .service.library.progress import SyncProgress
from .service.library.schedule import LibrarySchedule
from .service.library.sync_thread import FULL_CHECK, TIMER, USER, SyncHost, SyncPolicy, SyncThread
from .service.lists.continue_watching import LiveViews
from .service.local.known_art import KnownArt
from .service.server_clients import ServerClients, Sessions
from .service.watch_state.watched_marks import PlayedNote, WatchedMarks

LOG = logging.getLogger('pkc.service')

#: For tests with a simulated plex.tv; a user never sets it.
PLEX_TV_VARIABLE = 'PLEXKODICONNECT_PLEX_TV'
#: Parallel requests, and seconds of rest after each batch.
_USUAL, _GENTLE = (3, 0.0), (1, 0.25)
_LONGEST_WAIT = 3600.0
#: Credentials are looked after at least so often, in seconds; without a reason that costs no request.
_CREDENTIALS_WAIT = 300.0
#: Seconds that Kodi gets to be done with what follows its cleaning.
_AFTER_CLEANING = 2.0


class Service:
    """All parts of the running service. Made in the thread that then calls :meth:`run`."""

    def __init__(self) -> None:
        self.addon = kodi_addon.Addon()
        self.settings = settings.load()
        log.install(self.addon.id, self.settings.verbose_log)
        self.profile = self.addon.profile_dir
        self._credentials_due = threading.Event()
        self.monitor = ServiceMonitor(self._settings_changed, self._notification)
        self.stopping = KodiStopping(self.monitor)
        self._sessions = Sessions(self.addon.version, self.stopping)
        self.auth = AuthManager(CredentialStore(self.profile), self._sessions.patient,
                                plex_tv_url=os.environ.get(PLEX_TV_VARIABLE, ''),
                                modern=lambda: self.settings.modern_auth,
                                allow_http=lambda: self.settings.allow_http, discover=discovery.search,
                                cancellation=self.stopping)
        self.clients = ServerClients(self.auth, self._sessions, lambda: self.flows.users.require())

        port = self.settings.local_port
        self.endpoint = endpoint.Endpoint(port, endpoint.new_secret())
        live = LiveViews(self.clients.connect_quick, self._state_path, port, lambda: self._places().video_db)
        self.watched = WatchedMarks(self.clients.of_user, self._state_path, lambda: self.auth.status().user_id)
        self.history = SyncHistory(self.profile)
        self.sync = SyncThread(SyncHost(
            self.clients.connect, self.clients.failed, self._signed_in, self._places, self._policy,
            LibrarySchedule(lambda: os.path.join(self.profile, schedule.FILE_NAME)), self._before_sync,
            self._progress, self._playing, self._sync_done, self._sync_failed))
        self.old_library = OldLibrary(TakeoverHost(
            self.addon, self._places, self.sync.writing, lambda: self.auth.status().server_name,
            self.stopping))
        jobs = LibraryJobs(JobHost(self.clients.connect, self._places, lambda: self._policy().options,
                                   self.sync.writing, self.sync.cancel, self.stopping, self._tell))
        self.flows = AccountFlows(FlowHost(
            self.addon, self.auth, lambda: self.clients.connect()[0], lambda: self.sync.restart(USER),
            self.stopping, jobs.remove_items, self.old_library))

        streams = StreamRegistry()
        resolver = Resolver(self.clients.of_server, port, streams)
        calls = PluginCalls(CallParts(self.addon, self.auth, self.flows, self.sync, jobs, self.history, live, resolver,
                                      lambda: self.settings, self.clients.failed))
        failed = self.clients.report_failure
        self.server = LocalServer(port, self.endpoint.secret, {
            'api': ApiRoute(calls.handlers()),
            'art': ArtRoute(self.clients.of_server, KnownArt(self._state_path, live.listed), failed),
            'stream': StreamRoute(PART, streams, self.clients.of_server, failed),
            'subtitle': StreamRoute(SUBTITLE, streams, self.clients.of_server, failed),
        })
        self.home = HomeScreen()
        self.timeline = Timeline(self.clients.of_server, failed, self._finished)
        self.watcher = PlaybackWatcher(self._features, lambda: self.player.position())
        self.player = PlayerEvents(self.watcher)

    # ---- life --------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Start everything, wait for Kodi's end, stop everything."""
        started = time.monotonic()
        self.server.start()
        endpoint.write(self.profile, self.endpoint)
        self.watcher.start()
        self.watched.start()
        locked = self.flows.users.lock_at_start()
        self._ask_what_is_new(locked)
        self.sync.start()
        credentials = threading.Thread(target=self._keep_credentials, name='pkc-credentials', daemon=True)
        credentials.start()
        LOG.info('started in %.2f s', time.monotonic() - started)
        try:
            while not self.monitor.wait(_LONGEST_WAIT):
                pass
        finally:
            self.stop()

    def stop(self) -> None:
        """End all threads; called once."""
        self.stopping.cancel()
        self._credentials_due.set()
        self.sync.stop(2.0)
        self.watched.stop()
        self.watcher.stop()
        self.timeline.stop()
        self._sessions.close()
        self.server.stop()
        endpoint.remove(self.profile, self.endpoint)
        LOG.info('stopped')

    def _signed_in(self) -> bool:
        return self.auth.status().usable and not self.flows.users.locked

    def _ask_what_is_new(self, locked: bool) -> None:
        """The questions that a user is asked once; no sync begins while one is on screen."""
        status = self.auth.status()
        if status.state == SIGNED_OUT:
            if not self.settings.offered_sign_in:
                self.flows.offer_sign_in()
        elif locked:
            self.flows.user_at_start()
        elif status.machine_identifier and not self.old_library.asked():
            self.sync.hold()
            if not self.flows.offer_take_over(self.sync.release):
                self.sync.release()

    def _keep_credentials(self) -> None:
        notice = SignInNotice(self._tell, self._offer_sign_in)
        while not self.stopping.cancelled:
            self._credentials_due.clear()
            try:
                pause = self.auth.tick()
                notice.look(self.auth.status())
            except Exception:  # the top of the thread
                LOG.exception('keeping credentials failed')
                pause = 60.0
            self._credentials_due.wait(min(max(pause, 5.0), _CREDENTIALS_WAIT))

    def _offer_sign_in(self, reason: str) -> bool:
        return not self.stopping.cancelled and not self._playing() and self.flows.offer_sign_in_again(reason)

    # ---- playback ----------------------------------------------------------------------------------------------

    def _features(self, playback: PlaybackState) -> List[Feature]:
        """What accompanies a playback that has just begun."""
        self.sync.playback_started()
        features: List[Feature] = [PlayedNote(self.watched)]
        if self.settings.report_progress:
            features.append(self.timeline.feature(playback, self.clients.of_this_user()))
        return features

    def _finished(self, _machine_identifier: str, rating_key: str, _position_ms: int, _watched: bool) -> None:
        self.watched.played(rating_key)
        self.sync.playback_ended()

    def _playing(self) -> bool:
        return bool(self.player.isPlayingVideo())

    # ---- sync --------------------------------------------------------------------------------------------------

    def _state_path(self) -> str:
        return library_jobs.state_path(self.profile)

    def _places(self) -> Places:
        return library_jobs.places(self.profile)

    def _policy(self) -> SyncPolicy:
        chosen = self.settings
        workers, breath = _GENTLE if chosen.gentle_mode else _USUAL
        return SyncPolicy(
            chosen.sync_at_start, chosen.sync_interval * 60.0, chosen.pause_during_playback,
            Options(tuple(chosen.excluded_libraries), workers, self.endpoint.port, breath=breath,
                    watch_only=tuple(chosen.watch_only_libraries), user_id=self.auth.status().user_id),
            chosen.library_intervals)

    def _before_sync(self, client: PMSClient, machine_identifier: str, progress: Progress,
                     cancellation: Cancellation) -> None:
        self.watched.flush(cancellation)
        self.old_library.run(client, machine_identifier, progress, cancellation)

    def _progress(self) -> SyncProgress:
        self.home.before_sync()
        return SyncProgress(self.addon, self.settings.show_progress)

    def _sync_done(self, reason: str, report: SyncReport) -> None:
        self._remember(reason, report)
        if report.wrote and not self.stopping.cancelled:
            jsonrpc.scan_nothing()
            self.home.library_changed()
        if report.error:
            if reason in (USER, FULL_CHECK):
                self._tell(text_name(report.failure) if report.failure else 'sync_failed', True)
        elif report.cancelled and not report.paused or reason in (USER, FULL_CHECK):
            self._tell('sync_cancelled' if report.cancelled else 'sync_done', False)

    def _sync_failed(self, reason: str, error: Exception) -> None:
        report = SyncReport(error=str(error), failure=error)
        report.finish()
        self._remember(reason, report)
        if reason in (USER, FULL_CHECK):
            self._tell(text_name(error), True)

    def _remember(self, reason: str, report: SyncReport) -> None:
        settings.set_last_sync(report_text.summary(self.history.add(reason, report), self.addon.text))

    def _tell(self, name: str, error: bool) -> None:
        if not self.stopping.cancelled:
            dialogs.notify(self.addon.name, self.addon.text(texts.by_name(name)), error, self.addon.icon)

    # ---- Kodi's events -------------------------------------------------------------------------------------------

    def _settings_changed(self) -> None:
        self.settings = settings.load()
        log.install(self.addon.id, self.settings.verbose_log)
        self.sync.settings_changed()
        self._credentials_due.set()

    def _notification(self, _sender: str, method: str, data: Dict[str, Any]) -> None:
        self.watched.notification(method, data)
        if method == 'Player.OnStop':
            self.sync.playback_ended()
        elif method == 'VideoLibrary.OnCleanFinished':
            self.sync.request(TIMER, _AFTER_CLEANING)  # Kodi 19 takes all items of add-ons for lost


def run() -> None:
    """Run the service until Kodi ends."""
    Service().run()
