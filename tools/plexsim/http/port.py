"""A port on which a simulated server listens."""

from __future__ import annotations

import ssl
from typing import Mapping

from aiohttp import web as aio

from tools.plexsim.config import SimConfig
from tools.plexsim.http.certificates import server_context
from tools.plexsim.http.exchange import Exchange
from tools.plexsim.http.routes import Handler
from tools.plexsim.http.site import Site


class Port:
    """Serves a site over HTTP, or HTTPS if certificates are configured.

    ``plain``: handlers by path prefix that answer without faults, latency and log.
    """

    def __init__(
        self, site: Site, exchange: Exchange, config: SimConfig, plain: Mapping[str, Handler] | None = None
    ) -> None:
        self._site = site
        self._exchange = exchange
        self._config = config
        self._plain = plain or {}
        self._runner: aio.AppRunner | None = None

    async def listen(self, number: int) -> str:
        """Open the port (0: any free one) and return the base URL."""
        runner = aio.AppRunner(self._application(), access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await runner.setup()
        self._runner = runner
        context = self._context()
        site = aio.TCPSite(runner, self._config.host, number, ssl_context=context, reuse_address=True)
        await site.start()
        sockets = site._server.sockets if site._server else []  # type: ignore[attr-defined]
        host = "127.0.0.1" if self._config.host in ("0.0.0.0", "") else self._config.host
        return f"{'https' if context else 'http'}://{host}:{sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Close the port and its connections."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> aio.Application:
        async def entry(http: aio.Request) -> aio.StreamResponse:
            for prefix, handler in self._plain.items():
                if http.raw_path.startswith(prefix):
                    return await self._exchange.answer_plainly(handler, http)
            return await self._exchange.answer(self._site, http)

        app = aio.Application(client_max_size=16 << 20)
        app.router.add_route("*", "/{tail:.*}", entry)
        return app

    def _context(self) -> ssl.SSLContext | None:
        return server_context(self._config.tls_dir, self._config.host) if self._config.tls_dir else None
