"""Reading values of untrusted mappings: one that is absent, of another type or out of range becomes empty.

Used for Plex's answers, and for what Kodi or the plugin sends.
"""
from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

#: An unchecked JSON object.
Raw = Mapping[str, Any]

#: Larger whole numbers do not fit into SQLite and are treated as missing.
MAX_INTEGER = 2 ** 62
#: Ids become parts of URL paths, ours and the server's. Plex's longest are machineIdentifiers with 40 characters.
_ID = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}\Z')


def text(raw: Raw, name: str) -> str:
    """A string that SQLite and Kodi can hold: no NUL, no lone surrogates; numbers become their digits."""
    value = raw.get(name)
    if value.__class__ is str:
        return value.strip() if value.isascii() and '\x00' not in value else clean(value)
    if value.__class__ is int:
        return str(value)
    if value is None or isinstance(value, (dict, list, bool)):
        return ''
    return clean(str(value))


def texts(raw: Raw, names: Sequence[str]) -> List[str]:
    """Several strings of one object, each as :func:`text` gives it; faster for many."""
    get = raw.get
    found = _plain([get(name, '') for name in names])
    return [text(raw, name) for name in names] if found is None else found


def triples(raws: Sequence[Raw], names: Tuple[str, str, str]) -> List[Tuple[str, str, str]]:
    """Three strings of each object, as :func:`text` gives them; faster for many."""
    found = _plain([raw.get(name, '') for raw in raws for name in names])
    if found is None:
        found = [text(raw, name) for raw in raws for name in names]
    return list(zip(found[::3], found[1::3], found[2::3]))


def _plain(values: List[Any]) -> Optional[List[str]]:
    """The values without surrounding white space if all are strings and need no other cleaning, else None."""
    try:
        found = list(map(str.strip, values))
        together = ''.join(found)
        if not together.isascii():
            together.encode('utf-8')
    except (TypeError, UnicodeEncodeError):
        return None
    return None if '\x00' in together else found


def clean(value: str) -> str:
    """``value`` without NULs, lone surrogates and surrounding white space."""
    if '\x00' in value:
        value = value.replace('\x00', '')
    if not value.isascii():
        value = value.encode('utf-8', 'ignore').decode('utf-8')
    return value.strip()


def integer(raw: Raw, name: str) -> int:
    """A whole number, 0 when absent or invalid."""
    value = raw.get(name)
    if type(value) is int:
        return value if -MAX_INTEGER < value < MAX_INTEGER else 0
    if value is None:
        return 0
    try:
        number_ = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
    return number_ if -MAX_INTEGER < number_ < MAX_INTEGER else 0


def number(raw: Raw, name: str) -> float:
    """A finite float, 0.0 when absent or invalid."""
    value = raw.get(name)
    if value is None:
        return 0.0
    try:
        result = float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return result if -1e15 < result < 1e15 else 0.0


def flag(raw: Raw, name: str, default: bool = False) -> bool:
    """A boolean, which Plex writes as true, 1 or "1"."""
    value = raw.get(name)
    if value is None:
        return default
    return value in (True, 1, '1', 'true')


def index(raw: Raw, name: str) -> int:
    """A number such as that of a season or episode; -1 when absent, since 0 is valid (the specials' season)."""
    value = integer(raw, name)
    return value if raw.get(name) is not None and 0 <= value < 10 ** 9 else -1


def identifier(raw: Raw, name: str) -> str:
    """An id; '' when absent or when it could not be part of a URL path."""
    value = raw.get(name)
    if value is None:
        return ''
    return checked_id(value if value.__class__ is str else text(raw, name))


def checked_id(value: str) -> str:
    """``value`` if it can be an id in a URL path, else ''."""
    if value.isalnum() and value.isascii() and len(value) < 255:  # the fast way for nearly all
        return value
    return value if _ID.match(value) else ''


def children(raw: Raw, name: str) -> List[Raw]:
    """The child elements of one name; an object instead of a list counts as a list of one."""
    value = raw.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return [child for child in value if isinstance(child, dict)]
    return [value] if isinstance(value, dict) else []


def tags(raw: Raw, name: str) -> Tuple[str, ...]:
    """The distinct ``tag`` texts of child elements, in order."""
    distinct: Dict[str, None] = {}
    for child in children(raw, name):
        value = text(child, 'tag')
        if value:
            distinct[value] = None
    return tuple(distinct)
