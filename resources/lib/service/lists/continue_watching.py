"""Live lists for the plugin, in the wire format of docs/architecture.md. First of all Continue Watching."""
from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ... import item_url, sqlite_change, state_db
from ...kodi_db import facts
from ...kodi_db.errors import DatabaseMissing
from ...kodi_db.facts import Facts
from ...plex_functions import PMSClient, read_hub
from ...plex_model import EPISODE, MOVIE, PlexItem

LOG = logging.getLogger('pkc.service')

#: The hub knows no filter by type, so more is asked for when one type is wanted.
_MOST = 300
#: Answers that are kept; a home screen has about three.
_MADE = 6
Art = Dict[str, str]


class _Made(NamedTuple):
    """An answer with what it was made from; ``keys`` are those of the items in it and of their parents."""

    source: Tuple[object, ...]
    answer: bytes
    keys: Tuple[str, ...]


class LiveViews:
    """Builds lists from the server's answers; items that Kodi's library has carry their database id."""

    def __init__(self, connect: Callable[[], Tuple[PMSClient, str]], state_path: Callable[[], str],
                 local_port: int, video_db: Callable[[], str]) -> None:
        """``video_db`` tells where Kodi's library is, or raises DatabaseMissing."""
        self._connect = connect
        self._video_db = video_db
        self._state_path = state_path
        self._port = local_port
        self._lock = threading.Lock()  # a home screen asks for several lists at once
        self._made: Dict[Tuple[str, str, int], _Made] = {}
        #: ratingKeys of items and parents whose art was listed, for the art server's "known art only".
        self.listed: Dict[str, None] = {}

    def continue_watching_json(self, plex_type: str, limit: int) -> bytes:
        """The answer ``{"items": [wire item, …]}``: what the user is watching, in Plex's order.

        ``plex_type``: movie, episode or '' for both. The server is asked each time, but where it says the same words
        as before, and no database has changed either, the answer is the same as well and not made anew.
        """
        client, machine = self._connect()
        body = client.continue_watching_body(_MOST if plex_type else limit)
        marks = sqlite_change.mark(self._state_path()), self._library_mark()
        made = self._made.get((machine, plex_type, limit))
        if made is None or made.source != (body, marks):
            items = read_hub(body)
            wires, whole = self._continue_watching(items, machine, plex_type, limit)
            made = _Made((body, marks), json.dumps({'items': wires}, separators=(',', ':')).encode(), _keys(items))
            if whole and None not in marks:
                self._keep((machine, plex_type, limit), made)
        self._remember(made.keys)
        return made.answer

    def _keep(self, question: Tuple[str, str, int], made: _Made) -> None:
        with self._lock:
            self._made.pop(question, None)
            while len(self._made) >= _MADE:
                self._made.pop(next(iter(self._made)))
            self._made[question] = made

    def _continue_watching(self, items: Sequence[PlexItem], machine: str, plex_type: str,
                           limit: int) -> Tuple[List[Dict[str, Any]], bool]:
        """Wire items of what the hub of this server holds, and whether our databases told what they know."""
        wanted = [item for item in items if item.plex_type == plex_type or (
            not plex_type and item.plex_type in (MOVIE, EPISODE))][:limit]
        known: Mapping[str, int] = {}
        whole = True
        try:
            known = self._database_ids(machine, [item.rating_key for item in wanted])
        except sqlite3.Error as error:
            LOG.warning('no database ids for the list: %s', error)
            whole = False
        wires = [wire_item(item, machine, self._port, known.get(item.rating_key)) for item in wanted]
        try:
            self._complete(wires)
        except (DatabaseMissing, sqlite3.Error) as error:
            LOG.warning('the list does without what the library knows: %s', error)
            whole = False
        return wires, whole

    def _complete(self, wires: List[Dict[str, Any]]) -> None:
        for media_type in ('movie', 'episode'):
            ours = {wire['dbid']: wire for wire in wires if wire['mediatype'] == media_type and 'dbid' in wire}
            if ours:
                for kodi_id, known in facts.read(self._video_db(), media_type, list(ours)).items():
                    _add(ours[kodi_id], known)

    def _database_ids(self, machine: str, rating_keys: List[str]) -> Mapping[str, int]:
        path = self._state_path()
        if not rating_keys or not os.path.exists(path):
            return {}
        reader, connection = state_db.open_reader(path)
        try:
            found = reader.find(reader.server_id(machine), rating_keys)
            return {key: row.kodi_id for key, row in found.items()}
        finally:
            connection.close()

    def _remember(self, keys: Sequence[str]) -> None:
        with self._lock:
            for key in keys:
                self.listed[key] = None
            while len(self.listed) > 5000:
                self.listed.pop(next(iter(self.listed)))

    def _library_mark(self) -> Optional[Tuple[int, ...]]:
        try:
            return sqlite_change.mark(self._video_db())
        except DatabaseMissing:
            return ()


