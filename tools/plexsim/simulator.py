"""The simulator: the library, the accounts, both servers, and their thread."""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.accounts.jwt_authority import JwtAuthority
from tools.plexsim.config import OWNER, Clock, SimConfig
from tools.plexsim.control.accounts import AccountControl
from tools.plexsim.control.api import PREFIX, ControlApi
from tools.plexsim.control.library import LibraryControl
from tools.plexsim.control.state import StateControl
from tools.plexsim.control.titles import TitleControl
from tools.plexsim.control.traffic import TrafficControl
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.exchange import Exchange
from tools.plexsim.http.faults import Faults
from tools.plexsim.http.loop_thread import LoopThread
from tools.plexsim.http.port import Port
from tools.plexsim.http.request_log import RequestLog
from tools.plexsim.library.library import Library
from tools.plexsim.plextv.handlers.resources import ListedServer
from tools.plexsim.plextv.pins import Pins
from tools.plexsim.plextv.server import PlexTv
from tools.plexsim.plextv.titles import Titles, title_row
from tools.plexsim.pms.authentication import Authentication
from tools.plexsim.pms.gdm import Gdm
from tools.plexsim.pms.listeners import Listeners
from tools.plexsim.pms.notifications import Notifications
from tools.plexsim.pms.server import Pms
from tools.plexsim.pms.transcoder import Transcoder


class PlexSim:
    """A simulated plex.tv and a simulated PMS. ``start`` returns when both accept connections.

    ``library``, ``config``, ``accounts``, ``authority``, ``pins``, ``titles`` (of plex.tv), ``faults``, ``requests``
    (the log), ``events`` (push notifications), ``companion`` (players) and ``gdm`` may be read and changed at any
    time. ``beside``: another simulator whose plex.tv lists this one's PMS too: accounts and tokens are that one's,
    and nobody asks the plex.tv of this one.
    """

    def __init__(
        self, library: Library | None = None, config: SimConfig | None = None, beside: PlexSim | None = None
    ) -> None:
        self.config = config or SimConfig()
        self.library = library if library is not None else Library.empty()
        self.library.clock = self.config.clock
        self.addresses = Addresses()
        self._thread = LoopThread("plexsim", self._open, self._close)
        loop = self._thread.loop

        self.accounts: Accounts = beside.accounts if beside else Accounts()
        self.authority: JwtAuthority = beside.authority if beside else JwtAuthority(self.config, self.accounts)
        self.pins = Pins(self.config, loop)
        self.titles = Titles(self.clock, self._title_of)
        self._plex_tv = PlexTv(self.config, self.accounts, self.authority, self.pins, self.addresses, self.titles)
        self._beside = beside
        if beside:
            self.library.of_server(self.config.machine_identifier)

        self.events = Notifications(self.library, loop)
        authentication = Authentication(self.config, self.accounts, self.authority)
        self._listeners = Listeners(self.events, authentication, self.config.clock, loop)
        self._pms = Pms(self.config, self.library, self.accounts, authentication, self.events, self._listeners)
        self.companion = self._pms.companion
        self.gdm = Gdm(self.config, self.addresses, self.companion.heard)

        self.faults = Faults()
        self.requests = RequestLog()
        self._exchange = Exchange(self.config, self.faults, self.requests)
        control = {PREFIX: self._control().handle} if self.config.control else {}
        self._plex_tv_port = Port(self._plex_tv, self._exchange, self.config, control)
        self._pms_port = Port(self._pms, self._exchange, self.config)

    def _control(self) -> ControlApi:
        api = ControlApi(self.library.lock)
        StateControl(self.config, self.addresses, self.accounts, self.library, self.events, self.gdm).register(api)
        LibraryControl(self.library).register(api)
        TrafficControl(self.requests, self.faults, self.events, self._listeners, self.transcoder).register(api)
        AccountControl(self.accounts, self.pins).register(api)
        TitleControl(self.titles).register(api)
        return api

    def _title_of(self, key: str) -> dict[str, Any] | None:
        """Return plex.tv's record of a film or show of the library."""
        for kind in ("movie", "show"):
            for item in self.library.by_guid.get(f"plex://{kind}/{key}", ()):
                year = item.fields.get("year")
                return title_row(key, kind, item.title, year if isinstance(year, int) else 0)
        return None

    # ------------------------------------------------------------------ what tests use

    @property
    def plex_tv_url(self) -> str:
        """Base URL of plex.tv, known after the start."""
        return self.addresses.plex_tv

    @property
    def pms_url(self) -> str:
        """Base URL of the PMS, known after the start."""
        return self.addresses.pms

    @property
    def players(self) -> dict[str, dict[str, Any]]:
        """The players that plex.tv lists, by identifier."""
        return self._plex_tv.resources.players

    @property
    def machine_identifier(self) -> str:
        """The PMS's machineIdentifier."""
        return self.config.machine_identifier

    @property
    def owner_token(self) -> str:
        """An account token of the owner, accepted by both servers."""
        return self.accounts.owner_token

    @property
    def transcoder(self) -> Transcoder:
        """The sessions of the transcoder."""
        return self._pms.transcoder

    @property
    def clock(self) -> Clock:
        """The simulated clock; set ``clock.offset`` at any time."""
        return self.config.clock

    def list_server(self, other: PlexSim) -> None:
        """Have plex.tv list another simulator's PMS, in place of an earlier one with its identifier."""
        servers = self._plex_tv.resources.servers
        kept = [one for one in servers if one.config.machine_identifier != other.machine_identifier]
        servers[:] = [*kept, ListedServer(other.config, other.addresses)]

    def link_pin(self, code: str, user: int = OWNER) -> bool:
        """Link a code as a user does on plex.tv/link; returns false for an unknown code."""
        return self.pins.link(code, user)

    def stats(self) -> dict[str, Any]:
        """Return counts of requests and bytes since the last reset, in all and by kind."""
        return self.requests.stats()

    def reset_stats(self) -> None:
        """Forget the request log and its sums."""
        self.requests.clear()

    def move_pms(self, port: int = 0) -> str:
        """Move the PMS to another port (0: any), like a server that got another address; the old one is closed.

        Returns the new URL. plex.tv lists it at once.
        """
        self._thread.run(self._move_pms(port))
        return self.pms_url

    # ------------------------------------------------------------------ life

    def start(self) -> PlexSim:
        """Start serving. Raises the errors of opening the ports."""
        if self.config.prerender:
            self.library.renderer.prerender()
        self._thread.start()
        if self._beside:
            self._beside.list_server(self)
        return self

    def stop(self) -> None:
        """Close all connections and stop the thread."""
        self._thread.stop()

    def __enter__(self) -> PlexSim:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _open(self) -> None:
        self.addresses.pms = await self._pms_port.listen(self.config.pms_port)
        self.addresses.plex_tv = await self._plex_tv_port.listen(self.config.plextv_port)
        await self.gdm.listen()

    async def _close(self) -> None:
        await self._listeners.close()
        self.gdm.close()
        await self._pms_port.close()
        await self._plex_tv_port.close()

    async def _move_pms(self, port: int) -> None:
        old, self._pms_port = self._pms_port, Port(self._pms, self._exchange, self.config)
        self.addresses.pms = await self._pms_port.listen(port)
        await old.close()
