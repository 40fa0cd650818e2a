"""Control API: the state, settings and clock of the simulator."""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.accounts import Accounts
from tools.plexsim.config import SimConfig
from tools.plexsim.control.api import ControlApi
from tools.plexsim.control.rows import section_row
from tools.plexsim.http.addresses import Addresses
from tools.plexsim.http.messages import Request
from tools.plexsim.library.library import Library
from tools.plexsim.pms.gdm import Gdm
from tools.plexsim.pms.notifications import Notifications

CONFIG = (
    "latency",
    "accepts_jwt",
    "jwt_kills_legacy",
    "gzip",
    "server_name",
    "version",
    "machine_identifier",
    "maintenance",
    "media_deletion",
    "media_file",
    "pin_seconds",
    "strong_pin_seconds",
    "link_after",
    "nonce_limit",
    "nonce_seconds",
    "jwt_seconds",
    "clock_leeway",
    "dead_connections",
    "connections",
    "gdm_host",
    "item_milliseconds",
    "server_workers",
    "page_limit",
    "ignore_filters",
    "watched_without_count",
    "no_totals",
    "moving_total",
    "omit_fields",
    "preferences",
    "transcode_refusal",
    "transcode_timeout",
    "subtitle_provider",
    "subtitle_owner_only",
    "subtitle_seconds",
    "transcode_delete_only",
    "log_requests",
)


class StateControl:
    """Reads and writes what concerns both servers."""

    def __init__(
        self,
        config: SimConfig,
        addresses: Addresses,
        accounts: Accounts,
        library: Library,
        notifications: Notifications,
        gdm: Gdm,
    ) -> None:
        self.config = config
        self.addresses = addresses
        self.accounts = accounts
        self.library = library
        self.notifications = notifications
        self.gdm = gdm

    def register(self, api: ControlApi) -> None:
        """Add the handlers to the API."""
        api.read("", self.state)
        api.read("state", self.state)
        api.write("config", self.configure)
        api.write("clock", self.clock)

    def state(self, request: Request) -> dict[str, Any]:
        """GET state: addresses, ids, counts, settings."""
        counts: dict[str, int] = {}
        for item in self.library.by_key.values():
            counts[item.type] = counts.get(item.type, 0) + 1
        return {
            "plex_tv_url": self.addresses.plex_tv,
            "pms_url": self.addresses.pms,
            "machine_identifier": self.config.machine_identifier,
            "gdm_address": list(self.gdm.address),
            "owner_token": self.accounts.owner_token,
            "now": self.config.clock.now(),
            "clock_offset": self.config.clock.offset,
            "counts": counts,
            "listeners": self.notifications.listeners,
            "sections": [section_row(entry) for entry in self.library.sections.values()],
            "config": {name: getattr(self.config, name) for name in CONFIG},
        }

    def configure(self, body: dict[str, Any]) -> None:
        """POST config {name: value}: change settings while running."""
        for name, value in body.items():
            if name not in CONFIG:
                raise ValueError("not a setting: " + name)
            setattr(self.config, name, value)

    def clock(self, body: dict[str, Any]) -> Any:
        """POST clock {offset} or {advance}, in seconds."""
        if "offset" in body:
            self.config.clock.offset = float(body["offset"])
        self.config.clock.advance(float(body.get("advance", 0)))
        return {"ok": True, "offset": self.config.clock.offset, "now": self.config.clock.now()}
