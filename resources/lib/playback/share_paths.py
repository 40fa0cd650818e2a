"""Files of the server as Kodi can reach them itself: paths of the server's file system, and of folders that Kodi opens.

How Kodi reads a path (its ``CURL::Parse``): names on smb and nfs are written as they are, also with ``#``, ``?``, ``%``
and ``;``; those of WebDAV are percent-encoded like any HTTP address; a folder of Windows has its own separator.
"""
from __future__ import annotations

import re
import unicodedata
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import quote, unquote

#: Kinds of shares. Of the second kind are those whose names are percent-encoded.
_PLAIN, _ENCODED = ('smb', 'nfs'), ('dav', 'davs')
_URL = re.compile(r'([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(/.*)?\Z', re.DOTALL)
_DRIVE = re.compile(r'[A-Za-z]:(?=[\\/]|\Z)')
_CONTROL = re.compile(r'[\x00-\x1f\x7f]')
#: Already percent-encoded, or allowed unencoded in the path of an address.
_KEPT = "/%:@!$&'()*+,=~"

#: The names of a path from its root on; the first says what kind of root it is.
Names = Tuple[str, ...]


class Mapping(NamedTuple):
    """A folder of the server (as the server calls it), and the same folder as Kodi can open it."""

    location: str
    folder: str


class Located(NamedTuple):
    """A file below a mapped folder: the names from there on, the file's own last."""

    mapping: Mapping
    names: Names

    @property
    def paths(self) -> List[str]:
        """How Kodi may call the file: as the server writes it, then with accents composed and decomposed.

        A server on a Mac, and one behind a share of another system, spell the same name differently.
        """
        spellings = [self.names] + [tuple(unicodedata.normalize(form, name) for name in self.names)
                                    for form in ('NFC', 'NFD')]
        return list(dict.fromkeys(join(self.mapping.folder, names) for names in spellings))


def folder(typed: str) -> str:
    r"""A folder as it is stored: without user and password, which Kodi keeps itself, and with a separator at its end.

    ``\\nas\films`` of Windows is the same as ``smb://nas/films/`` everywhere. Returns '' for what is no folder on
    smb, nfs, WebDAV (dav, davs) or of this machine.
    """
    typed = typed.strip()
    if _CONTROL.search(typed):
        return ''
    if typed.startswith('\\\\'):
        host, *names = [name for name in re.split(r'[\\/]', typed) if name] or ['']
        typed = 'smb://%s/%s' % (host, '/'.join(names))
    found = _URL.match(typed)
    if found is None:
        return _local_folder(typed)
    protocol, host, path = found.group(1).lower(), found.group(2).rpartition('@')[2], found.group(3) or '/'
    if protocol not in _PLAIN + _ENCODED or not host:
        return ''
    if protocol in _ENCODED:
        path = quote(path, safe=_KEPT)
    return '%s://%s%s' % (protocol, host, path if path.endswith('/') else path + '/')


def _local_folder(typed: str) -> str:
    if _DRIVE.match(typed):
        return typed.replace('/', '\\').rstrip('\\') + '\\'
    return typed.rstrip('/') + '/' if typed.startswith('/') else ''


def join(base: str, names: Sequence[str]) -> str:
    """The path of a file below a folder of :func:`folder`."""
    if base.startswith(tuple(protocol + '://' for protocol in _ENCODED)):
        return base + '/'.join(quote(name, safe='') for name in names)
    return base + ('\\' if _DRIVE.match(base) else '/').join(names)


def share(base: str) -> str:
    """What becomes unreachable as a whole: a host on the network, or a folder of this machine."""
    found = _URL.match(base)
    return '%s://%s' % (found.group(1), found.group(2).lower()) if found else base


def without_user(path: str) -> str:
    """A path without the user and the password that may stand in its address."""
    found = _URL.match(path)
    if found is None or '@' not in found.group(2):
        return path
    return '%s://%s%s' % (found.group(1), found.group(2).rpartition('@')[2], found.group(3) or '')


def names_of(path: str) -> Names:
    """The names of a path of the server's file system, () for one that is not absolute or leads back up."""
    windows = bool(_DRIVE.match(path)) or path.startswith('\\\\')
    if not windows and not path.startswith('/') or _CONTROL.search(path):
        return ()
    root = '\\\\' if path.startswith('\\\\') else '' if windows else '/'
    names = [name for name in (re.split(r'[\\/]', path) if windows else path.split('/')) if name]
    return () if any(name in ('.', '..') for name in names) else tuple(([root] if root else []) + names)


def locate(mappings: Iterable[Mapping], file: str) -> Optional[Located]:
    """Where the server's ``file`` is for Kodi; None outside of all mapped folders. The innermost folder counts."""
    names = names_of(file)
    found: Optional[Located] = None
    for mapping in mappings:
        above = names_of(mapping.location)
        inner = found is None or len(above) > len(names_of(found.mapping.location))
        if mapping.folder and above and len(above) < len(names) and inner and (
                _compared(names[:len(above)]) == _compared(above)):
            found = Located(mapping, names[len(above):])
    return found


def _compared(names: Names) -> Names:
    """Names in one spelling. Windows, whose paths begin with a drive or a host, does not tell upper from lower case."""
    same = tuple(unicodedata.normalize('NFC', name) for name in names)
    return same if names[:1] == ('/',) else tuple(name.lower() for name in same)


# ---- proposals -------------------------------------------------------------------------------------------------

def proposals(location: str, sources: Iterable[str]) -> Iterator[str]:
    """Folders that may be the server's ``location``, the likeliest first; ``sources`` are those of Kodi's file manager.

    A share of Windows that the server itself uses, if Kodi has a source of the same host (the server may not have Kodi
    look at any other); a source whose last name is one of the location's; the same path on this machine; each source,
    as far as it may lie above the location.
    """
    names = names_of(location)
    if not names:
        return
    seen = set()
    for candidate in _candidates(location, names, [one for one in map(folder, _each(sources)) if one]):
        if candidate and candidate not in seen:
            seen.add(candidate)
            yield candidate


def _candidates(location: str, names: Names, known: Sequence[str]) -> Iterator[str]:
    if names[0] == '\\\\' and share(folder(location)) in map(share, known):
        yield folder(location)
    compared = [name.casefold() for name in names]
    for base in known:
        last = _last_name(base).casefold()
        for index in range(len(names) - 1, -1, -1):
            if compared[index] == last:
                yield _below(base, names[index + 1:])
    yield _local_folder(location)
    for base in known:
        for index in range(len(names), 0, -1):
            yield _below(base, names[index:])


def _below(base: str, names: Sequence[str]) -> str:
    return folder(join(base, names)) if names else base


def _last_name(base: str) -> str:
    found = _URL.match(base)
    return re.split(r'[\\/]', (found.group(3) if found else base).rstrip('\\/'))[-1]


def _each(sources: Iterable[str]) -> Iterator[str]:
    """A source may consist of several folders (``multipath://``, each percent-encoded)."""
    for source in sources:
        if source.startswith('multipath://'):
            yield from (unquote(one) for one in source[len('multipath://'):].split('/') if one)
        else:
            yield source
