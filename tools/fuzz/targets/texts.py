"""Single texts: tokens, which are parsed without verification, log lines, and addresses."""
from __future__ import annotations

import base64
from contextlib import ExitStack
from pathlib import Path
from typing import List, Tuple

from hypothesis import strategies as st

from resources.lib import item_url
from resources.lib.auth.account.tokens import is_jwt, jwt_expiry
from resources.lib.auth.errors import BadAddress
from resources.lib.auth.servers import discovery
from resources.lib.auth.servers.addresses import found_addresses, parse_typed
from resources.lib.local_server import ranges
from resources.lib.redaction import Redactor
from tools.fuzz import inputs
from tools.fuzz.target import Reader, Target


def _tokens(_stack: ExitStack, _folder: Path) -> Reader:
    def read(claims: bytes) -> None:
        token = 'e30.%s.x' % base64.urlsafe_b64encode(claims).decode('ascii').rstrip('=')
        assert is_jwt(token)
        jwt_expiry(token)
        jwt_expiry(claims.decode('latin-1'))
    return read


def _redactor(_stack: ExitStack, _folder: Path) -> Reader:
    def read(given: Tuple[List[str], str]) -> None:
        redactor = Redactor()
        for secret in given[0]:
            redactor.hide(secret)
            redactor.hide_code(secret[:4])
        redactor(given[1]).encode('utf-8', 'surrogatepass')
    return read


def _addresses(_stack: ExitStack, _folder: Path) -> Reader:
    def read(text: str) -> None:
        item_url.parse(text)
        item_url.art_url(57310, 'mid', text)
        ranges.parse(text)
        try:
            parse_typed(text)
        except BadAddress:
            pass
    return read


def _gdm_answer(_stack: ExitStack, _folder: Path) -> Reader:
    def read(answer: bytes) -> None:
        found = discovery.parse(answer, '192.168.1.5')
        if found is not None:
            found_addresses(found.ip, found.port, found.certificate_host)
    return read


_GDM = st.lists(st.tuples(
    st.sampled_from(('Content-Type: plex/media-server', 'Resource-Identifier: mid', 'Name: NAS',
                     'Host: ' + 'a' * 32 + '.plex.direct',
                     'Port: 32400', 'Port: \u00b2', 'Port: ' + '9' * 5000, 'Port: -1', 'Port: ', ':',
                     'x')) | st.text(max_size=20)), max_size=8).map(
    lambda lines: '\r\n'.join(['HTTP/1.0 200 OK'] + [line for line, in lines]).encode('utf-8', 'surrogatepass'))
_PARTS = st.sampled_from(('http://', 'https://', '[', ']', '::1', ':', '32400', '/', '@', '%', 'nas.local',
                          '192.168.1.5', '²', '99999',
                          'bytes=', '-', 'plugin://plugin.video.plexkodiconnect/play/movies/', '?id=',
                          '/library/metadata/', '/thumb/',
                          'X-Plex-Token=', 'pin', 'code ', '\\u00', '%25', '&#', 'eyJ', ' ',
                          '\r\n ')) | st.text(max_size=10)
_MIXED = st.lists(_PARTS, max_size=12).map(''.join)
TARGETS = (
    Target('tokens', inputs.documents({'exp': 1600000000, 'iss': 'plex.tv'}), _tokens),
    Target('log lines', st.tuples(st.lists(st.text(max_size=30), max_size=3), _MIXED), _redactor),
    Target('addresses', _MIXED, _addresses),
    Target('neighbour', _GDM | st.binary(max_size=200), _gdm_answer))
