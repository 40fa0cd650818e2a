"""Settings of the simulator, its clock, and the account id of its owner."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

OWNER = 1
"""Account id of the server's owner, on both servers; a real PMS also numbers its owner 1."""


class Clock:
    """The time that both simulated servers live in.

    ``offset`` (seconds) moves it against the machine's clock and may be changed at run time.
    """

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        """Return the simulated time, seconds since 1970."""
        return time.time() + self.offset

    def stamp(self) -> int:
        """Return the simulated time in whole seconds, the form of every Plex time stamp."""
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, with a negative number of seconds)."""
        self.offset += seconds


@dataclass
class SimConfig:
    """How the simulated servers behave. Everything may be changed while they run.

    latency: seconds to wait before each answer. media_file: path of a real video that is served for
    every part (default: made up bytes). dead_connections: URIs offered by /resources which lead
    nowhere. gdm_host: what the PMS says of its certificate when asked by GDM. connections: complete
    replacement of the connection list. nonce_limit: nonces handed out before 429 follows (None: never).
    page_limit: most rows in one page (None: as asked). media_deletion: the owner may delete files.

    Oddities of the PMS. ignore_filters: "dates" ignores conditions on updatedAt, addedAt, lastViewedAt and
    lastRatedAt as if they were absent, "empty" answers such a query with an empty list.
    watched_without_count: viewCount never comes, though unwatched=0 finds what was watched. no_totals: no
    totalSize, neither in bodies nor in headers. moving_total: totalSize grows by one with each page asked
    for, up to so many more than there are (0: off). omit_fields: attributes that listings leave out
    whatever is asked for.

    preferences: values of the server's preferences (/:/prefs) that are not the default ones.
    """

    host: str = "127.0.0.1"
    pms_port: int = 0
    plextv_port: int = 0
    latency: float = 0.0
    accepts_jwt: bool = False
    jwt_kills_legacy: bool = True
    gzip: bool = True
    tls_dir: str | None = None
    server_name: str = "Simulated Server"
    version: str = "1.43.3.10793-simulated"
    machine_identifier: str = "51b0a5e0c0ffee51b0a5e0c0ffee51b0a5e0c0ff"
    maintenance: bool = False
    media_deletion: bool = True
    media_file: str | None = None
    part_bytes: int = 1 << 20
    pin_seconds: int = 900
    strong_pin_seconds: int = 1800
    link_after: float | None = None
    nonce_limit: int | None = None
    nonce_seconds: int = 300
    jwt_seconds: int = 7 * 86400
    clock_leeway: float = 60.0
    dead_connections: list[str] = field(default_factory=list)
    connections: list[dict[str, Any]] | None = None
    gdm_host: str = ""
    page_limit: int | None = None
    ignore_filters: str = ""
    watched_without_count: bool = False
    no_totals: bool = False
    moving_total: int = 0
    omit_fields: list[str] = field(default_factory=list)
    preferences: dict[str, Any] = field(default_factory=dict)
    control: bool = False
    prerender: bool = False
    log_requests: bool = True
    clock: Clock = field(default_factory=Clock)
