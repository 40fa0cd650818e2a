"""Kodi's texture cache: it asks for a picture as Kodi does, HEAD and then GET, and keeps it for ever."""
from __future__ import annotations

import http.client
import threading
from typing import Callable, Dict, List
from urllib.parse import urlsplit


class Textures:
    """``held``: pictures by their URLs. ``before_load`` is called with the URL of each picture that Kodi is to load."""

    def __init__(self) -> None:
        self.held: Dict[str, bytes] = {}
        self.tried: List[str] = []
        self.before_load: Callable[[str], None] = lambda url: None
        self._lock = threading.Lock()

    def load(self, url: str) -> bytes:
        """A picture, which is stored; b'' when there is none to be had."""
        if url in self.held:
            return self.held[url]
        self.before_load(url)
        with self._lock:
            self.tried.append(url)
        if not self._ask('HEAD', url)[0]:
            return b''
        found, body = self._ask('GET', url)
        if not found:
            return b''
        self.held[url] = body
        return body

    @staticmethod
    def _ask(method: str, url: str) -> tuple[bool, bytes]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        try:
            connection.request(method, parts.path)
            answer = connection.getresponse()
            body = answer.read()
            return answer.status == 200 and answer.getheader('Content-Type', '').startswith('image/'), body
        except OSError:
            return False, b''
        finally:
            connection.close()
