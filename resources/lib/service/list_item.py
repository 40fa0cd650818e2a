"""From a Plex item to a list item for the plugin, in the wire format of docs/architecture.md. The only such mapper.

It goes through the record that the library would get, so that a list shows an item as the library does: titles with
editions, the same rating, the same dates.
"""
from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple
from urllib.parse import urlsplit

from .. import item_url
from ..kodi_db.records import FileRecord, Shared, Streams
from ..library_sync import kinds, mapping
from ..plex_model import CLIP, COLLECTION, PLAYLIST, PlexItem

#: A list item as JSON.
WireItem = Dict[str, Any]
_LARGEST = 2 ** 31 - 1
#: A list shows what the server says, not what stays of a row of Kodi's.
_NO_ROW = mapping.ExistingRow()
#: What opens when something is chosen that the user does not have.
NOT_IN_LIBRARIES = item_url.BASE + 'not_in_libraries'


class Origin(NamedTuple):
    """Where the items of a list come from, for their URLs. ``port`` is that of the loopback server.

    ``server`` is the machineIdentifier once more where a list must name its server: that of one beside the main one.
    """

    machine_identifier: str
    port: int
    server: str = ''

    def art(self, plex_path: str) -> str:
        """The URL of a picture, '' for none."""
        return item_url.art_url(self.port, self.machine_identifier, plex_path)


def list_item(item: PlexItem, origin: Origin, kodi_id: Optional[int] = None,
              show_id: Optional[int] = None) -> Optional[WireItem]:
    """The wire item; None for a type that lists do not show.

    ``kodi_id``: its row in Kodi's library, if it has one; ``show_id``: that of a season's show. With them shows and
    seasons open in the library, else they are lists of ours.
    """
    build = _BUILDERS.get(item.plex_type)
    if build is None:
        return None
    wire = build(item, origin, mapping.Context(origin.machine_identifier, origin.port, ''))
    wire['properties'] = dict(wire.get('properties', {}), plexid=item.rating_key)
    if kodi_id:
        wire['dbid'] = kodi_id
        if item.plex_type == kinds.SHOW.name:
            wire['url'] = _LIBRARY_SHOW % kodi_id
        elif item.plex_type == kinds.SEASON.name and show_id:
            wire['url'] = _LIBRARY_SEASON % (show_id, max(item.item_index, 0))
    return wire


def foreign_item(item: PlexItem, origin: Origin) -> List[WireItem]:
    """The wire item of a title that only plex.tv knows: it can be looked at, and on to the watchlist, not played."""
    wire = list_item(item, origin)
    if wire is None:
        return []
    pictures = {'poster': item.thumb, 'thumb': item.thumb, 'fanart': item.art}
    wire.update(url=NOT_IN_LIBRARIES, folder=False, label='[COLOR 99FFFFFF]%s[/COLOR]' % wire['label'],
                art={kind: url for kind, url in pictures.items() if _is_public(url)},
                properties={'plexguid': item.guid, 'IsPlayable': 'false'},
                uniqueids={kind: word for kind, word in wire['uniqueids'].items() if kind != 'plex'})
    wire['info'].pop('trailer', None)
    return [wire]


