"""Finding by patterns what may be a credential, a link code, an e-mail address or a server's address."""
from __future__ import annotations

import ipaddress
import re
from typing import Match

TOKEN, JWT, EMAIL, SERVER, CODE, SECRET = '<token>', '<jwt>', '<e-mail>', '<server>', '<code>', '<secret>'
_PUBLIC_HOST = re.compile(r'(?:[\w-]+\.)*(?:plex\.tv|kodi\.tv|github\.com|githubusercontent\.com|themoviedb\.org|'
                          r'imdb\.com|thetvdb\.com)\Z|localhost\Z|127(?:\.\d{1,3}){3}\Z|\[?::1\]?\Z', re.I)
#: File names, which in ``name.py:1234`` are not hosts.
_FILE = re.compile(r'.*\.(?:py|pyc|xml|json|c|cpp|h|db|log|txt|po|so|mkv|mp4|avi|srt)\Z', re.I)
_OCTET = r'(?:25[0-5]|2[0-4]\d|1?\d?\d)'

# All repetitions are limited, so that no log line, whatever its content, takes long.
_JWT = re.compile(r'(?<![kK])eyJ[\w-]{5,}(?:\.[\w-]*){0,4}')
# Between a name and its value: quotes, colon, equals sign, arrow, bytes prefix, folded line, percent-encoding.
_QUOTE = r'(?:\\{0,3}["\']|%(?:25){0,3}22|&quot;)?'
_SPACE = r'(?:\s|\\[rnt]|%(?:25){0,3}20){0,8}'
_IS = (_QUOTE + _SPACE + r'(?:[=-]>|[=:]|%(?:25){0,3}3[DA])' + _SPACE + 'b?' + _QUOTE
       + r'(?:<(?!(?:token|jwt|e-mail|server|code|secret)>))?')
_VALUE = r'[^\s&"\'\\,;<>)}\]|]'
_PLEX_TOKEN = re.compile(r'(?i)(X-Plex-Token(?:%s|["\'],\s{0,3}["\']))(%s+)' % (_IS, _VALUE))
_NAMED_SECRET = re.compile(
    r'(?i)((?:token|secret|nonce|signature|private[_ -]?key|jwt|authorization|seed)%s'
    r'(?:Bearer\s{1,3}|Basic\s{1,3})?)(%s{6,})' % (_IS, _VALUE))
_PASSWORD = re.compile(r'(?i)((?:password|passwd|passphrase|passwort|(?<![a-z])pwd|(?<![a-z])pass)%s)(%s+)'
                       % (_IS, _VALUE))
_ELEMENT = re.compile(r'(?i)((?:token|secret|password|jwt)>)([^<>\s]{1,4096})(?=</)')
_LOOSE_TOKEN = re.compile(r'(?i)\b(token\s{1,3}(?:is\s{1,3})?["\']?)([A-Za-z0-9_-]{20,})')
_BARE_TOKEN = re.compile(r'(?<![\w-])[\w-]{20}(?![\w-])')
_EMAIL = re.compile(r'[\w.+%-]{1,64}(?:@|%(?:25){0,3}40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}')
_PLEX_DIRECT = re.compile(r'(?i)\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.plex\.direct(?::\d{1,5})?')
_URL_HOST = re.compile(r'(?i)((?:https?|wss?|tcp|smb|nfs|davs?)(?:://|%(?:25){0,3}3A%(?:25){0,3}2F%(?:25){0,3}2F))'
                       r'((?:[^\s/?#"\'<>@|]{1,128}@)?)'
                       r'(\[[0-9a-f:.%]{2,64}\]|[^\s/:?#"\'<>|,()%]{1,253})((?::|%(?:25){0,3}3A)\d{1,5})?')
_NAMED_HOST = re.compile(r'(?i)\b(host(?:name)?=|resolve\s{1,3}|address for\s{1,3})(["\'])([^"\']{1,253})(["\'])')
_HOST_HEADER = re.compile(r'(?i)(?<![a-z0-9])(Host\\?["\']?:%s\\?["\']?)([\w.-]{1,253})(:\d{1,5})?' % _SPACE)
_HOST_PORT = re.compile(r'(?<![\w.@/-])((?:[\w-]{1,63}\.){1,8}[A-Za-z][\w-]{0,62}|[A-Za-z][\w-]{0,62}(?=:32400))'
                        r':\d{2,5}(?![\w.:-])')
_PRIVATE_NAME = re.compile(r'(?i)(?<![\w.-])(?!(?:pkc|threading|_thread)\.local)[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}?'
                           r'\.(?:local|lan|fritz\.box|home\.arpa|localdomain|internal|intranet)(?![\w(-]|\.\w)'
                           r'(?::\d{1,5})?')
