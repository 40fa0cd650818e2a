"""What becomes of a playlist that both Plex and Kodi have."""
from __future__ import annotations

from typing import NamedTuple

#: Nothing; write the file; carry the file's items to Plex; let the file be the user's own from now on.
KEEP, WRITE, SEND, RELEASE = 'keep', 'write', 'send', 'release'


class Sides(NamedTuple):
    """Digests of the items: when both sides were last the same, at the server now, and in the file now.

    ``kodi`` is '' when the file has lines that are not this server's.
    """

    base: str
    plex: str
    kodi: str


def decide(sides: Sides, may_send: bool, kodi_is_newer: bool) -> str:
    """One of the actions above. ``may_send``: the user wants changes of Kodi in Plex, and Plex can take them.

    A file that was changed and may not be sent is not overwritten. Were both changed, the later change counts.
    """
    if sides.kodi == sides.plex or sides.kodi == sides.base:
        return KEEP if sides.plex == sides.base == sides.kodi else WRITE
    if not sides.kodi or not may_send:
        return RELEASE
    return SEND if sides.plex == sides.base or kodi_is_newer else WRITE
