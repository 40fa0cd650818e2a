"""The service's API: what the plugin asks, by name (docs/architecture.md lists the names)."""
from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Union

from ..auth.manager import SIGNED_OUT, AuthManager
from ..kodi import addon as kodi_addon
from ..kodi import settings
from ..local_server.api import ApiError
from ..playback.errors import PlaybackError
from ..playback.resolve import Resolver
from ..plex_errors import PlexError
from ..plex_model import EPISODE, MOVIE, SEASON, SHOW, integer
from .account.flows import AccountFlows
from .error_texts import sign_in_text_name, text_name
from .library import report_text
from .library.history import SyncHistory
from .library.jobs import LibraryJobs
from .library.sync_thread import FULL_CHECK, USER, SyncThread
from .lists.continue_watching import LiveViews

_PLEX_TYPES = {'movie': MOVIE, 'tvshow': SHOW, 'season': SEASON, 'episode': EPISODE}
Request = Dict[str, Any]
Answer = Dict[str, Any]
Handler = Callable[[Request], Union[Answer, bytes]]


class CallParts(NamedTuple):
    """The parts of the service that answer. ``connection_failed`` has the next connection looked for anew."""

    addon: kodi_addon.Addon
    auth: AuthManager
    flows: AccountFlows
    sync: SyncThread
    jobs: LibraryJobs
    history: SyncHistory
    live: LiveViews
    resolver: Resolver
    settings: Callable[[], settings.Settings]
    connection_failed: Callable[[Exception], None]


class PluginCalls:
    """Answers with JSON objects; raises :class:`ApiError`."""

    def __init__(self, parts: CallParts) -> None:
        self._parts = parts

    def handlers(self) -> Dict[str, Handler]:
        """All calls by their names."""
        flows = self._parts.flows
        return {
            'status': self._status,
            'sign_in': _flow(flows.sign_in),
            'sign_out': _flow(flows.sign_out),
            'switch_user': _flow(flows.switch_user),
            'choose_start_user': _flow(flows.choose_start_user),
            'choose_server': _flow(flows.choose_server),
            'choose_libraries': _flow(flows.choose_libraries),
            'take_over': self._take_over,
            'sync': lambda _request: self._sync(USER),
            'full_check': lambda _request: self._sync(FULL_CHECK),
            'sync_report': self._report,
            'refresh': self._refresh,
            'cancel_sync': lambda _request: {} if self._parts.sync.cancel() else {'text': 'sync_not_running'},
            'continue_watching': self._continue_watching,
            'play': self._play,
        }

    def _status(self, _request: Request) -> Answer:
        status = self._parts.auth.status()
        return {'state': status.state, 'user': status.user_name, 'server': status.server_name,
                'problem': sign_in_text_name(status.message_key), 'syncing': self._parts.sync.running}

    def _take_over(self, request: Request) -> Union[Answer, bytes]:
        self._require_sign_in()
        return _flow(self._parts.flows.take_over)(request)

    def _sync(self, reason: str) -> Answer:
        self._require_sign_in()
        return {'text': 'sync_started' if self._parts.sync.request(reason) else 'sync_already_running'}

    def _report(self, _request: Request) -> Answer:
        found = report_text.history(self._parts.history.runs(), self._parts.addon.text)
        return {'report': found} if found else {'text': 'no_report'}

    def _refresh(self, request: Request) -> Answer:
        self._require_sign_in()
        kind, kodi_id = _PLEX_TYPES.get(str(request.get('type'))), integer(request, 'id')
        if not kind or not kodi_id:
            raise ApiError('not_from_plex')
        self._parts.jobs.refresh(kind, kodi_id)
        return {}

    def _continue_watching(self, request: Request) -> bytes:
        self._require_sign_in()
        try:
            limit = int(request.get('limit') or 0)
        except (TypeError, ValueError):
            limit = 0
        kind = str(request.get('type') or '')
        limit = min(limit, 500) if limit > 0 else self._parts.settings().continue_watching_limit
        return bytes(self._asked(lambda: self._parts.live.continue_watching_json(kind, limit)))

    def _play(self, request: Request) -> Answer:
        self._require_sign_in()
        machine, rating_key = str(request.get('machine_identifier')), str(request.get('rating_key'))
        media_id = str(request.get('media_id') or '')
        # Kodi 21 has versions of films in its own library, and asks by itself.
        ask = kodi_addon.kodi_major() < 21 or request.get('type') == EPISODE
        try:
            found = self._asked(lambda: self._parts.resolver.resolve(machine, rating_key, media_id, ask))
        except PlaybackError as error:
            raise ApiError(text_name(error), error.detail) from error
        if found.versions:
            return {'versions': [{'id': one, 'label': label} for one, label in found.versions]}
        return {'url': found.url, 'title': found.title, 'mime': found.mime, 'subtitles': list(found.subtitles),
                'resume': found.resume_ms / 1000.0, 'total': found.duration_ms / 1000.0}

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """The result of a question to the server, asked a second time when the connection turns out to be stale."""
        try:
            return ask()
        except PlexError as error:
            self._parts.connection_failed(error)
            try:
                return ask()
            except PlexError as second:
                raise ApiError(text_name(second), str(second)) from second

    def _require_sign_in(self) -> None:
        if self._parts.auth.status().state == SIGNED_OUT:
            raise ApiError('not_signed_in')
        if self._parts.flows.users.locked:
            self._parts.flows.user_at_start()
            raise ApiError('user_not_chosen')


def _flow(start: Callable[[], bool]) -> Handler:
    return lambda _request: {} if start() else {'text': 'sign_in_running'}
