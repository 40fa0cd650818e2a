"""The ``X-Plex-*`` headers by which the add-on identifies itself in every request."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict

#: What a device is: one that plays what its own user chooses, and one that others may control too.
_CLIENT, _PLAYER = 'client', 'client,player'


def provides(player: bool) -> Dict[str, str]:
    """The header by which plex.tv and servers know what this device is; the last one that they got counts."""
    return {'X-Plex-Provides': _PLAYER if player else _CLIENT}


def _no_player() -> bool:
    return False


@dataclass(frozen=True)
class ClientIdentity:
    """The values of these headers; Plex shows them under Authorized Devices.

    ``is_player()``: whether Plex apps may control this device now; asked for each request.
    """

    client_identifier: str
    version: str
    device_name: str = 'Kodi'
    platform: str = 'Kodi'
    platform_version: str = ''
    product: str = 'PlexKodiConnect'
    device: str = 'Kodi'
    language: str = 'en'
    is_player: Callable[[], bool] = _no_player

    def headers(self) -> Dict[str, str]:
        """The ``X-Plex-*`` headers but :func:`provides`; plex.tv answers 422 without the client identifier."""
        pairs = {
            'X-Plex-Client-Identifier': self.client_identifier,
            'X-Plex-Product': self.product,
            'X-Plex-Version': self.version,
            'X-Plex-Platform': self.platform,
            'X-Plex-Platform-Version': self.platform_version,
            'X-Plex-Device': self.device,
            'X-Plex-Device-Name': self.device_name,
            'X-Plex-Language': self.language,
        }
        return {name: header_text(value) for name, value in pairs.items() if value}


def header_text(text: str) -> str:
    """``text`` as a valid header value: printable ASCII; other characters (a device called 'Büro 📺') become ``?``."""
    return ''.join(c for c in text if c.isprintable()).encode('ascii', 'replace').decode('ascii').strip()
