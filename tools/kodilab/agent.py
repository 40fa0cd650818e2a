"""A process inside the lab's network namespace that makes HTTP and UDP requests for a test outside of it.

Run as a script. It reads one JSON object a line on stdin and writes one a line on stdout:
``{"id": 1, "op": "http", ...}`` is answered by ``{"id": 1, "result": ...}`` or
``{"id": 1, "error": "..."}``; Kodi's announcements come as ``{"event": {...}}``. It ends with its
stdin. It uses the standard library only and imports nothing from this package, since it is started by path.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import struct
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Any, Callable, Dict, Iterator

Reply = Dict[str, Any]

#: The name of this client at Kodi's EventServer.
CLIENT = 0x4C4142

_write_lock = threading.Lock()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Returns redirects to the caller instead of following them."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Return None: the redirect is not followed."""


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def do_http(method: str, url: str, body: str = "", headers: dict[str, str] | None = None, timeout: float = 30) -> Reply:
    """Make one HTTP request. Bodies are base64; an error status is not an exception."""
    data = base64.b64decode(body) if body else None
    request = urllib.request.Request(url, data, headers or {}, method=method)
    try:
        answer = _opener.open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        content = answer.read()
        pairs: list[tuple[str, str]] = list(answer.headers.items())
        return {"status": answer.status, "headers": pairs, "body": base64.b64encode(content).decode()}


def do_builtin(port: int, command: str) -> Reply:
    """Send an EventServer ACTION packet (type 0x0A, action 1: run a builtin).

    No HELO is sent before it: Kodi runs the action anyway, and shows no "new connection" notification. The last number
    says who the client is. Kodi knows twenty at a time, each for a minute, and drops what a further one sends.
    """
    payload = b"\x01" + command.encode() + b"\0"
    head = struct.pack("!4sBBHIIHI10x", b"XBMC", 2, 0, 0x0A, 1, 1, len(payload), CLIENT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(head + payload, ("127.0.0.1", port))
    return {}


def do_bound(port: int, kind: str = "udp") -> Reply:
    """Whether some process has bound this UDP (or TCP) port."""
    wanted = f":{port:04X}"
    for suffix in ("", "6"):
        try:
            with open("/proc/self/net/" + kind + suffix) as table:
                if any(line.split()[1].endswith(wanted) for line in list(table)[1:]):
                    return {"bound": True}
        except OSError:
            continue
    return {"bound": False}


def do_listen(port: int) -> Reply:
    """Begin to pass on Kodi's announcements, also after restarts of Kodi."""
    threading.Thread(target=_listen, args=(port,), daemon=True).start()
    return {}


def _listen(port: int) -> None:
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.settimeout(None)
                _emit({"event": {"method": "Lab.Listening"}})
                for message in _messages(connection):
                    if "method" in message:
                        _emit({"event": message})
        except OSError:
            pass
        time.sleep(0.1)


def _messages(connection: socket.socket) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a stream without separators."""
    decoder = json.JSONDecoder()
    pending = b""
    while True:
        data = connection.recv(65536)
        if not data:
            return
        pending += data
        while pending:
            try:
                text = pending.decode()
                message, end = decoder.raw_decode(text)
            except ValueError:  # the object is not complete yet
                break
            yield message
            pending = text[end:].lstrip().encode()


_OPERATIONS: dict[str, Callable[..., Reply]] = {
    "http": do_http,
    "builtin": do_builtin,
    "bound": do_bound,
    "listen": do_listen,
}


def _emit(message: Reply) -> None:
    with _write_lock:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def _serve(request: dict[str, Any]) -> None:
    number = request.pop("id")
    try:
        result = _OPERATIONS[request.pop("op")](**request)
    except (OSError, ValueError, http.client.HTTPException) as error:
        _emit({"id": number, "error": f"{type(error).__name__}: {error}"})
    else:
        _emit({"id": number, "result": result})


def main() -> None:
    """Serve each line of stdin in its own thread."""
    for line in sys.stdin:
        threading.Thread(target=_serve, args=(json.loads(line),), daemon=True).start()


if __name__ == "__main__":
    main()
