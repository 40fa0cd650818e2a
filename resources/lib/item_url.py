"""Our URLs in Kodi's databases. None contains a token or a server address.

Kodi splits a ``plugin://`` URL with options at the ``?``: the part before it is the path row, the whole URL is the name
in the file row. (Without options the path is ``plugin://<add-on>/`` for all URLs; seen in Kodi 20.1.) By these rows it
finds items when it stores watch state and resume points, so the forms of URLs must not change.
"""
from __future__ import annotations

TYPE_CHECKING = False  # typing and re are slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import List, Optional, Pattern

ADDON_ID = 'plugin.video.plexkodiconnect'
BASE = 'plugin://%s/' % ADDON_ID
PLEX_CDN = 'https://metadata-static.plex.tv/'
PLAY_BASE = BASE + 'play/'
MOVIES_BASE = PLAY_BASE + 'movies/'
SHOWS_BASE = PLAY_BASE + 'shows/'
TRAILERS_BASE = PLAY_BASE + 'trailers/'

_ID = r'[A-Za-z0-9._-]+'
_ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'
#: The Plex type by a URL's first segment and the number of segments after it. Any other first segment is the type.
_KINDS = {('movies', 1): 'movie', ('shows', 2): 'episode', ('trailers', 1): 'trailer'}
_RESERVED = frozenset(word for word, _ in _KINDS)


class ItemRef:
    """The Plex item of a URL; ``media_id`` is '' unless the URL has the id of a version (``Media``)."""

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


def icon(name: str) -> str:
    """The path of an icon of ours for menus and nodes (``tools/icons.py`` draws them)."""
    return 'special://home/addons/%s/resources/media/icons/%s.png' % (ADDON_ID, name)


def list_url(path: str, **options: str) -> str:
    """The plugin URL of a list, with the options that are not empty."""
    from urllib.parse import quote
    query = '&'.join('%s=%s' % (name, quote(value, safe='')) for name, value in options.items() if value)
    return BASE + path + ('?' + query if query else '')


def list_server(url: str) -> str:
    """The machineIdentifier of the server that the URL of a list names, '' for none."""
    _, _, query = url.partition('?')
    found = [option[len('server='):] for option in query.split('&') if option.startswith('server=')]
    return found[0] if url.startswith(BASE) and found and _are_ids(found) else ''


def items_path(plex_type: str, machine_identifier: str) -> str:
    """The path row of all items of one type of a server, for types without functions of their own here."""
    return '%s%s/%s/' % (PLAY_BASE, plex_type, machine_identifier)


def item_url(plex_type: str, machine_identifier: str, rating_key: str) -> str:
    """The URL of an item of such a type."""
    return '%s?id=%s' % (items_path(plex_type, machine_identifier), rating_key)


def movies_path(machine_identifier: str) -> str:
    """The path row of all movies of one server."""
    return '%s%s/' % (MOVIES_BASE, machine_identifier)


def movie_url(machine_identifier: str, rating_key: str, media_id: str = '') -> str:
    """The URL of a movie, or with ``media_id`` of another version of it."""
    return '%s?id=%s%s' % (movies_path(machine_identifier), rating_key, '&media=' + media_id if media_id else '')


def trailer_url(machine_identifier: str, rating_key: str) -> str:
    """The URL of a trailer; ``rating_key`` is that of the trailer itself."""
    return '%s%s/?id=%s' % (TRAILERS_BASE, machine_identifier, rating_key)


def shows_path(machine_identifier: str) -> str:
    """The path row above all shows of a server."""
    return '%s%s/' % (SHOWS_BASE, machine_identifier)


def show_path(machine_identifier: str, rating_key: str) -> str:
    """The path row of one show."""
    return '%s%s/' % (shows_path(machine_identifier), rating_key)


def episode_url(machine_identifier: str, show_key: str, rating_key: str) -> str:
    """The URL of an episode."""
    return '%s?id=%s' % (show_path(machine_identifier, show_key), rating_key)


def parse(url: str) -> Optional[ItemRef]:
    """The item of one of our ``plugin://…/play/…`` URLs, None for any other. Kodi may have added ``&resume=…``."""
    url = url.split('|', 1)[0]
    if not url.startswith(PLAY_BASE) or '\n' in url:
        return None
    path, item, query = url[len(PLAY_BASE):].partition('?')
    kind, *names = path.split('/')
    if len(names) < 2 or names.pop() or not _are_ids(names):
        return None
    if not item:
        return ItemRef('show', names[0], names[1]) if kind == 'shows' and len(names) == 2 else None
    plex_type = _KINDS.get((kind, len(names))) or (
        kind if len(names) == 1 and kind not in _RESERVED and _are_ids([kind]) else '')
    options = query.split('&')
    key = options[0][len('id='):]
    if not plex_type or not options[0].startswith('id=') or not _are_ids([key]):
        return None
    media_id = options[1][len('media='):] if len(options) > 1 and options[1].startswith('media=') else ''
    return ItemRef(plex_type, names[0], key, media_id if _are_ids([media_id]) else '')


def _are_ids(words: List[str]) -> bool:
    return all(word and not word.strip(_ID_CHARACTERS) for word in words)


def local_base(port: int) -> str:
    """The loopback server's base URL, without a slash at the end."""
    return 'http://127.0.0.1:%d' % port


def is_theme(url: str) -> bool:
    """Whether a URL is that of a show's theme music, which the loopback server has for Kodi's player."""
    host, _, path = url.partition('//')[2].partition('/')
    return host.startswith('127.0.0.1:') and path.startswith('theme/')


def art_base(port: int) -> str:
    """The base URL of the loopback server's pictures."""
    return local_base(port) + '/art/'


_SIZE = r'(?:\?[a-z]+=\d+(?:&[a-z]+=\d+)*)?'  # Plex adds the size to the URL of a composite picture
_PMS_ART = r'/library/(?:metadata|collections)/(%s)/([A-Za-z]+)/(\d+)%s\Z' % (_ID, _SIZE)
_PLAYLIST_ART = r'/playlists/(%s)/composite/(\d+)%s\Z' % (_ID, _SIZE)
_compiled_art: List[Pattern[str]] = []


def person_url(port: int, machine_identifier: str, plex_path: str) -> str:
    """The URL of a person's picture, which with older agents of Plex is at a public film database."""
    if plex_path.startswith('https://') and 'X-Plex-Token' not in plex_path and len(plex_path) < 1000:
        return plex_path
    return art_url(port, machine_identifier, plex_path)


def art_url(port: int, machine_identifier: str, plex_path: str) -> str:
    """The stable URL of a picture whose path or URL in Plex's answer is ``plex_path``; '' when there is none.

    For paths on the server (``/library/metadata/<id>/thumb/<stamp>``) it is a URL of the loopback server. URLs of
    Plex's public CDN contain neither token nor server address and are used unchanged. Those of other sites are not
    used, because art that the user chose in Kodi could not be distinguished from them.
    """
    if plex_path.startswith(PLEX_CDN):
        return plex_path if 'X-Plex-Token' not in plex_path and len(plex_path) < 1000 else ''
    if not _compiled_art:
        import re
        _compiled_art.extend((re.compile(_PMS_ART), re.compile(_PLAYLIST_ART)))
    match = _compiled_art[0].match(plex_path)
    if match:
        return '%s%s/%s/%s/%s' % ((art_base(port), machine_identifier) + match.groups())
    match = _compiled_art[1].match(plex_path)
    return '%s%s/%s/playlist/%s' % ((art_base(port), machine_identifier) + match.groups()) if match else ''
