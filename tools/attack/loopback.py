"""Attacks on the loopback server by a program that does not know its secret."""
from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack
from typing import Callable, Dict, List, Mapping, Optional

from resources.lib.local_server import endpoint, proof, rules
from resources.lib.local_server.art import ArtRoute
from resources.lib.local_server.client import ServiceClient, ServiceError, ServiceUnavailable
from resources.lib.local_server.endpoint import Endpoint
from tools.attack.target import MACHINE, PICTURE, STAMP, Target, Watch, running

Figures = Dict[str, object]
#: Seconds that an attack may take to begin. Connections that the server ends at once may never be the maximum.
_BEGINNING = 1.0


def unread_answers() -> Figures:
    """The maximum of connections, each of which requests thirty pictures and reads none, and reconnects when it is
    closed.
    """
    return _besieged(lambda target: target.request(PICTURE) * 30, _is_unread, receive_buffer=2048)


def endless_headers() -> Figures:
    """The maximum of connections, each of which sends a hundred headers of 60 KB."""
    def flood(target: Target) -> bytes:
        return target.request(PICTURE)[:-2] + b''.join(b'X%d: %s\r\n' % (n, b'y' * 60_000) for n in range(100))
    return _besieged(flood)


def slow_requests() -> Figures:
    """The maximum of connections, each in the middle of a request."""
    return _besieged(lambda target: target.request(PICTURE)[:-3])


def idle_connections() -> Figures:
    """The maximum of connections, which send nothing."""
    return _besieged(lambda target: b'')


def squatter() -> Figures:
    """Another program has the port of a service that was killed, and answers the plugin."""
    heard: List[bytes] = []
    believed = 0
    with running() as target, socket.create_server(('127.0.0.1', 0)) as listener:
        secret, port = target.endpoint.secret, listener.getsockname()[1]
        threading.Thread(target=_lie, args=(listener, heard), daemon=True).start()
        endpoint.write(target.profile, Endpoint(port, secret))
        for _ in range(50):
            believed += _call(target.profile) is not None
        endpoint.write(target.profile, target.endpoint)
        again = [one.replace(b':%d' % port, b':%d' % target.port) for one in heard]
        # A request with the right secret is accepted once, from whichever client sends it first.
        used = sum(target.status(request) == 200 for request in again * 2)
    return {'asked': 50, 'believed': believed, 'secret_heard': sum(secret.encode() in one for one in heard),
            'heard_questions_taken_more_than_once': max(0, used - len(heard))}


def replay() -> Figures:
    """Requests of the plugin that the service has answered are sent again, unchanged and changed."""
    with running() as target:
        taken = 0
        for _ in range(50):
            value = proof.ask(target.endpoint.secret, 'POST', '/api/status', b'')[1]
            question = target.request('/api/status', proof.HEADER + ': ' + value, 'Content-Length: 0',
                                      'Connection: close', method='POST')
            assert target.status(question) == 200
            changed = question.replace(b'Length: 0', b'Length: 2') + b'{}'
            taken += sum(target.status(one) == 200 for one in (question, changed))
    return {'asked_again': 100, 'taken': taken}


def web_page() -> Figures:
    """A page in the user's browser, of another site, of another port of this machine, or by DNS rebinding."""
    signs = ('Origin: https://evil.example', 'Origin: null', 'Origin: http://127.0.0.1:8080',
             'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-site', 'Host: evil.example')
    with running() as target:
        answered = sum(target.status(target.request(PICTURE, sign, method=method)) == 200
                       for sign in signs for method in ('GET', 'HEAD', 'POST'))
    return {'requests': 3 * len(signs), 'answered': answered}


def guessing() -> Figures:
    """Guessing items, kinds, stamps and servers by HEAD requests; two items are known."""
    paths = ['/art/%s/%d/thumb/1' % (MACHINE, key) for key in range(200)]
    paths += ['/art/%s/%d/thumb/%s' % ('e' * 40, key, STAMP) for key in range(200)]
    with running() as target:
        found = sum(target.status(target.request(path, 'Connection: close', method='HEAD')) != 404 for path in paths)
    return {'guesses': len(paths), 'told': found}


ATTACKS: Mapping[str, Callable[[], Figures]] = {
    'loopback: unread answers': unread_answers, 'loopback: endless headers': endless_headers,
    'loopback: slow requests': slow_requests, 'loopback: idle connections': idle_connections,
    'loopback: squatter': squatter, 'loopback: replay': replay, 'loopback: web page': web_page,
    'loopback: guessing': guessing,
}


def _is_full(target: Target) -> bool:
    return target.connections() >= rules.MAX_CONNECTIONS


def _is_unread(target: Target) -> bool:
    """A route that has just begun as many answers as it may refuses more, until it knows which are not read."""
    return target.unread() >= ArtRoute.rules.parallel // 2


def _besieged(request: Callable[[Target], bytes], begun: Callable[[Target], bool] = _is_full,
              receive_buffer: int = 0) -> Figures:
    """Figures while the maximum of connections send this, read nothing, and reconnect when they are closed."""
    over = threading.Event()
    with running() as target:
        sent = request(target)
        watch = Watch(target)
        besiegers = [threading.Thread(target=_besiege, args=(target, sent, receive_buffer, over))
                     for _ in range(rules.MAX_CONNECTIONS)]
        for one in besiegers:
            one.start()
        end = time.monotonic() + _BEGINNING
        while not begun(target) and time.monotonic() < end:
            time.sleep(0.01)
        figures = watch.figures(lambda: _call(target.profile))
        over.set()
        for one in besiegers:
            one.join()
    return figures


def _besiege(target: Target, request: bytes, receive_buffer: int, over: threading.Event) -> None:
    while not over.is_set():
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(target.connect(receive_buffer))
                connection.sendall(request)
            except OSError:
                over.wait(0.05)
                continue
            while not over.wait(0.05) and _is_open(connection):
                pass


def _is_open(connection: socket.socket) -> bool:
    """Whether the server has not closed the connection; reads nothing."""
    connection.settimeout(0.0)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK)) and not connection.getsockopt(socket.SOL_SOCKET,
                                                                                       socket.SO_ERROR)
    except BlockingIOError:
        return True
    except OSError:
        return False


def _call(profile: str) -> Optional[Mapping[str, object]]:
    try:
        return ServiceClient(profile).call('status', {}, timeout=10.0)
    except (ServiceUnavailable, ServiceError):
        return None


def _lie(listener: socket.socket, heard: List[bytes]) -> None:
    body = b'{"url":"http://evil.example/film.mkv"}'
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            heard.append(connection.recv(65536))
            lie = b'HTTP/1.1 200 OK\r\nX-PKC-Proof: %s\r\nContent-Length: %d\r\n\r\n' % (b'a' * 64, len(body))
            connection.sendall(lie + body)
