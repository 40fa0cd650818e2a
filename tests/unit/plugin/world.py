"""Kodi, and a service that answers as the test says, for calls of the plugin."""
from __future__ import annotations

from typing import Any, Callable, Dict, List, Tuple

from resources.lib import entrypoint
from resources.lib.local_server.api import ApiRoute
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.service_file import ServiceFile
from resources.lib.service.error_texts import text_name
from tests.fakes import FakeKodi

BASE = 'plugin://plugin.video.plexkodiconnect/'
MID = '51b0a5e0c0ffee51b0a5e0c0ffee51b0a5e0c0ff'
ACTIONS = ('sign_in', 'sign_out', 'choose_server', 'choose_libraries', 'sync', 'full_check', 'cancel_sync',
           'sync_report', 'take_over', 'switch_user')
FOUND = {'url': 'http://127.0.0.1:57310/stream/mid/7/11/a.mkv', 'title': 'A film', 'mime': 'video/x-matroska',
         'subtitles': ['http://127.0.0.1:57310/subtitle/mid/7/3/a.en.srt'], 'resume': 61.5, 'total': 5400.0}


class World:
    """Kodi, and a service that answers as the test says."""

    def __init__(self, kodi: FakeKodi) -> None:
        self.kodi = kodi
        self.calls: List[Tuple[str, Dict[str, Any]]] = []
        self.answers: Dict[str, Any] = {'status': {'state': 'signed_in', 'syncing': False},
                                        'list': {'items': []}, 'play': FOUND}
        self.profile = str(kodi.profile / 'addon_data' / kodi.addon_info['id'])
        names = ('status', 'list', 'play', 'refresh', 'item_menu', 'item_action', 'status_page') + ACTIONS
        handlers = {name: self._handler(name) for name in names}
        self.server = LocalServer(0, {'api': ApiRoute(handlers, text_name)},
                                  ServiceFile(self.profile, lambda _secret: None))
        self.server.start()

    def _handler(self, name: str) -> Callable[[Dict[str, Any]], Dict[str, Any]]:
        def handle(request: Dict[str, Any]) -> Dict[str, Any]:
            self.calls.append((name, request))
            answer = self.answers.get(name, {})
            if isinstance(answer, Exception):
                raise answer
            found: Dict[str, Any] = answer() if callable(answer) else answer
            return found
        return handle

    def open(self, path: str, query: str = '', *more: str, handle: int = 1) -> Any:
        """Kodi opens an address; what it was given."""
        url = path if path.startswith('plugin://') else BASE + path
        self.kodi.playlist.waits_for_answer = path.startswith((BASE + 'play/', 'play/'))
        entrypoint.run([url, str(handle), query, *more])
        return self.kodi.listings.get(handle)

    def said(self) -> List[str]:
        return [message for _, message, _ in self.kodi.notifications]

    def text(self, text_id: int) -> str:
        found = self.kodi.text(text_id)
        assert found
        return found
