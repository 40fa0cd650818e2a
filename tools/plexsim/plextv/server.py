"""The simulated plex.tv: its routes and its errors."""

from __future__ import annotations

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.accounts.jwt_authority import JwtAuthority
from tools.plexsim.config import SimConfig
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.messages import Answer, Request, html_error
from tools.plexsim.http.routes import Routes
from tools.plexsim.http.site import Stream
from tools.plexsim.plextv.answers import error
from tools.plexsim.plextv.callers import Callers
from tools.plexsim.plextv.handlers.account import AccountHandlers
from tools.plexsim.plextv.handlers.discover import DiscoverHandlers
from tools.plexsim.plextv.handlers.home import HomeHandlers
from tools.plexsim.plextv.handlers.keys import KeyHandlers
from tools.plexsim.plextv.handlers.pins import PinHandlers
from tools.plexsim.plextv.handlers.resources import ResourceHandlers
from tools.plexsim.plextv.pins import Pins
from tools.plexsim.plextv.titles import Titles


class PlexTv:
    """Answers requests to plex.tv; see ``http.site.Site``."""

    name = "plextv"

    def __init__(
        self,
        config: SimConfig,
        accounts: Accounts,
        authority: JwtAuthority,
        pins: Pins,
        addresses: Addresses,
        titles: Titles,
    ) -> None:
        callers = Callers(accounts, authority)
        self.routes = Routes()
        PinHandlers(callers, accounts, authority, pins).register(self.routes)
        KeyHandlers(config, callers, accounts, authority).register(self.routes)
        AccountHandlers(callers, accounts, addresses).register(self.routes)
        self.resources = ResourceHandlers(config, callers, accounts, addresses)
        self.resources.register(self.routes)
        HomeHandlers(callers, accounts, addresses).register(self.routes)
        DiscoverHandlers(callers, titles, addresses).register(self.routes)

    def handle(self, request: Request) -> Answer:
        """Answer one request."""
        handler, status = self.routes.find(request)
        if handler is None:
            return (
                error(request, status, status, "not found") if request.path.startswith("/api") else html_error(status)
            )
        try:
            return handler(request)
        except PlexTvError as refusal:
            return error(request, refusal.status, refusal.code, refusal.message)

    def stream(self, request: Request) -> Stream | None:
        """None: plex.tv has no long-lived connections."""
        return None

    def error(self, request: Request, status: int) -> Answer:
        """Return the answer with the status of a simulated fault."""
        return error(request, status, 1000, "simulated fault")
