"""Making Kodi's whole log fit to be sent to a stranger: also the lines of Kodi and of other add-ons.

Our own log has no secret to begin with. In a report no name, address or identifier may be left either, so more is
removed here than in the log, and rather too much than too little. Lines are taken one after the other.
"""
from __future__ import annotations

import json
import re
from typing import Dict, Iterable, List, Match, Optional, Pattern
from urllib.parse import quote

from . import patterns
from .patterns import SECRET, SERVER
from .redactor import Redactor

USER, MAC, KEY = '<user>', '<mac>', '<private key>'
#: Identifiers are numbered, so that it can still be seen which lines are about the same thing; up to this many.
_MOST_IDS = 5000
#: Lines of a key after which its end is not waited for any longer.
_LONGEST_KEY = 400
#: Names that say nothing of a person, and without which a log cannot be read.
_COMMON = frozenset(('kodi', 'plex', 'plexkodiconnect', 'plex media server', 'general', 'info', 'error', 'debug',
                     'warning', 'root', 'the', 'addon', 'add-on', 'python', 'server', 'linux', 'android', 'windows'))
_SHORTEST_NAME = 2

_SCHEMES = ('smb|nfs|afp|s?ftps?|ssh|davs?|webdavs?|https?|wss?|rtsps?|rtmps?|rtmpe|rtp|udp|tcp|mms[ht]?|upnp|mysql|'
            'mariadb|shout|rss|daap|gopher|pvr|hdhomerun|socks\\d?a?')
_SLASH = r'%(?:25){0,3}2f'
_ANY = r'(?:(?!%s)[^\s/"\'<>|\\])' % _SLASH
_URL = re.compile(
    r'(?i)((?:%s)(?:://|%%(?:25){0,3}3a%s%s))(%s{0,1024}(?:@|%%(?:25){0,3}40))?'
    r'(\[[0-9a-f:.%%]{2,64}\]|(?:(?!%s)(?!%%(?:25){0,3}3a)[^\s/:?#"\'<>|,;()\\]){1,253})'
    r'((?::|%%(?:25){0,3}3a)\d{1,5})?' % (_SCHEMES, _SLASH, _SLASH, _ANY, _SLASH))
_UNC = re.compile(r'(?<![\w\\:])(\\\\(?:\\\\)?)([\w.-]{1,253})(?=\\)')
_MAC = re.compile(r'(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Fa-f:-])')
_ID = re.compile(r'(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{32,64}|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12})'
                 r'(?![0-9A-Za-z])')
_SEPARATOR = r'(?:/|\\{1,2}|%(?:25){0,3}(?:2f|5c))'
#: A name with blanks in it is recognised by the separator behind it.
_HOME = re.compile(
    r'(?i)(%s(?:home|users|documents and settings)%s)'
    r'(?:(?:(?!%s)[^/\\"\'<>|:*?\r\n,;]){1,64}(?=%s)|(?:(?!%s)[^/\\"\'<>|:*?\s,;]){1,64})' % ((_SEPARATOR,) * 5))
_ELEMENT = re.compile(r'(?i)(<(?:pass|password|user|username|login|host|hostname|email|secret|token|apikey|key)'
                      r'(?:\s[^<>]{0,200})?>)([^<>]{1,1024})(?=</)')
_NAMED = re.compile(r'(?i)\b((?:for |access denied for )?user(?:name)?|(?:mysql |database )?server on|host)'
                    r'(\s{1,3}|\s?[=:]\s?)(["\'`])[^"\'`]{1,256}\3(?:@(["\'`])[^"\'`]{1,256}\4)?')
_HOSTNAME = re.compile(r'(?i)\b(hostname:\s{0,3})[\w.-]{1,253}')
_NUMBER = re.compile(r'(?i)\b((?:user|account)_?id["\']?\s{0,3}[=:]\s{0,3}["\']?)\d{2,20}')
_API_KEY = re.compile(r'(?i)((?:api[_-]?key|session[_-]?(?:id|key)|client[_-]?id|access[_-]?key)["\']?'
                      r'(?:\s{0,3}[=:]\s{0,3}|%(?:25){0,3}3d)["\']?)([^\s&"\'<>,;]{4,1024})')
_HEADER = re.compile(r'(?i)\b((?:set-)?cookie2?|(?:proxy-)?authorization)(["\']?\s{0,3}[:=]\s{0,3})(\S.*)')
_BEGIN = re.compile(r'-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY')
_KEY_AT_ONCE = re.compile(r'-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)')
_END = '-----END '


class ReportRedactor:
    """Takes the lines of one report, in their order. ``names`` are those of people and of their machines."""

    def __init__(self, redactor: Redactor, names: Iterable[str] = ()) -> None:
        self._redactor = redactor
        self._names = _names(names)
        self._ids: Dict[str, str] = {}
        self._key_lines = 0

    def __call__(self, line: str) -> str:
        """The line, as it may be sent to anybody."""
        if self._key_lines:
            return self._inside_key(line)
        if '-----BEGIN' in line and _BEGIN.search(line):
            self._key_lines = 0 if _END in line else 1
            line = _KEY_AT_ONCE.sub(KEY, line)
        line = _HEADER.sub(_hide_rest, line)
        if '://' in line or '%' in line:
            line = _URL.sub(_hide_authority, line)
        line = self._redactor(line)
        if '\\' in line:
            line = _UNC.sub(_hide_share, line)
        line = _ELEMENT.sub(r'\g<1>' + SECRET, line)
        line = _NAMED.sub(r'\g<1>\g<2>' + SECRET, line)
        line = _HOSTNAME.sub(r'\g<1>' + SERVER, line)
        line = _NUMBER.sub(r'\g<1><id>', line)
        line = _API_KEY.sub(_hide_value, line)
        line = _HOME.sub(r'\g<1>' + USER, line)
        line = _ID.sub(self._numbered, _MAC.sub(MAC, line))
        return self._names.sub(USER, line) if self._names else line

    def _inside_key(self, line: str) -> str:
        """Nothing of a key's lines is left, nor what stands behind its end."""
        over = _END in line or self._key_lines >= _LONGEST_KEY
        self._key_lines = 0 if over else self._key_lines + 1
        return KEY

    def _numbered(self, match: Match[str]) -> str:
        word = match.group().lower()
        if word not in self._ids:
            if len(self._ids) >= _MOST_IDS:
                return '<id>'
            self._ids[word] = '<id %d>' % (len(self._ids) + 1)
        return self._ids[word]


def _names(names: Iterable[str]) -> Optional[Pattern[str]]:
    """Finds the names as words, in the spellings that a log may have; None without any."""
    spellings: List[str] = []
    for name in {name.strip() for name in names}:
        if len(name) >= _SHORTEST_NAME and name.lower() not in _COMMON:
            spellings += {name, quote(name, safe=''), quote(name), json.dumps(name)[1:-1], name.replace(' ', '+')}
    if not spellings:
        return None
    longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    return re.compile(r'(?i)(?<!\w)(?:%s)(?!\w)' % '|'.join(map(re.escape, longest_first)))


def _hide_authority(match: Match[str]) -> str:
    scheme, _user, host, port = match.groups()
    return scheme + (host + (port or '') if patterns.shown(host) else SERVER)


def _hide_share(match: Match[str]) -> str:
    return match.group(1) + SERVER


def _hide_rest(match: Match[str]) -> str:
    return match.group(1) + match.group(2) + SECRET


def _hide_value(match: Match[str]) -> str:
    return match.group(1) + SECRET
