"""How the URLs look that Kodi's databases and players hold of ours. None carries a token or a server address.

Kodi splits a ``plugin://`` URL with options before the ``?``: what stands there is the path row, the whole URL the
file row. (Without options the path would be ``plugin://<add-on>/`` for everything; seen in Kodi 20.1.) It looks items
up by that split when it stores watch state and resume points, so the forms here must not change.
"""
from __future__ import annotations

TYPE_CHECKING = False  # typing and re are slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import List, Optional, Pattern, Tuple

ADDON_ID = 'plugin.video.plexkodiconnect'
BASE = 'plugin://%s/' % ADDON_ID
PLEX_CDN = 'https://metadata-static.plex.tv/'
PLAY_BASE = BASE + 'play/'
MOVIES_BASE = PLAY_BASE + 'movies/'
SHOWS_BASE = PLAY_BASE + 'shows/'
TRAILERS_BASE = PLAY_BASE + 'trailers/'

_ID = r'[A-Za-z0-9._-]+'
_FILE = r'\?id=(?P<key>%s)(?:&media=(?P<media>%s))?(?:&[^\n]*)?\Z' % (_ID, _ID)
_PATTERNS = (
    ('movie', MOVIES_BASE.replace('.', r'\.') + r'(?P<server>%s)/' % _ID + _FILE),
    ('episode', SHOWS_BASE.replace('.', r'\.') + r'(?P<server>%s)/%s/' % (_ID, _ID) + _FILE),
    ('trailer', TRAILERS_BASE.replace('.', r'\.') + r'(?P<server>%s)/' % _ID + _FILE),
    ('show', SHOWS_BASE.replace('.', r'\.') + r'(?P<server>%s)/(?P<key>%s)/\Z' % (_ID, _ID)),
    ('', r'http://127\.0\.0\.1:\d+/stream/(?P<server>%s)/(?P<key>%s)/' % (_ID, _ID)),
)
_compiled: List[Tuple[str, Pattern[str]]] = []  # on demand: most calls of the plugin look at no URL


class ItemRef:
    """A Plex item as a URL names it; ``media_id`` is '' unless the URL names one of its versions."""

    __slots__ = ('machine_identifier', 'media_id', 'plex_type', 'rating_key')

    def __init__(self, plex_type: str, machine_identifier: str, rating_key: str, media_id: str = '') -> None:
        self.plex_type = plex_type
        self.machine_identifier = machine_identifier
        self.rating_key = rating_key
        self.media_id = media_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemRef) and all(getattr(self, name) == getattr(other, name)
                                                  for name in self.__slots__)

    def __hash__(self) -> int:
        return hash((self.machine_identifier, self.rating_key, self.media_id))

    def __repr__(self) -> str:
        return 'ItemRef(%r, %r, %r, %r)' % (self.plex_type, self.machine_identifier, self.rating_key, self.media_id)


def movies_path(machine_identifier: str) -> str:
    """The path row of all movies of one server."""
    return '%s%s/' % (MOVIES_BASE, machine_identifier)


def movie_url(machine_identifier: str, rating_key: str, media_id: str = '') -> str:
    """The file of one movie, or with ``media_id`` of one of its further versions."""
    return '%s?id=%s%s' % (movies_path(machine_identifier), rating_key, '&media=' + media_id if media_id else '')


def trailer_url(machine_identifier: str, rating_key: str) -> str:
    """Where Kodi plays a trailer; ``rating_key`` is the extra's own."""
    return '%s%s/?id=%s' % (TRAILERS_BASE, machine_identifier, rating_key)


def shows_path(machine_identifier: str) -> str:
    """The path row above all shows of one server."""
    return '%s%s/' % (SHOWS_BASE, machine_identifier)


def show_path(machine_identifier: str, rating_key: str) -> str:
    """The path row of one show."""
    return '%s%s/' % (shows_path(machine_identifier), rating_key)


def episode_url(machine_identifier: str, show_key: str, rating_key: str) -> str:
    """The file of one episode."""
    return '%s?id=%s' % (show_path(machine_identifier, show_key), rating_key)


def parse(url: str) -> Optional[ItemRef]:
    """What one of our ``plugin://…/play/…`` or stream URLs names, else None. Kodi may add ``&resume=…``."""
    if not _compiled:
        import re
        _compiled.extend((plex_type, re.compile(pattern)) for plex_type, pattern in _PATTERNS)
    url = url.split('|', 1)[0]
    for plex_type, pattern in _compiled:
        found = pattern.match(url)
        if found:
            parts = found.groupdict()
            return ItemRef(plex_type, parts['server'], parts['key'], parts.get('media') or '')
    return None


def local_base(port: int) -> str:
    """The loopback server's base URL, without a slash at the end."""
    return 'http://127.0.0.1:%d' % port


def stream_url(port: int, machine_identifier: str, rating_key: str, part_id: str, file_name: str) -> str:
    """Where Kodi's player fetches a part; the file name tells it the container."""
    from urllib.parse import quote
    return '%s/stream/%s/%s/%s/%s' % (local_base(port), machine_identifier, rating_key, part_id,
                                      quote(file_name, safe=''))


def subtitle_url(port: int, machine_identifier: str, rating_key: str, stream_id: str, name: str) -> str:
    """Where Kodi's player fetches an external subtitle; ``name`` ends with the format's extension."""
    from urllib.parse import quote
    return '%s/subtitle/%s/%s/%s/%s' % (local_base(port), machine_identifier, rating_key, stream_id,
                                        quote(name, safe=''))


_SIZE = r'(?:\?[a-z]+=\d+(?:&[a-z]+=\d+)*)?'  # Plex names the size of a picture that it put together
_PMS_ART = r'/library/(?:metadata|collections)/(%s)/([A-Za-z]+)/(\d+)%s\Z' % (_ID, _SIZE)
_compiled_art: List[Pattern[str]] = []


def person_url(port: int, machine_identifier: str, plex_path: str) -> str:
    """The URL of somebody's picture; older agents of Plex name those of public film databases."""
    if plex_path.startswith('https://') and 'X-Plex-Token' not in plex_path and len(plex_path) < 1000:
        return plex_path
    return art_url(port, machine_identifier, plex_path)


def art_url(port: int, machine_identifier: str, plex_path: str) -> str:
    """The stable URL of a piece of artwork that Plex names by ``plex_path``; '' when there is none.

    Paths on the server (``/library/metadata/<id>/thumb/<stamp>``) go through the loopback server. Pictures that
    Plex serves from its public CDN carry neither token nor address of the user's server and are used as they are.
    Those of other sites are not: the user may have chosen one himself, and could not be told from us.
    """
    if plex_path.startswith(PLEX_CDN):
        return plex_path if 'X-Plex-Token' not in plex_path and len(plex_path) < 1000 else ''
    if not _compiled_art:
        import re
        _compiled_art.append(re.compile(_PMS_ART))
    found = _compiled_art[0].match(plex_path)
    return '%s/art/%s/%s/%s/%s' % ((local_base(port), machine_identifier) + found.groups()) if found else ''