def _is_public(url: str) -> bool:
    """Whether it is a picture that plex.tv has, or takes from the film database that it uses."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ''
    return (parts.scheme == 'https' and (host.endswith('.plex.tv') or host == 'image.tmdb.org') and len(url) < 1000
            and 'token' not in url.lower())


def _movie(item: PlexItem, origin: Origin, context: mapping.Context) -> WireItem:
    record = kinds.MOVIE.record(item, context, _NO_ROW)
    wire = _video(record.file, record.shared, 'movie', item)
    wire['info'].update(_present({'tagline': record.tagline, 'year': record.year, 'set': record.set_name,
                                  'trailer': record.trailer}))
    thumb = origin.art(item.thumb)
    if thumb:
        wire['art'].setdefault('thumb', thumb)
    return wire


def _episode(item: PlexItem, origin: Origin, context: mapping.Context) -> WireItem:
    record = kinds.EPISODE.record(item, context, _NO_ROW)
    wire = _video(record.file, record.shared, 'episode', item)
    wire['info'].update(_present({'studio': [item.studio] if item.studio else [], 'year': item.year}))
    wire['info'].update(tvshowtitle=item.grandparent_title, season=bounded(record.season),
                        episode=bounded(record.number))
    pictures = {'thumb': item.thumb, 'poster': item.grandparent_thumb, 'tvshow.poster': item.grandparent_thumb,
                'season.poster': item.parent_thumb, 'fanart': item.grandparent_art or item.art,
                'tvshow.fanart': item.grandparent_art}
    wire['art'].update(_present({kind: origin.art(path) for kind, path in pictures.items()}))
    return wire


def _show(item: PlexItem, origin: Origin, context: mapping.Context) -> WireItem:
    record = kinds.SHOW.record(item, context, _NO_ROW)
    wire = _folder(item, 'tvshow', 'children', record.shared.title, origin)
    wire.update(info=dict(_info(record.shared, item), **wire['info']), art=dict(record.shared.art),
                uniqueids=dict(record.shared.unique_ids))
    wire['info'].update(_present({'year': item.year, 'trailer': record.trailer}))
    if record.shared.cast:
        wire['cast'] = _cast(record.shared)
    return wire


def _season(item: PlexItem, origin: Origin, context: mapping.Context) -> WireItem:
    record = kinds.SEASON.record(item, context, _NO_ROW)
    wire = _folder(item, 'season', 'children', item.title, origin)
    wire['info'].update(_present({'title': item.title, 'plot': item.summary, 'year': item.year,
                                  'tvshowtitle': item.parent_title}))
    wire['info']['season'] = bounded(record.number)
    poster = origin.art(item.thumb or item.parent_thumb)
    wire['art'] = _present({'poster': poster, 'tvshow.poster': origin.art(item.parent_thumb),
                            'fanart': origin.art(item.art)})
    return wire


def _collection(item: PlexItem, origin: Origin, _context: mapping.Context) -> WireItem:
    return _group(item, 'set', 'collection', origin)


def _playlist(item: PlexItem, origin: Origin, _context: mapping.Context) -> WireItem:
    wire = _group(item, '', 'playlist', origin)
    wire['art'].setdefault('icon', item_url.icon('playlists'))
    return wire


def _group(item: PlexItem, media_type: str, path: str, origin: Origin) -> WireItem:
    wire = _folder(item, media_type, path, item.title, origin)
    wire['url'] = item_url.list_url(path, id=item.rating_key, title=item.title, server=origin.server)
    wire['info'].update(_present({'title': item.title, 'sorttitle': item.title_sort, 'plot': item.summary}))
    wire['art'] = _present({'poster': origin.art(item.thumb), 'thumb': origin.art(item.thumb),
                            'fanart': origin.art(item.art)})
    return wire


def _clip(item: PlexItem, origin: Origin, context: mapping.Context) -> WireItem:
    """A trailer or another extra: never in Kodi's library, but it plays."""
    record = kinds.MOVIE.record(item, context, _NO_ROW)
    wire = _video(record.file, record.shared, 'video', item)
    wire['url'] = item_url.trailer_url(context.machine_identifier, item.rating_key)
    wire['art'] = _present({'thumb': origin.art(item.thumb), 'fanart': origin.art(item.art)})
    return wire


_BUILDERS = {kinds.MOVIE.name: _movie, kinds.EPISODE.name: _episode, kinds.SHOW.name: _show,
             kinds.SEASON.name: _season, COLLECTION: _collection, PLAYLIST: _playlist, CLIP: _clip}
#: Kodi's own paths of a show by its row, and of one season of it by its number.
_LIBRARY_SHOW, _LIBRARY_SEASON = 'videodb://tvshows/titles/%d/', 'videodb://tvshows/titles/%d/%d/'


