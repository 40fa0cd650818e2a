"""Where Kodi keeps its video library, as ``advancedsettings.xml`` says: in files of its own, or on a server.

Kodi reads the file once, when it starts, and so do we. (Source: Kodi's ``CAdvancedSettings::ParseSettingsFile``,
``CDatabase::InitSettings`` and ``MysqlDatabase``.)
"""
from __future__ import annotations

import logging
import re
from typing import Iterable, NamedTuple, Optional
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from .. import atomic_file
from ..sql.location import Server
from .errors import SettingsUnreadable

LOG = logging.getLogger('pkc.sync')

_NAME, _PORT = 'MyVideos', 3306
#: Kodi's parser takes an ampersand that begins no entity, as in a password, for what it is.
_BARE_AMPERSAND = re.compile(r'&(?!(?:[A-Za-z]+|#[0-9]+|#x[0-9A-Fa-f]+);)')
_FIELDS = ('type', 'host', 'port', 'user', 'pass', 'name', 'key', 'cert', 'ca', 'capath', 'ciphers', 'compression')


class SharedLibrary(NamedTuple):
    """A library on a server; ``name`` is that of its database without the number of the schema."""

    server: Server
    name: str


def shared_library(paths: Iterable[str]) -> Optional[SharedLibrary]:
    """The library on a server that these files name, the later ones over the earlier; None for a library in files.

    Files that Kodi cannot read count for nothing, as with Kodi. Raises :class:`SettingsUnreadable` for one that Kodi
    may be able to read and that names a server.
    """
    found = {}
    for path in paths:
        element = _video_database(path)
        if element is not None:
            found.update({field: text for field in _FIELDS for text in [_text(element, field)] if text is not None})
    if found.get('type') != 'mysql' or not (found.get('host') and found.get('user') and found.get('pass')):
        return None
    if found.get('compression', '').lower() in ('true', 'yes', 'on', 'enabled', '1'):
        LOG.info('the library is read from the server without compression')
    port = found.get('port', '')
    server = Server(found['host'], int(port) if port.isascii() and port.isdigit() and int(port) else _PORT,
                    found['user'], found['pass'], found.get('key', ''), found.get('cert', ''), found.get('ca', ''),
                    found.get('capath', ''), found.get('ciphers', ''))
    return SharedLibrary(server, found.get('name') or _NAME)


def _video_database(path: str) -> Optional[Element]:
    """The element of a file; None when the file or the element is missing."""
    try:
        content = atomic_file.read(path)
    except OSError as error:
        LOG.warning('advancedsettings.xml cannot be opened (errno %s)', error.errno)
        return None
    if content is None or b'videodatabase' not in content:
        return None
    root = _parsed(content)
    if root is None and b'mysql' in content:
        raise SettingsUnreadable('advancedsettings.xml cannot be read')
    return None if root is None or root.tag != 'advancedsettings' else root.find('videodatabase')


def _parsed(content: bytes) -> Optional[Element]:
    from defusedxml import DefusedXmlException  # few users have such a file
    from defusedxml.ElementTree import fromstring
    text = content.decode('utf-8-sig', 'replace').strip()
    text = re.sub(r'\A<\?xml[^>]*\?>', '', text)
    for candidate in (text, _BARE_AMPERSAND.sub('&amp;', text)):
        try:
            root: Element = fromstring(candidate)
            return root
        except (ParseError, DefusedXmlException, ValueError):
            continue
    return None


def _text(element: Element, field: str) -> Optional[str]:
    """The text of a field, None where Kodi keeps what it has."""
    child = element.find(field)
    if child is None:
        return None
    text = (child.text or '').strip()
    return unquote(text) if child.get('urlencoded', '').lower() == 'yes' else text
