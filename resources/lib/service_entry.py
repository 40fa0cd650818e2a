"""The service: builds its parts, starts them, waits for Kodi's end and stops them."""
from __future__ import annotations

import json
import logging
import os
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from . import state_db
from .auth import discovery
from .auth.connections import ServerConnection
from .auth.manager import SIGNED_OUT, AuthManager
from .auth.store import CredentialStore
from .kodi import addon as kodi_addon
from .kodi import dialogs, jsonrpc, log, settings, texts
from .kodi.home import HomeScreen
from .kodi.monitor import ServiceMonitor
from .kodi.player import PlayerEvents
from .kodi_db import schema
from .kodi_db.connection import Library
from .kodi_db.errors import DatabaseMissing
from .kodi_db.writer import LibraryWriter
from .library_sync import farewell
from .library_sync.engine import LibrarySync, Options, Places
from .library_sync.report import SyncReport
from .local_server import endpoint
from .local_server.api import ApiError, ApiRoute
from .local_server.art import ArtRoute
from .local_server.server import LocalServer
from .local_server.streams import StreamRoute
from .playback.errors import PlaybackError
from .playback.resolve import Resolver
from .playback.state import Feature, PlaybackState
from .playback.stream_registry import PART, SUBTITLE, StreamRegistry
from .playback.timeline import Timeline
from .playback.watcher import PlaybackWatcher
from .plex_errors import PlexError
from .plex_functions import PMSClient
from .plex_http import ClientIdentity, PlexSession
from .plex_model import EPISODE, MOVIE, SEASON, SHOW, integer
from .service import report_text
from .service.account_flow import AccountFlows, FlowHost
from .service.known_art import KnownArt
from .service.live_views import LiveViews
from .service.problems import sign_in_text_name, text_name
from .service.sign_in_notice import SignInNotice
from .service.sync_progress import SyncProgress
from .service.sync_thread import FULL_CHECK, USER, SyncHost, SyncPolicy, SyncThread
from .service.watched import PlayedNote, WatchedMarks

LOG = logging.getLogger('pkc.service')

#: For tests with a simulated plex.tv; a user never sets it.
PLEX_TV_VARIABLE = 'PLEXKODICONNECT_PLEX_TV'
_REPORT_FILE = 'last_sync.json'
_PLEX_TYPES = {'movie': MOVIE, 'tvshow': SHOW, 'season': SEASON, 'episode': EPISODE}
_PARALLEL, _PARALLEL_GENTLE = 3, 1
_LONGEST_WAIT = 3600.0
#: Credentials are looked after at least so often, in seconds; without a reason that costs no request.
_CREDENTIALS_WAIT = 300.0
#: (connect, read) in seconds for what the user waits for.
_QUICK_TIMEOUT = (4.0, 12.0)


