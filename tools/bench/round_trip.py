"""What one question costs a client that does nothing else: what no client of the same server can do without."""
from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Mapping

from tools.kodilab import KodiLab

#: A program for Kodi's network: asks the same question for each line that it reads, and prints the seconds. Of the
#: question it reads port, target and headers first.
_CLIENT = '''import http.client, json, socket, sys, time
question = json.loads(sys.stdin.readline())
connection = http.client.HTTPConnection('127.0.0.1', question['port'], timeout=30)
connection.connect()
connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for _ in sys.stdin:
    begun = time.monotonic()
    connection.request('GET', question['target'], headers=question['headers'])
    answer = connection.getresponse()
    answer.read()
    print(time.monotonic() - begun if answer.status == 200 else 'status %d' % answer.status, flush=True)
'''


class BareClient:
    """Repeats one of the add-on's questions on one connection, until it is closed.

    ``entry`` is the question as the simulator's log of requests has it.
    """

    def __init__(self, lab: KodiLab, port: int, entry: Mapping[str, Any]) -> None:
        self._child = lab.popen([sys.executable, '-c', _CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._write(json.dumps({'port': port, 'target': '%s?%s' % (entry['path'], entry['query']),
                                'headers': dict(entry['headers'], Connection='keep-alive')}))

    def ask(self) -> float:
        """The seconds from the question to the last byte of the answer."""
        self._write('once more')
        assert self._child.stdout is not None
        said = self._child.stdout.readline().decode().strip()
        if not said or said.startswith('status'):
            raise SystemExit('the bare client got no answer: %s' % said)
        return float(said)

    def close(self) -> None:
        """End the client."""
        self._child.terminate()
        self._child.wait(10)

    def _write(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line.encode() + b'\n')
        self._child.stdin.flush()