def _keys(items: Sequence[PlexItem]) -> Tuple[str, ...]:
    """The items and their parents."""
    return tuple(key for item in items for key in (item.rating_key, item.parent_key, item.grandparent_key) if key)


def wire_item(item: PlexItem, machine: str, port: int, kodi_id: Optional[int]) -> Dict[str, Any]:
    """One playable item for the plugin."""
    episode = item.plex_type == EPISODE
    url = item_url.episode_url(machine, item.grandparent_key or item.parent_key, item.rating_key) if episode \
        else item_url.movie_url(machine, item.rating_key)
    wire: Dict[str, Any] = {
        'url': url, 'label': item.title, 'mediatype': 'episode' if episode else 'movie',
        'info': _info(item, episode), 'art': _art(item, machine, port, episode),
        'properties': {'plexid': item.rating_key}, 'uniqueids': {'plex': item.rating_key},
    }
    if kodi_id:
        wire['dbid'] = kodi_id
    if item.view_offset > 0:
        wire['resume'] = {'position': item.view_offset / 1000.0,
                          'total': max(item.duration, item.view_offset) / 1000.0}
    return wire


def _add(wire: Dict[str, Any], known: Facts) -> None:
    """Add what the library shows of the same item and the server was not asked for; the server's words stay."""
    wire['info'] = dict(known.info, **wire['info'])
    wire['art'] = dict(known.art, **wire['art'])
    wire['uniqueids'] = dict(known.unique_ids, **wire['uniqueids'])
    wire['cast'], wire['streams'] = known.cast, known.streams


def _info(item: PlexItem, episode: bool) -> Dict[str, Any]:
    info: Dict[str, Any] = {
        'title': item.title, 'originaltitle': item.original_title, 'sorttitle': item.title_sort,
        'plot': item.summary, 'tagline': item.tagline, 'year': item.year, 'duration': item.duration // 1000,
        'premiered': item.originally_available_at, 'mpaa': item.content_rating,
        'rating': min(item.audience_rating or item.rating, 10.0), 'userrating': int(item.user_rating + 0.5),
        'playcount': max(item.view_count, 0), 'studio': [item.studio] if item.studio else [],
    }
    info = {key: _bounded(value) for key, value in info.items() if value or key == 'playcount'}
    if episode:
        info.update(tvshowtitle=item.grandparent_title, season=_bounded(max(item.parent_index, 0)),
                    episode=_bounded(max(item.item_index, 0)))
    return info


def _bounded(value: Any) -> Any:
    """Whole numbers that fit into Kodi's 32 bits."""
    return max(0, min(value, 2 ** 31 - 1)) if isinstance(value, int) else value


def _art(item: PlexItem, machine: str, port: int, episode: bool) -> Art:
    if episode:
        pictures = {'thumb': item.thumb, 'poster': item.grandparent_thumb, 'tvshow.poster': item.grandparent_thumb,
                    'season.poster': item.parent_thumb, 'fanart': item.grandparent_art or item.art,
                    'tvshow.fanart': item.grandparent_art}
    else:
        pictures = {'poster': item.thumb, 'thumb': item.thumb, 'fanart': item.art}
    urls = {kind: item_url.art_url(port, machine, path) for kind, path in pictures.items()}
    return {kind: url for kind, url in urls.items() if url}
