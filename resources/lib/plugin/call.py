"""The arguments of one call of the plugin by Kodi."""
from __future__ import annotations

from .. import item_url
from ..kodi.addon import Addon
from ..local_server.client import ServiceClient

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Dict, Sequence

#: Seconds within which the service must have begun an action.
ACTION_TIMEOUT = 10.0


class Call:
    """One call from Kodi: ``argv`` is [plugin URL, handle, '?query', 'resume:true|false']."""

    def __init__(self, argv: Sequence[str]) -> None:
        address, _, query = argv[0].partition('?')
        self.url = argv[0] + (argv[2] if len(argv) > 2 else '')
        self.path = address[len(item_url.BASE):].strip('/')
        self.handle = _handle(argv[1]) if len(argv) > 1 else -1
        self.query = _query((argv[2] if len(argv) > 2 else query).lstrip('?'))
        self.resume = 'resume:true' in argv[3:]
        self.addon = Addon()
        self.service = ServiceClient(self.addon.profile_dir)


def _handle(text: str) -> int:
    """The handle of the answer that Kodi waits for, -1 when it waits for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _query(text: str) -> Dict[str, str]:
    """The options of a URL. Those in our own lists are never quoted, and need no import."""
    if '%' in text or '+' in text:
        from urllib.parse import parse_qsl
        return dict(parse_qsl(text))
    return {name: value for name, _, value in (pair.partition('=') for pair in text.split('&')) if value}
