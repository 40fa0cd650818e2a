"""Query strings as a Plex Media Server reads them.

The last ``=`` of an operator separates name and value. So ``updatedAt>>=1`` and ``updatedAt%3E%3E=1`` filter, while
``updatedAt%3E%3D=1`` (what urlencode makes of the key ``updatedAt>=``) names an unknown operator: measured on live
servers.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote_plus


class Param(NamedTuple):
    """One decoded ``name=value`` of a query string; ``doubled`` when the raw text had ``==`` there."""

    name: str
    value: str
    doubled: bool = False


def parse_query(raw: str) -> list[Param]:
    """Split a raw query string at the first literal ``=`` of each parameter, and decode the escapes afterwards. Raw
    operators such as ``>>=`` belong to the name with all their signs but the last.
    """
    params = []
    for piece in raw.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            doubled = value.startswith("=")
            params.append(Param(unquote_plus(name), unquote_plus(value[1:] if doubled else value), doubled))
    return params
