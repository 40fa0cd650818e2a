"""Where the two servers can be reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Addresses:
    """Base URLs without a slash at the end; empty until the servers listen. The PMS may move while it runs."""

    plex_tv: str = ""
    pms: str = ""
