"""A network between a client and a server on this machine: each piece of data arrives some time later.

``python -m tools.bench.slow_line PORT MILLISECONDS`` prints the port at which it listens, and ends with its standard
input. MILLISECONDS are those of a round trip.
"""
from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Tuple

from tools.simprocess import ROOT


class SlowLine:
    """``with SlowLine(port, 2.0) as line``: ``line.port`` is that of the server at the other end."""

    def __init__(self, port: int, milliseconds: float) -> None:
        self._process = subprocess.Popen([sys.executable, '-m', 'tools.bench.slow_line', str(port), str(milliseconds)],
                                         cwd=str(ROOT), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> SlowLine:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.communicate()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Write what is read so many seconds later; pieces do not wait for each other."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[Tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.close()
    task = asyncio.ensure_future(deliver())
    data = b'x'
    while data:
        try:
            data = await reader.read(1 << 18)
        except ConnectionError:
            data = b''
        waiting.put_nowait((loop.time() + seconds, data))
    await task


async def _main(port: int, milliseconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection('127.0.0.1', port)
        one_way = milliseconds / 2000.0
        await asyncio.gather(_carry(reader, there[1], one_way), _carry(there[0], writer, one_way))
    server = await asyncio.start_server(connected, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == '__main__':
    asyncio.run(_main(int(sys.argv[1]), float(sys.argv[2])))