def _folder(item: PlexItem, media_type: str, path: str, label: str, origin: Origin) -> WireItem:
    """What leads to another list of ours, with how much of it was watched where Plex tells."""
    url = item_url.list_url(path, id=item.rating_key, server=origin.server)
    wire: WireItem = {'url': url, 'label': label, 'mediatype': media_type, 'folder': True, 'info': {}, 'art': {},
                      'uniqueids': {}}
    if media_type in ('tvshow', 'season'):
        add_watched(wire, item)
    return wire


def add_watched(wire: WireItem, item: PlexItem) -> None:
    """Add how many episodes a show or season has and how many of them were watched, where Plex tells."""
    if item.leaf_count <= 0:
        return
    seen = min(max(item.viewed_leaf_count, 0), item.leaf_count)
    wire['info'].update(episode=bounded(item.leaf_count), playcount=int(seen == item.leaf_count))
    wire['properties'] = dict(wire.get('properties', {}), TotalEpisodes=str(item.leaf_count), WatchedEpisodes=str(seen),
                              UnWatchedEpisodes=str(item.leaf_count - seen))


def _video(file: FileRecord, shared: Shared, media_type: str, item: PlexItem) -> WireItem:
    info = _info(shared, item)
    info['duration'] = bounded(file.seconds)
    info['playcount'] = bounded(file.watch.play_count or 0)
    wire: WireItem = {'url': file.url, 'label': shared.title, 'mediatype': media_type,
                      'info': {key: value for key, value in info.items() if value or key == 'playcount'},
                      'art': dict(shared.art), 'uniqueids': dict(shared.unique_ids)}
    if file.watch.position:
        wire['resume'] = {'position': file.watch.position, 'total': file.watch.total}
    if shared.cast:
        wire['cast'] = _cast(shared)
    streams = _streams(file.streams)
    if streams:
        wire['streams'] = streams
    return wire


def _cast(shared: Shared) -> List[Tuple[str, str, str]]:
    return [(name, role, '') for name, role, _ in shared.cast]


def _info(shared: Shared, item: PlexItem) -> Dict[str, Any]:
    return _present({
        'title': shared.title, 'originaltitle': shared.original_title, 'sorttitle': shared.sort_title,
        'plot': shared.plot, 'premiered': shared.premiered if len(shared.premiered) > 4 else '', 'mpaa': shared.mpaa,
        'rating': shared.ratings[0].value if shared.ratings else 0, 'userrating': shared.user_rating or 0,
        'genre': list(shared.genres), 'studio': list(shared.studios), 'country': list(shared.countries),
        'director': _names(shared.directors), 'writer': _names(shared.writers),
        'dateadded': mapping.local_time(item.added_at), 'lastplayed': mapping.local_time(item.last_viewed_at)})


def _names(people: Sequence[Tuple[str, str, str]]) -> List[str]:
    return [name for name, _, _ in people]


def _streams(streams: Streams) -> Dict[str, List[Dict[str, Any]]]:
    found: Dict[str, List[Dict[str, Any]]] = {
        'video': [{'codec': one.codec, 'aspect': one.aspect, 'width': one.width, 'height': one.height,
                   'duration': one.seconds, 'language': one.language, 'hdrtype': one.hdr} for one in streams.video],
        'audio': [{'codec': one.codec, 'channels': one.channels, 'language': one.language} for one in streams.audio],
        'subtitle': [{'language': language} for language in streams.subtitles],
    }
    return {kind: [_present(one) for one in some] for kind, some in found.items() if some}


def _present(values: Mapping[str, Any]) -> Dict[str, Any]:
    """Those that are not empty, whole numbers bounded."""
    return {key: bounded(value) for key, value in values.items() if value}


def bounded(value: Any) -> Any:
    """Whole numbers that fit into Kodi's 32 bits; anything else as it is."""
    return max(0, min(value, _LARGEST)) if isinstance(value, int) else value
