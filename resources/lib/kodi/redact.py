"""What must never be in a log that a user posts in a forum: credentials, the server's address, e-mail addresses."""
from __future__ import annotations

import re
from collections import deque
from typing import Deque, Match, Tuple
from urllib.parse import quote

TOKEN, JWT, EMAIL, SERVER, CODE, SECRET = '<token>', '<jwt>', '<e-mail>', '<server>', '<code>', '<secret>'
_SHORTEST_SECRET = 6
_PUBLIC_HOST = re.compile(r'(?:[\w-]+\.)*(?:plex\.tv|kodi\.tv|github\.com|githubusercontent\.com|themoviedb\.org|'
                          r'imdb\.com|thetvdb\.com)\Z|localhost\Z|127(?:\.\d{1,3}){3}\Z|\[?::1\]?\Z', re.I)
_OCTET = r'(?:25[0-5]|2[0-4]\d|1?\d?\d)'

# All repetitions are bounded: a log line may hold anything, and must not cost the service a second.
_LONGEST = 30_000
_JWT = re.compile(r'\beyJ[\w-]{5,}(?:\.[\w-]*){0,4}')
# Name, what stands between (quotes, colon, equals sign, bytes prefix, percent encoding), value.
_IS = r'(?:\\?["\'])?\s{0,3}(?:[=:]|%3D|%3A)\s{0,3}b?(?:\\?["\'])?'
_VALUE = r'[^\s&"\'\\,;<>)}\]|]'
_PLEX_TOKEN = re.compile(r'(?i)(X-Plex-Token(?:%s|["\'],\s{0,3}["\']))(%s+)' % (_IS, _VALUE))
_NAMED_SECRET = re.compile(
    r'(?i)((?:token|secret|password|passwd|nonce|signature|private[_ -]?key|jwt|authorization|seed)%s'
    r'(?:Bearer\s{1,3}|Basic\s{1,3})?)(%s{6,})' % (_IS, _VALUE))
_LOOSE_TOKEN = re.compile(r'(?i)\b(token\s{1,3}(?:is\s{1,3})?["\']?)([A-Za-z0-9_-]{20,})')
_EMAIL = re.compile(r'[\w.+%-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}')
_PLEX_DIRECT = re.compile(r'(?i)\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.plex\.direct(?::\d{1,5})?')
_URL_HOST = re.compile(r'(?i)\b((?:https?|wss?|tcp)(?:://|%3A%2F%2F))((?:[^\s/?#"\'<>@|%]{1,128}@)?)'
                       r'(\[[0-9a-f:.%]{2,64}\]|[^\s/:?#"\'<>|,()%]{1,253})((?::|%3A)\d{1,5})?')
_NAMED_HOST = re.compile(r'(?i)\b(host(?:name)?=|resolve\s{1,3}|address for\s{1,3})(["\'])([^"\']{1,253})(["\'])')
_IP = re.compile(r'(?<![\w.-])(%s(?:\.%s){3})(?![\w-]|\.\d)(:\d{2,5})?' % (_OCTET, _OCTET))
_IP6 = re.compile(r'(?i)\[((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w{1,16})?)\](:\d{2,5})?')
_CODE = re.compile(r'(?i)(?<!status )(?<!error )(?<!return )(?<!exit )'
                   r'(\b(?:code|pin)(?:\\?["\'])?(?:\s{0,3}(?:[=:]|%3D)\s{0,3}|\s{1,3}(?:is\s{1,3})?)(?:\\?["\'])?)'
                   r'((?-i:[A-Z0-9]{4}))(?![\w-])')


def redact(text: str) -> str:
    """``text`` without what looks like a credential, a link code, an e-mail address or a server's address.

    A text of more than 30,000 characters is cut.
    """
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + ' [cut]'
    text = _JWT.sub(JWT, text)
    text = _PLEX_TOKEN.sub(r'\g<1>' + TOKEN, text)
    text = _NAMED_SECRET.sub(_hide_named, text)
    text = _LOOSE_TOKEN.sub(r'\g<1>' + TOKEN, text)
    text = _URL_HOST.sub(_hide_host, text)
    text = _NAMED_HOST.sub(_hide_named_host, text)
    if 'plex.direct' in text.lower():
        text = _PLEX_DIRECT.sub(SERVER, text)
    if '@' in text or '%40' in text:
        text = _EMAIL.sub(EMAIL, text)
    text = _IP.sub(_hide_ip, text)
    text = _IP6.sub(_hide_ip, text)
    return _CODE.sub(r'\g<1>' + CODE, text)


class Redactor:
    """:func:`redact`, and exact values that were named as secrets (tokens in use, the loopback server's secret)."""

    def __init__(self) -> None:
        self._secrets: Deque[str] = deque(maxlen=64)

    def hide(self, value: str) -> None:
        """Never let ``value`` pass, wherever it stands."""
        if len(value) >= _SHORTEST_SECRET and value not in self._secrets:
            self._secrets.append(value)
            if quote(value, safe='') != value:
                self._secrets.append(quote(value, safe=''))

    def __call__(self, text: str) -> str:
        """The text as it may be shown to strangers."""
        for value in tuple(self._secrets):
            text = text.replace(value, SECRET)
        return redact(text)


def _hide_named(found: Match[str]) -> str:
    groups: Tuple[str, ...] = found.groups()
    return groups[0] + (groups[1] if groups[1].startswith('<') else SECRET)


def _hide_host(found: Match[str]) -> str:
    scheme, _, host, port = found.groups()
    return scheme + (host + (port or '') if _PUBLIC_HOST.match(host) else SERVER)


def _hide_named_host(found: Match[str]) -> str:
    name, quote_before, host, quote_after = found.groups()
    return name + quote_before + (host if _PUBLIC_HOST.match(host) else SERVER) + quote_after


def _hide_ip(found: Match[str]) -> str:
    return found.group() if _PUBLIC_HOST.match(found.group(1)) else SERVER
