"""What the player tells everybody about itself: name, identifier and what it can do. Nothing of it is secret."""
from __future__ import annotations

from typing import Dict, Mapping, NamedTuple
from xml.sax.saxutils import quoteattr

from ..plex_identity import header_text

PROTOCOL, PROTOCOL_VERSION = 'plex', '1'
CAPABILITIES = 'timeline,playback,navigation,playqueues'
DEVICE_CLASS = 'htpc'


class PlayerIdentity(NamedTuple):
    """``identifier`` is the ``X-Plex-Client-Identifier`` that we send to the server too."""

    identifier: str
    name: str
    version: str
    platform: str
    platform_version: str
    product: str = 'PlexKodiConnect'

    def headers(self) -> Dict[str, str]:
        """The headers of every answer to a controller."""
        pairs = {'X-Plex-Client-Identifier': self.identifier, 'X-Plex-Device-Name': self.name,
                 'X-Plex-Product': self.product, 'X-Plex-Version': self.version, 'X-Plex-Protocol': '1.0'}
        return {name: header_text(value) for name, value in pairs.items()}

    def announcement(self, port: int) -> bytes:
        """The fields of a GDM message, without its first line."""
        fields = (('Content-Type', 'plex/media-player'), ('Device-Class', DEVICE_CLASS), ('Name', self.name),
                  ('Port', str(port)), ('Product', self.product), ('Protocol', PROTOCOL),
                  ('Protocol-Capabilities', CAPABILITIES), ('Protocol-Version', PROTOCOL_VERSION),
                  ('Provides', 'player'), ('Resource-Identifier', self.identifier), ('Version', self.version))
        lines = ['%s: %s' % (name, ''.join(c for c in value if c.isprintable())) for name, value in fields]
        return '\r\n'.join(lines + ['', '']).encode('utf-8')

    def resources(self) -> bytes:
        """The answer to ``GET /resources``."""
        return document('<MediaContainer size="1">%s</MediaContainer>' % element('Player', {
            'title': self.name, 'machineIdentifier': self.identifier, 'product': self.product,
            'version': self.version, 'platform': self.platform, 'platformVersion': self.platform_version,
            'protocol': PROTOCOL, 'protocolVersion': PROTOCOL_VERSION, 'protocolCapabilities': CAPABILITIES,
            'deviceClass': DEVICE_CLASS, 'device': self.platform, 'provides': 'player'}))


def element(name: str, attributes: Mapping[str, str], content: str = '') -> str:
    """An XML element. Characters that XML cannot hold are left out."""
    pairs = ''.join(' %s=%s' % (key, quoteattr(_valid(value))) for key, value in attributes.items())
    return '<%s%s>%s</%s>' % (name, pairs, content, name) if content else '<%s%s />' % (name, pairs)


def document(content: str) -> bytes:
    """An XML document."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + content).encode('utf-8', 'ignore')


def response(status: int, words: str) -> bytes:
    """The body by which Plex's players confirm or refuse a command."""
    return document(element('Response', {'code': str(status), 'status': words}))


def _valid(value: str) -> str:
    return ''.join(c for c in value if c.isprintable())
