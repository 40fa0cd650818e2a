"""Our database against Kodi's rows: either may have changed while we were not looking.

Kodi's "clean library" or the user may have removed rows of ours; our file may be lost, old or damaged. What an item
of ours is can be read from Kodi's own rows (the file's URL, the show's path), so nothing is ever doubled.
"""
from __future__ import annotations

import logging
from typing import Dict, List, Tuple

from .. import item_url
from ..kodi_db.connection import Library
from ..kodi_db.writer import LibraryWriter
from ..plex_model import EPISODE, MOVIE, SEASON, SHOW
from ..state_db import EXPIRED, ItemState, StateDb

LOG = logging.getLogger('pkc.sync')

_TABLE = {MOVIE: ('movie', 'idMovie', 'idFile'), SHOW: ('tvshow', 'idShow', ''),
          SEASON: ('seasons', 'idSeason', ''), EPISODE: ('episode', 'idEpisode', 'idFile')}


def follow_kodi(writer: LibraryWriter, state: StateDb) -> None:
    """After Kodi was updated, or went back: another file holds its library now, in the state of another day.

    What we knew was about the rows of the old file. All items are found anew by :func:`reconcile` and written anew.
    """
    version = writer.library.profile.version
    before = state.origin()
    if before != version:
        with writer.transaction():
            state.set_origin(version)
        if before:
            LOG.info('the library went from database version %d to %d', before, version)


def reconcile(writer: LibraryWriter, state: StateDb, server_id: int, machine_identifier: str) -> Tuple[int, int]:
    """Forget items that Kodi lost and take over rows that we forgot. Writes only where there is a difference.

    Returns (lost, taken over). Items taken over are expired, so the next plan writes them anew in place.
    """
    library = writer.library
    lost = [row[0] for plex_type in _TABLE for row in _lost(library, server_id, plex_type)]
    found = _strangers(library, server_id, machine_identifier)
    if lost or found:
        with writer.transaction():
            state.forget_rows(server_id, lost)
            state.put(found)
        LOG.info('Kodi lost %d items of ours, %d of its rows were taken over', len(lost), len(found))
    return len(lost), len(found)


def _lost(library: Library, server_id: int, plex_type: str) -> List[Tuple[str]]:
    table, key, file_key = _TABLE[plex_type]
    same_file = ' AND k.%s = s.file_id' % file_key if file_key else ''
    return [(row[0],) for row in library.rows(
        'SELECT s.rating_key FROM state.item s LEFT JOIN main.%s k ON k.%s = s.kodi_id%s '
        'WHERE s.server_id = ? AND s.plex_type = ? AND k.%s IS NULL' % (table, key, same_file, key),
        (server_id, plex_type))]


def _strangers(library: Library, server_id: int, machine_identifier: str) -> List[ItemState]:
    """Rows in Kodi that carry our URLs of this server but that our database does not know."""
    unknown = 'NOT EXISTS (SELECT 1 FROM state.item s WHERE s.server_id = ? AND s.plex_type = ? AND s.kodi_id = k.%s)'
    movies = library.rows(
        'SELECT f.strFilename, k.idMovie, k.idFile FROM main.path p JOIN main.files f ON f.idPath = p.idPath '
        'JOIN main.movie k ON k.idFile = f.idFile WHERE p.strPath = ? AND ' + unknown % 'idMovie',
        (item_url.movies_path(machine_identifier), server_id, MOVIE))
    below = item_url.shows_path(machine_identifier)
    end = below[:-1] + chr(ord('/') + 1)
    shows = library.rows(
        'SELECT p.strPath, k.idShow, 0 FROM main.path p JOIN main.tvshowlinkpath l ON l.idPath = p.idPath '
        'JOIN main.tvshow k ON k.idShow = l.idShow WHERE p.strPath > ? AND p.strPath < ? AND ' + unknown % 'idShow',
        (below, end, server_id, SHOW))
    episodes = library.rows(
        'SELECT f.strFilename, k.idEpisode, k.idFile FROM main.path p JOIN main.files f ON f.idPath = p.idPath '
        'JOIN main.episode k ON k.idFile = f.idFile WHERE p.strPath > ? AND p.strPath < ? AND '
        + unknown % 'idEpisode', (below, end, server_id, EPISODE))
    found: Dict[str, ItemState] = {}
    for plex_type, rows in ((MOVIE, movies), (SHOW, shows), (EPISODE, episodes)):
        for url, kodi_id, file_id in rows:
            ref = item_url.parse(url)
            if ref and ref.plex_type == plex_type:
                found[ref.rating_key] = ItemState(server_id, ref.rating_key, plex_type, '', '', '', kodi_id, file_id,
                                                  EXPIRED, 0, 0, 0, 0.0)
    return list(found.values())


def move_art(writer: LibraryWriter, machine_identifier: str, port: int) -> bool:
    """Have our artwork's URLs name the art server's port, which the user may have changed. True if that was needed."""
    like = item_url.local_base(0)[:-1] + '%/art/' + machine_identifier + '/%'
    row = writer.library.one('SELECT url FROM main.art WHERE url LIKE ? LIMIT 1', (like,))
    old = str(row[0]).split('/art/', 1)[0] if row else ''
    new = item_url.local_base(port)
    if not old or old == new:
        return False
    with writer.transaction():
        writer.library.run('UPDATE main.art SET url = ? || substr(url, ?) WHERE url LIKE ?',
                           (new, len(old) + 1, '%s/art/%s/%%' % (old, machine_identifier)))
    LOG.info('artwork moved to port %d', port)
    return True