_PRIVATE_ENDS = ('.local', '.lan', '.box', '.arpa', '.int')
_IP = re.compile(r'(?<![\d.])(?<!\bv)(%s(?:\.%s){3})(?![\w-]|\.\d)(:\d{2,5})?' % (_OCTET, _OCTET))
_IP6_BRACKETS = re.compile(r'(?i)\[((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w{1,16})?)\](:\d{2,5})?')
_IP6 = re.compile(r'(?i)(?<![\w:.])((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?:%\w{1,16})?(?![\w:])')
#: Shorter matches are slices in Python code, or loopback.
_SHORTEST_IP6 = 6
_PINS = re.compile(r'(?i)(/pins/|%2Fpins%2F)(?!link\b)(\w{1,64})')
_NO_STATUS = r'(?<!status )(?<!error )(?<!return )(?<!exit )(?<!status_)(?<!error_)'
# The name may follow a percent-encoded "?" or "&" directly.
_CODE_NAME = r'(?:(?<![A-Za-z0-9])|(?<=%3F)|(?<=%26)|(?<=253F)|(?<=2526))' + _NO_STATUS + r'(?:code|pin)'
_CODE = re.compile(r'(?i)(%s(?:%s|\s{1,3}(?:is\s{1,3})?["\']?))'
                   r'((?-i:[A-Z0-9]{4,8})|(?=[a-z]{0,7}\d)[a-z0-9]{4,8})(?![\w-])' % (_CODE_NAME, _IS))
_ASSIGNED_CODE = re.compile(r'(?i)(%s%s(?:=|%%(?:25){0,3}3D|:\s{0,3}["\'])%s)(?!none\b|null\b|true\b|false\b)'
                            r'([a-z0-9]{4,32})(?![\w-])' % (_CODE_NAME, _QUOTE, _QUOTE))


def redact(text: str) -> str:
    """``text`` without what looks like a credential, a link code, an e-mail address or a server's address."""
    lower = text.lower()
    text = _addresses(_credentials(text, lower), lower)
    if 'code' in lower or 'pin' in lower:
        text = _PINS.sub(r'\g<1>' + CODE, text)
        text = _CODE.sub(r'\g<1>' + CODE, text)
        text = _ASSIGNED_CODE.sub(r'\g<1>' + CODE, text)
    return text


def _credentials(text: str, lower: str) -> str:
    if 'eyj' in lower:
        text = _JWT.sub(JWT, text)
    if 'token' in lower:
        text = _PLEX_TOKEN.sub(_hide_token, text)
        text = _LOOSE_TOKEN.sub(r'\g<1>' + TOKEN, text)
    if any(name in lower for name in ('token', 'secret', 'nonce', 'signature', 'private', 'jwt', 'authorization',
                                      'seed')):
        text = _NAMED_SECRET.sub(_hide_named, text)
    if 'pass' in lower or 'pwd' in lower:
        text = _PASSWORD.sub(_hide_named, text)
    if '</' in text:
        text = _ELEMENT.sub(r'\g<1>' + SECRET, text)
    return _BARE_TOKEN.sub(_hide_bare, text)


def _addresses(text: str, lower: str) -> str:
    if '://' in text or '%2f%2f' in lower or '%252f' in lower or '%25252f' in lower:
        text = _URL_HOST.sub(_hide_url_host, text)
    if 'host' in lower or 'resolve' in lower or 'address' in lower:
        text = _NAMED_HOST.sub(_hide_named_host, text)
        text = _HOST_HEADER.sub(_hide_header, text)
    if 'plex.direct' in lower:
        text = _PLEX_DIRECT.sub(SERVER, text)
    if '@' in text or '%40' in text or '2540' in text:
        text = _EMAIL.sub(EMAIL, text)
    if any(end in lower for end in _PRIVATE_ENDS):
        text = _PRIVATE_NAME.sub(SERVER, text)
    if ':' in text:
        text = _HOST_PORT.sub(_hide_host_port, text)
    if text.count('.') > 2:
        text = _IP.sub(_hide_ip, text)
    if '::' in text or text.count(':') > 6:
        text = _IP6.sub(_hide_ip6, _IP6_BRACKETS.sub(_hide_ip6, text))
    return text


def _hide_token(match: Match[str]) -> str:
    return match.group(1) + TOKEN


def _hide_named(match: Match[str]) -> str:
    name, value = match.groups()
    return str(name) + (value if value.startswith('<') else SECRET)


def _hide_bare(match: Match[str]) -> str:
    """Plex's tokens have twenty characters, nearly always with digits, lower and upper case; words do not."""
    word = match.group()
    mixed = any(map(str.isdigit, word)) and any(map(str.islower, word)) and any(map(str.isupper, word))
    return TOKEN if mixed else word


def shown(host: str) -> bool:
    """Whether a host may be named: a public one that everybody uses, this machine itself, or a placeholder."""
    return bool(_PUBLIC_HOST.match(host)) or host.startswith('<')


def _hide_url_host(match: Match[str]) -> str:
    scheme, _, host, port = match.groups()
    return scheme + (host + (port or '') if shown(host) else SERVER)


def _hide_named_host(match: Match[str]) -> str:
    name, quote_before, host, quote_after = match.groups()
    return name + quote_before + (host if shown(host) else SERVER) + quote_after


def _hide_header(match: Match[str]) -> str:
    name, host, port = match.groups()
    return name + (host + (port or '') if shown(host) else SERVER)


def _hide_host_port(match: Match[str]) -> str:
    host = match.group(1)
    return match.group() if shown(host) or _FILE.match(host) else SERVER


def _hide_ip(match: Match[str]) -> str:
    return match.group() if shown(match.group(1)) else SERVER


def _hide_ip6(match: Match[str]) -> str:
    address = match.group(1)
    if len(address) < _SHORTEST_IP6 or shown(address):
        return match.group()
    try:
        ipaddress.IPv6Address(address.partition('%')[0])
    except ValueError:
        return match.group()  # a time, or eight numbers with colons in between
    return SERVER
