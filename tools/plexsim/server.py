"""Runs the simulated plex.tv and PMS: one thread, one event loop, two ports."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import threading
import zlib
from typing import Any, Callable

from aiohttp import web as aio

from tools.plexsim.accounts import Accounts
from tools.plexsim.config import SimConfig
from tools.plexsim.events import Events
from tools.plexsim.faults import Fault, Faults
from tools.plexsim.gdm import Gdm
from tools.plexsim.library import Library
from tools.plexsim.plextv import PlexTv
from tools.plexsim.pms import Pms
from tools.plexsim.render import FULL, LISTING
from tools.plexsim.requestlog import KEPT_HEADERS, LogEntry, RequestLog
from tools.plexsim.tokens import JwtAuthority
from tools.plexsim.web import Answer, Compressor, Request

CHUNK = 1 << 16
MINIMUM_GZIP = 200


class PlexSim:
    """A simulated plex.tv and a simulated PMS. ``start`` returns when both accept connections."""

    def __init__(self, library: Library | None = None, config: SimConfig | None = None) -> None:
        self.config = config or SimConfig()
        self.library = library if library is not None else Library.empty()
        self.library.clock = self.config.clock
        self.accounts = Accounts()
        self.authority = JwtAuthority(self.config, self.accounts)
        self.faults = Faults()
        self.requests = RequestLog()
        self.events = Events(self)
        self.pms = Pms(self.library, self.config, self.accounts, self.authority)
        self.pms.playing = self.events.playing
        self.plextv = PlexTv(self)
        self.gdm = Gdm(self)
        self.plex_tv_url = ""
        self.pms_url = ""
        self.loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._compressor = Compressor()
        self._runners: list[aio.AppRunner] = []

    # ------------------------------------------------------------------ what tests use

    @property
    def machine_identifier(self) -> str:
        """The PMS's machineIdentifier."""
        return self.config.machine_identifier

    @property
    def owner_token(self) -> str:
        """An account token of the owner, accepted by both servers."""
        return self.accounts.owner_token

    @property
    def clock(self) -> Any:
        """The simulated clock; set ``clock.offset`` at any time."""
        return self.config.clock

    def link_pin(self, code: str, user: int = 1) -> bool:
        """Do what a user does who types the code on plex.tv/link; False when the code is unknown."""
        return self.plextv.pins.link(code, user)

    def stats(self) -> dict[str, Any]:
        """Return counts of requests and bytes since the last reset, in all and by kind."""
        return self.requests.stats()

    def reset_stats(self) -> None:
        """Forget the request log and its sums."""
        self.requests.clear()

    def move_pms(self, port: int = 0) -> str:
        """Take the PMS to another port (0: any), as a server that got another address; the old one answers no more.

        Returns the new URL. plex.tv lists it at once.
        """
        asyncio.run_coroutine_threadsafe(self._move_pms(port), self.loop).result(30)
        return self.pms_url

    def prerender(self, users: Any = (1,)) -> None:
        """Render every item's listing and full row, so that no request pays for the first time."""
        with self.library.lock:
            for item in self.library.items():
                for user in users:
                    self.pms.renderer.row(item, user, LISTING)
                    self.pms.renderer.row(item, user, FULL)

    # ------------------------------------------------------------------ life

    def start(self) -> PlexSim:
        """Start serving. Raises what went wrong."""
        if self.config.prerender:
            self.prerender()
        self._thread = threading.Thread(target=self._run, name="plexsim", daemon=True)
        self._thread.start()
        self._ready.wait(30)
        if self._failure:
            raise self._failure
        return self

    def stop(self) -> None:
        """Close all connections and stop the thread."""
        if self._thread and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(10)

    def __enter__(self) -> PlexSim:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._serve())
        except BaseException as error:  # handed to the thread that called start()
            self._failure = error
            self._ready.set()
            return
        self._ready.set()
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self._close())
            self.loop.close()

    async def _serve(self) -> None:
        context = self._context()
        self.pms_url = await self._listen("pms", self.pms.handle, self.config.pms_port, context)
        self.plex_tv_url = await self._listen("plextv", self.plextv.handle, self.config.plextv_port, context)
        await self.gdm.listen()

    def _context(self) -> ssl.SSLContext | None:
        if not self.config.tls_dir:
            return None
        from tools.plexsim.certificates import server_context

        return server_context(self.config.tls_dir, self.config.host)

    async def _move_pms(self, port: int) -> None:
        old = self._runners[0]
        self.pms_url = await self._listen("pms", self.pms.handle, port, self._context())
        self._runners.insert(0, self._runners.pop())
        self._runners.remove(old)
        await old.cleanup()

    async def _listen(
        self, name: str, handle: Callable[[Request], Answer], port: int, context: ssl.SSLContext | None
    ) -> str:
        async def entry(request: aio.Request) -> aio.StreamResponse:
            return await self._entry(name, handle, request)

        app = aio.Application(client_max_size=16 << 20)
        app.router.add_route("*", "/{tail:.*}", entry)
        runner = aio.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await runner.setup()
        self._runners.append(runner)
        site = aio.TCPSite(runner, self.config.host, port, ssl_context=context, reuse_address=True)
        await site.start()
        sockets = site._server.sockets if site._server else []  # type: ignore[attr-defined]
        actual = sockets[0].getsockname()[1]
        host = "127.0.0.1" if self.config.host in ("0.0.0.0", "") else self.config.host
        return f"{'https' if context else 'http'}://{host}:{actual}"

    async def _close(self) -> None:
        await self.events.close()
        self.gdm.close()
        for runner in self._runners:
            await runner.cleanup()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------------ one request

    async def _entry(self, server: str, handle: Callable[[Request], Answer], http: aio.Request) -> aio.StreamResponse:
        path, _, raw_query = http.raw_path.partition("?")
        request = Request(http.method, http.rel_url.path, raw_query, http.headers, await http.read())
        control = server == "plextv" and path.startswith("/__sim__")
        fault = None if control else self.faults.pick(server, http.method, http.raw_path)
        if fault is None and server == "pms" and self.events.is_event_path(request.path) and http.method == "GET":
            self._log(server, request, 101, 0)
            return await self.events.serve(request, http)
        delay = 0.0 if control else self.config.latency
        if fault and fault.kind == "delay":
            delay += fault.value
            fault = None
        if delay:
            await asyncio.sleep(delay)
        if fault and fault.kind == "drop":
            self._log(server, request, 0, 0)
            if http.transport:
                http.transport.abort()
            return aio.Response(status=500)
        answer = self._faulty(fault, request, server) if fault and fault.kind in ("status", "html") else handle(request)
        return await self._send(server, request, http, answer, fault, control)

    def _faulty(self, fault: Fault, request: Request, server: str) -> Answer:
        if fault.kind == "html":
            return Answer(
                200, [b"<html><head><title>Proxy</title></head><body>Please sign in</body></html>"], "text/html"
            )
        if server == "plextv":
            return self.plextv.error(request, int(fault.value), 1000, "simulated fault")
        from tools.plexsim.web import html_error

        return html_error(int(fault.value))

    async def _send(
        self, server: str, request: Request, http: aio.Request, answer: Answer, fault: Fault | None, control: bool
    ) -> aio.StreamResponse:
        headers = {"Content-Type": answer.content_type, "Date": self.plextv.http_date(), "X-Plex-Protocol": "1.0"}
        headers.update(answer.headers)
        if answer.stream is not None:
            return await self._send_file(server, request, http, answer, headers)
        size = sum(map(len, answer.pieces))
        compress = (
            self.config.gzip
            and answer.compress
            and size >= MINIMUM_GZIP
            and answer.content_type[:5] != "image"
            and "gzip" in http.headers.get("Accept-Encoding", "")
        )
        body = self._compressor.gzip(answer.pieces) if compress else answer.body()
        if compress:
            headers["Content-Encoding"] = "gzip"
            headers["Vary"] = "Accept-Encoding"
        if not control:
            self._log(server, request, answer.status, len(body))
        if fault and fault.kind == "truncate":
            headers["Content-Length"] = str(len(body))
            cut = aio.StreamResponse(status=answer.status, headers=headers)
            await cut.prepare(http)
            await cut.write(body[: len(body) // 2])
            if http.transport:
                http.transport.close()
            return cut
        if http.method == "HEAD":
            headers["Content-Length"] = str(len(body))
            return aio.Response(status=answer.status, headers=headers)
        return aio.Response(status=answer.status, body=body, headers=headers)

    async def _send_file(
        self, server: str, request: Request, http: aio.Request, answer: Answer, headers: dict[str, str]
    ) -> aio.StreamResponse:
        path, start, length = answer.stream or (None, 0, 0)
        headers["Content-Length"] = str(length)
        self._log(server, request, answer.status, length if http.method != "HEAD" else 0)
        response = aio.StreamResponse(status=answer.status, headers=headers)
        await response.prepare(http)
        if http.method == "HEAD":
            return response
        with contextlib.ExitStack() as stack:
            handle = stack.enter_context(open(path, "rb")) if path else None
            if handle:
                handle.seek(start, os.SEEK_SET)
            while length > 0:
                count = min(CHUNK, length)
                data = handle.read(count) if handle else made_up_bytes(start, count)
                if not data:
                    break
                await response.write(data)
                start += len(data)
                length -= len(data)
        return response

    def _log(self, server: str, request: Request, status: int, size: int) -> None:
        if self.config.log_requests:
            headers = {
                name: value
                for name, value in request.headers.items()
                if name in KEPT_HEADERS or name.startswith("X-Plex-")
            }
            self.requests.add(
                LogEntry(
                    server,
                    request.method,
                    request.path,
                    request.raw_query,
                    headers,
                    status,
                    size,
                    self.config.clock.now(),
                )
            )


def made_up_bytes(start: int, count: int) -> bytes:
    """Return bytes that depend on their position only, so that ranges can be compared."""
    first, last = start // 256, (start + count) // 256 + 1
    data = b"".join(zlib.crc32(b"%d" % block).to_bytes(4, "big") * 64 for block in range(first, last))
    return data[start - first * 256 : start - first * 256 + count]