class Service:
    """All parts of the running service. Made in the thread that then calls :meth:`run`."""

    def __init__(self) -> None:
        self.addon = kodi_addon.Addon()
        self.settings = settings.load()
        log.install(self.addon.id, self.settings.verbose_log)
        self.profile = self.addon.profile_dir
        self._stopped = threading.Event()
        self._credentials_due = threading.Event()
        self._sessions: List[PlexSession] = []
        self.monitor = ServiceMonitor(self._settings_changed, self._notification)
        self.auth = AuthManager(CredentialStore(self.profile), self._session,
                                plex_tv_url=os.environ.get(PLEX_TV_VARIABLE, ''),
                                modern=lambda: self.settings.modern_auth,
                                allow_http=lambda: self.settings.allow_http, discover=discovery.search,
                                sleep=self._pause)
        self._client_lock = threading.Lock()
        self._client: Optional[Tuple[ServerConnection, PMSClient, PMSClient]] = None
        self._patient: Optional[PlexSession] = None
        self._quick: Optional[PlexSession] = None

        port = self.settings.local_port
        self.live = LiveViews(self.connect_quick, self.state_path, port)
        known_art = KnownArt(self.state_path, self.live.listed)
        streams = StreamRegistry()
        self.resolver = Resolver(self.client_of, port, streams)
        self.endpoint = endpoint.Endpoint(port, endpoint.new_secret())
        self.server = LocalServer(port, self.endpoint.secret, {
            'api': ApiRoute(self._handlers()),
            'art': ArtRoute(self.client_of, known_art, self.report_failure),
            'stream': StreamRoute(PART, streams, self.client_of, self.report_failure),
            'subtitle': StreamRoute(SUBTITLE, streams, self.client_of, self.report_failure),
        })
        self.watched = WatchedMarks(self.client_of, self.state_path)
        self.sync = SyncThread(SyncHost(
            self.connect, self.connection_failed, self._signed_in, self.places, self._policy, self._progress,
            self._playing, self._sync_done, self._sync_failed))
        self.flows = AccountFlows(FlowHost(self.addon, self.auth, lambda: self.connect()[0],
                                           lambda: self.sync.restart(USER), self.monitor.stopping,
                                           self.remove_items))
        self.home = HomeScreen()
        self.timeline = Timeline(self.client_of, self.report_failure, self._finished)
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
        self.sync.start()
        credentials = threading.Thread(target=self._keep_credentials, name='pkc-credentials', daemon=True)
        credentials.start()
        if self.auth.status().state == SIGNED_OUT and not self.settings.offered_sign_in:
            self.flows.offer_sign_in()
        elif locked:
            self.flows.user_at_start()
        LOG.info('started in %.2f s', time.monotonic() - started)
        try:
            while not self.monitor.wait(_LONGEST_WAIT):
                pass
        finally:
            self.stop()

    def stop(self) -> None:
        """End all threads; called once."""
        self._stopped.set()
        self._credentials_due.set()
        self.sync.stop(2.0)
        self.watched.stop()
        self.watcher.stop()
        self.timeline.stop()
        with self._client_lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()  # wakes whoever still waits for an answer
        self.server.stop()
        endpoint.remove(self.profile, self.endpoint)
        LOG.info('stopped')

    def _keep_credentials(self) -> None:
        notice = SignInNotice(self._tell)
        while not self._stopped.is_set():
            self._credentials_due.clear()
            try:
                pause = self.auth.tick()
                notice.look(self.auth.status())
            except Exception:  # the top of the thread
                LOG.exception('keeping credentials failed')
                pause = 60.0
            self._credentials_due.wait(min(max(pause, 5.0), _CREDENTIALS_WAIT))

    def _pause(self, seconds: float) -> bool:
        return self._stopped.wait(seconds)

    # ---- connections -------------------------------------------------------------------------------------------

    def _session(self, client_identifier: str) -> PlexSession:
        return self._made(PlexSession(self._identity(client_identifier), sleep=self._pause))

    def _identity(self, client_identifier: str) -> ClientIdentity:
        return ClientIdentity(client_identifier, self.addon.version, kodi_addon.device_name(),
                              kodi_addon.platform_name(), kodi_addon.kodi_version())

    def _made(self, session: PlexSession) -> PlexSession:
        self._sessions.append(session)
        return session

    def connect(self) -> Tuple[PMSClient, str]:
        """A patient client of the chosen server, and its machineIdentifier. Raises :class:`PlexError`."""
        _, patient, _, machine_identifier = self._clients()
        return patient, machine_identifier

    def connect_quick(self) -> Tuple[PMSClient, str]:
        """A client for what somebody waits for in front of the screen: it gives up early."""
        _, _, quick, machine_identifier = self._clients()
        return quick, machine_identifier

    def _clients(self) -> Tuple[ServerConnection, PMSClient, PMSClient, str]:
        self.flows.users.require()
        connection = self.auth.connection()
        with self._client_lock:
            if self._client is None or self._client[0] != connection:
                log.hide(connection.token)
                if self._patient is None or self._quick is None:
                    identity = self._identity(self.auth.client_identifier)
                    self._patient = self._made(PlexSession(identity, sleep=self._pause))
                    self._quick = self._made(PlexSession(identity, sleep=self._pause, timeout=_QUICK_TIMEOUT,
                                                         retries=1))
                self._client = (connection, PMSClient(self._patient, connection.base_url, connection.token),
                                PMSClient(self._quick, connection.base_url, connection.token))
            return self._client + (connection.machine_identifier,)

    def client_of(self, machine_identifier: str) -> PMSClient:
        """The quick client of the server that a URL names. Raises LookupError for another one than the chosen."""
        client, chosen = self.connect_quick()
        if machine_identifier != chosen:
            raise LookupError('not the chosen server')
        return client

    def report_failure(self, _machine_identifier: str, error: PlexError) -> None:
        """A request failed somewhere; the connection is looked at again."""
        self.connection_failed(error)

    def connection_failed(self, error: Exception) -> None:
        """The next :meth:`connect` may find another address or token."""
        with self._client_lock:
            current = self._client
        if current is not None and isinstance(error, PlexError):
            self.auth.report_failure(current[0], error)

    def _signed_in(self) -> bool:
        return self.auth.status().usable and not self.flows.users.locked

    # ---- playback ----------------------------------------------------------------------------------------------

    def _features(self, playback: PlaybackState) -> List[Feature]:
        """What accompanies a playback that has just begun."""
        self.sync.playback_started()
        features: List[Feature] = [PlayedNote(self.watched)]
        if self.settings.report_progress:
            features.append(self.timeline.feature(playback))
        return features

    def _finished(self, _machine_identifier: str, rating_key: str, _position_ms: int, _watched: bool) -> None:
        self.watched.played(rating_key)
        self.sync.playback_ended()

    def _playing(self) -> bool:
        return bool(self.player.isPlayingVideo())

    # ---- sync --------------------------------------------------------------------------------------------------

    def state_path(self) -> str:
        """Our own database."""
        return os.path.join(self.profile, state_db.FILE_NAME)

    def places(self) -> Places:
        """Kodi's video database and ours. Raises :class:`DatabaseMissing`."""
        folder = kodi_addon.video_database_dir()
        version = schema.version_for_kodi(kodi_addon.kodi_major())
        try:
            path = schema.newest(folder, version)
        except DatabaseMissing:
            path = schema.newest(folder)
        return Places(path, self.state_path())

    def _policy(self) -> SyncPolicy:
        chosen = self.settings
        return SyncPolicy(chosen.sync_at_start, chosen.sync_interval * 60.0, chosen.pause_during_playback,
                          Options(tuple(chosen.excluded_libraries),
                                  _PARALLEL_GENTLE if chosen.gentle_mode else _PARALLEL, self.endpoint.port))

    def _progress(self) -> SyncProgress:
        self.home.before_sync()
        return SyncProgress(self.addon, self.settings.show_progress)

    def _sync_done(self, reason: str, report: SyncReport) -> None:
        with open(os.path.join(self.profile, _REPORT_FILE), 'w', encoding='utf-8') as stream:
            json.dump(dict(report.as_dict(), reason=reason, finished=time.strftime(
                '%Y-%m-%d %H:%M', time.localtime(report.finished_at))), stream, indent=1)
        if report.wrote and not self._stopped.is_set():
            jsonrpc.scan_nothing()
            self.home.library_changed()
        if report.error:
            if reason in (USER, FULL_CHECK):
                self._tell(text_name(report.failure) if report.failure else 'sync_failed', True)
            return
        if not report.cancelled:
            settings.set_last_sync(time.strftime('%Y-%m-%d %H:%M', time.localtime(report.finished_at)))
        if report.cancelled and not report.paused or reason in (USER, FULL_CHECK):
            self._tell('sync_cancelled' if report.cancelled else 'sync_done', False)

    def _sync_failed(self, reason: str, error: Exception) -> None:
        if reason in (USER, FULL_CHECK):
            self._tell(text_name(error), True)

    def _tell(self, name: str, error: bool) -> None:
        if not self._stopped.is_set():
            dialogs.notify(self.addon.name, self.addon.text(texts.by_name(name)), error, self.addon.icon)

    # ---- the plugin's requests -----------------------------------------------------------------------------------

    def _handlers(self) -> Dict[str, Any]:
        def flow(start: Any) -> Any:
            return lambda _request: {} if start() else {'text': 'sign_in_running'}

        return {
            'status': self._api_status,
            'sign_in': lambda request: flow(self.flows.sign_in)(request),
            'sign_out': lambda request: flow(self.flows.sign_out)(request),
            'switch_user': lambda request: flow(self.flows.switch_user)(request),
            'choose_start_user': lambda request: flow(self.flows.choose_start_user)(request),
            'choose_server': lambda request: flow(self.flows.choose_server)(request),
            'choose_libraries': lambda request: flow(self.flows.choose_libraries)(request),
            'sync': self._api_sync,
            'full_check': self._api_full_check,
            'sync_report': self._api_report,
            'refresh': self._api_refresh,
            'cancel_sync': lambda _request: {} if self.sync.cancel() else {'text': 'sync_not_running'},
            'continue_watching': self._api_continue_watching,
            'play': self._api_play,
        }

    def _api_status(self, _request: Dict[str, Any]) -> Dict[str, Any]:
        status = self.auth.status()
        return {'state': status.state, 'user': status.user_name, 'server': status.server_name,
                'problem': sign_in_text_name(status.message_key), 'syncing': self.sync.running}

    def _api_sync(self, _request: Dict[str, Any]) -> Dict[str, Any]:
        self._require_sign_in()
        return {'text': 'sync_started' if self.sync.request(USER) else 'sync_already_running'}

    def _api_full_check(self, _request: Dict[str, Any]) -> Dict[str, Any]:
        self._require_sign_in()
        return {'text': 'sync_started' if self.sync.request(FULL_CHECK) else 'sync_already_running'}

    def _api_report(self, _request: Dict[str, Any]) -> Dict[str, Any]:
        found = report_text.read(os.path.join(self.profile, _REPORT_FILE), self.addon.text)
        return {'report': found} if found else {'text': 'no_report'}

    def _api_refresh(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Write one row anew, in a thread of its own: a running sync is waited for."""
        self._require_sign_in()
        kind, kodi_id = _PLEX_TYPES.get(str(request.get('type'))), integer(request, 'id')
        if not kind or not kodi_id:
            raise ApiError('not_from_plex')
        threading.Thread(target=self._refresh, args=(kind, kodi_id), name='pkc-refresh', daemon=True).start()
        return {}

    def _refresh(self, plex_type: str, kodi_id: int) -> None:
        try:
            client, machine = self.connect()
            with self.sync.writing:
                report = LibrarySync(client, machine, self.places(), self._policy().options, None,
                                     self._stopped.is_set).repair(plex_type, kodi_id)
        except (PlexError, DatabaseMissing) as error:
            self._tell(text_name(error), True)
            return
        if report.failure or not report.total:
            self._tell(text_name(report.failure) if report.failure else 'not_from_plex', True)
            return
        jsonrpc.scan_nothing()
        self._tell('item_refreshed', False)

    def remove_items(self) -> None:
        """Take everything of ours out of Kodi's library. Raises the errors of ``kodi_db``."""
        places = self.places()
        self.sync.cancel()
        with self.sync.writing:
            state_db.prepare(places.state_db)
            with Library(places.video_db, places.state_db, self._stopped.is_set) as library:
                farewell.remove_all(LibraryWriter(library), state_db.StateDb(library.connection, 'state.'),
                                    self._stopped.is_set)
        jsonrpc.scan_nothing()

    def _api_continue_watching(self, request: Dict[str, Any]) -> Dict[str, Any]:
        self._require_sign_in()
        try:
            limit = int(request.get('limit') or 0)
        except (TypeError, ValueError):
            limit = 0
        kind = str(request.get('type') or '')
        limit = min(limit, 500) if limit > 0 else self.settings.continue_watching_limit
        return {'items': self._asked(lambda: self.live.continue_watching(kind, limit))}

    def _api_play(self, request: Dict[str, Any]) -> Dict[str, Any]:
        self._require_sign_in()
        machine, rating_key = str(request.get('machine_identifier')), str(request.get('rating_key'))
        media_id = str(request.get('media_id') or '')
        # Kodi 21 has versions of films in its own library, and asks by itself.
        ask = kodi_addon.kodi_major() < 21 or request.get('type') == EPISODE
        try:
            found = self._asked(lambda: self.resolver.resolve(machine, rating_key, media_id, ask))
        except PlaybackError as error:
            raise ApiError(text_name(error), error.detail) from error
        if found.versions:
            return {'versions': [{'id': one, 'label': label} for one, label in found.versions]}
        return {'url': found.url, 'title': found.title, 'mime': found.mime, 'subtitles': list(found.subtitles),
                'resume': found.resume_ms / 1000.0, 'total': found.duration_ms / 1000.0}

    def _asked(self, ask: Any) -> Any:
        """The result of a question to the server, asked a second time when the connection turns out to be stale."""
        try:
            return ask()
        except PlexError as error:
            self.connection_failed(error)
            try:
                return ask()
            except PlexError as second:
                raise ApiError(text_name(second), str(second)) from second

    def _require_sign_in(self) -> None:
        status = self.auth.status()
        if status.state == SIGNED_OUT:
            raise ApiError('not_signed_in')
        if self.flows.users.locked:
            self.flows.user_at_start()
            raise ApiError('user_not_chosen')

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


def run() -> None:
    """Run the service until Kodi ends."""
    Service().run()
