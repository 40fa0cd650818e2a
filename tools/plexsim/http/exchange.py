"""One HTTP request and its answer: latency, faults, compression, the request log."""

from __future__ import annotations

import asyncio

from aiohttp import web as aio

from tools.plexsim.config import SimConfig
from tools.plexsim.formats.times import http_date
from tools.plexsim.http.compression import Compressor
from tools.plexsim.http.faults import Fault, Faults
from tools.plexsim.http.file_range import FileRange
from tools.plexsim.http.messages import Answer, Request
from tools.plexsim.http.request_log import KEPT_HEADERS, LogEntry, RequestLog
from tools.plexsim.http.routes import Handler
from tools.plexsim.http.site import Site
from tools.plexsim.http.workers import Workers

MINIMUM_GZIP = 200  # bytes
SLOW_PIECE = 8192  # bytes that a slow line brings at a time
PROXY_PAGE = b"<html><head><title>Proxy</title></head><body>Please sign in</body></html>"


class Exchange:
    """Answers HTTP requests with latency and faults, and logs them. One object serves all ports."""

    def __init__(self, config: SimConfig, faults: Faults, requests: RequestLog) -> None:
        self.config = config
        self.faults = faults
        self.requests = requests
        self._compressor = Compressor()
        self._workers = Workers(config)

    async def answer(self, site: Site, http: aio.Request) -> aio.StreamResponse:
        """Answer a request to a site, with the configured latency and faults."""
        request = await read(http)
        fault = self.faults.pick(site.name, http.method, http.raw_path)
        stream = site.stream(request) if fault is None else None
        if stream is not None:
            self._log(site, request, 101, 0)
            return await stream(http)
        if self.config.latency:
            await asyncio.sleep(self.config.latency)
        if fault and fault.kind == "delay":
            await self.faults.delay(fault)
        if fault and fault.kind == "drop":
            self._log(site, request, 0, 0)
            if http.transport:
                http.transport.abort()
            return aio.Response(status=500)
        with self.requests.closed():  # who sees what a request has changed finds the request in the log
            answer = answer_of(site, request, fault)
            body, headers = self._body(http, answer) if answer.file is None else (b"", self._headers(answer))
            self._log(site, request, answer.status, sent_bytes(http, answer, body))
        if site.name == "pms":
            await self._workers.work(answer.records)
        if answer.file is not None:
            speed = fault.value if fault and fault.kind == "slow" else 0.0
            return await send_file(http, answer.file, answer.status, headers, speed)
        if fault and fault.kind == "truncate":
            return await send_half(http, body, answer.status, headers)
        return whole(http, body, answer.status, headers)

    async def answer_plainly(self, handler: Handler, http: aio.Request) -> aio.StreamResponse:
        """Answer at once, without latency, faults and log."""
        answer = handler(await read(http))
        body, headers = self._body(http, answer)
        return whole(http, body, answer.status, headers)

    def _headers(self, answer: Answer) -> dict[str, str]:
        """Return the headers of an answer: those of all Plex servers, then its own."""
        date = http_date(self.config.clock.now())
        return {"Content-Type": answer.content_type, "Date": date, "X-Plex-Protocol": "1.0", **answer.headers}

    def _body(self, http: aio.Request, answer: Answer) -> tuple[bytes, dict[str, str]]:
        """Return (body, headers), compressed if the client accepts it and the body is not too small."""
        headers = self._headers(answer)
        if not (
            self.config.gzip
            and answer.compress
            and sum(map(len, answer.pieces)) >= MINIMUM_GZIP
            and not answer.content_type.startswith("image")
            and "gzip" in http.headers.get("Accept-Encoding", "")
        ):
            return answer.body(), headers
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
        return self._compressor.gzip(answer.pieces), headers

    def _log(self, site: Site, request: Request, status: int, size: int) -> None:
        if not self.config.log_requests:
            return
        kept = {
            name: value for name, value in request.headers.items() if name in KEPT_HEADERS or name.startswith("X-Plex-")
        }
        now = self.config.clock.now()
        self.requests.add(LogEntry(site.name, request.method, request.path, request.raw_query, kept, status, size, now))


async def read(http: aio.Request) -> Request:
    """Return a request with its whole body, decoded path and undecoded query string."""
    raw_query = http.raw_path.partition("?")[2]
    return Request(http.method, http.rel_url.path, raw_query, http.headers, await http.read())


def answer_of(site: Site, request: Request, fault: Fault | None) -> Answer:
    """Return a site's answer, or that of a fault."""
    if fault and fault.kind == "html":
        return Answer(200, [PROXY_PAGE], "text/html")
    if fault and fault.kind == "status":
        return site.error(request, int(fault.value))
    return site.handle(request)


def sent_bytes(http: aio.Request, answer: Answer, body: bytes) -> int:
    """Return the number of bytes that the log has for an answer."""
    if answer.file is None:
        return len(body)
    return answer.file.length if http.method != "HEAD" else 0


def whole(http: aio.Request, body: bytes, status: int, headers: dict[str, str]) -> aio.StreamResponse:
    """Return a complete response; one to HEAD has no body."""
    if http.method == "HEAD":
        headers["Content-Length"] = str(len(body))
        return aio.Response(status=status, headers=headers)
    return aio.Response(status=status, body=body, headers=headers)


async def send_half(http: aio.Request, body: bytes, status: int, headers: dict[str, str]) -> aio.StreamResponse:
    """Send the head, then half of the body, and close the connection."""
    headers["Content-Length"] = str(len(body))
    cut = aio.StreamResponse(status=status, headers=headers)
    await cut.prepare(http)
    await cut.write(body[: len(body) // 2])
    if http.transport:
        http.transport.close()
    return cut


async def send_file(
    http: aio.Request, file: FileRange, status: int, headers: dict[str, str], speed: float
) -> aio.StreamResponse:
    """Send part of a file in pieces, with so many bytes a second (0: as fast as it goes)."""
    headers["Content-Length"] = str(file.length)
    response = aio.StreamResponse(status=status, headers=headers)
    await response.prepare(http)
    if http.method != "HEAD":
        for piece in file.pieces():
            size = SLOW_PIECE if speed else len(piece)
            for start in range(0, len(piece), size):
                part = piece[start : start + size]
                await asyncio.sleep(len(part) / speed if speed else 0)
                await response.write(part)
    return response
