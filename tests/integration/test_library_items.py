"""An item that Kodi's library has looks in a list as if the server had sent all of it."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from resources.lib import state_db
from resources.lib.kodi_db import details
from resources.lib.library_sync.kinds import EPISODE, MOVIE, SHOW
from resources.lib.plex_fields import STATE_FILTER
from resources.lib.plex_functions import BATCH_SIZE, read_items
from resources.lib.plex_lists import listing_body, read_listing
from resources.lib.service.list_item import Origin, WireItem, list_item
from resources.lib.service.lists.library_item import library_item
from tests.support.sync_environment import PORT, SyncEnvironment
from tools.plexsim import Library


def both(env: SyncEnvironment) -> List[Tuple[str, WireItem, WireItem]]:
    """Each item as the server's full record and as Kodi's rows make it, with its key."""
    found: List[Tuple[str, WireItem, WireItem]] = []
    origin = Origin(env.machine, PORT)
    for kind in (MOVIE, SHOW, EPISODE):
        body = listing_body(env.client, '/library/all', dict(STATE_FILTER, type=str(kind.plex.number)), 0, 1000)
        items = {item.rating_key: item for item in read_listing(body, 0, 1000).items}
        assert not any(item.title for item in items.values())
        keys = list(items)
        with state_db.open_reader(env.state_db) as state:
            rows = state.find(state.server_id(env.machine), keys)
        known = details.read(env.video_db, kind.table, [row.kodi_id for row in rows.values()])
        full = [one for start in range(0, len(keys), BATCH_SIZE)
                for one in read_items(env.client.items_body(keys[start:start + BATCH_SIZE]))[0]]
        assert len(full) == len(items)
        for one in full:
            row = rows[one.rating_key]
            whole = list_item(one, origin, row.kodi_id)
            assert whole is not None
            found.append((one.rating_key, whole, library_item(
                kind, items[one.rating_key], row, known[row.kodi_id], env.machine)))
    return found


@pytest.fixture(params=[119, 121, 131])
def env(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    library = Library.generate(seed=11, movies=40, shows=3, seasons=2, episodes=4, collections=2)
    for number, item in enumerate(list(library.items('movie')) + list(library.items('episode'))):
        if number % 3 == 0:
            library.set_progress(item.rating_key, 60_000 * (number + 2))
        elif number % 3 == 1:
            library.scrobble(item.rating_key)
        if number % 4 == 0:
            library.rate(item.rating_key, 7.0)
    made = SyncEnvironment(tmp_path, library, request.param)
    try:
        made.sync()
        yield made
    finally:
        made.close()


def test_it_has_all_that_the_servers_full_record_tells(env: SyncEnvironment) -> None:
    columns = [row[1] for row in env.rows('PRAGMA table_info(streamdetails)')]
    for key, whole, known in both(env):
        for name, value in whole.items():
            if name == 'info':
                assert_same_info(key, value, known['info'], known['mediatype'])
            elif name == 'art':
                assert {kind: known['art'].get(kind) for kind in value} == value, key
            elif name == 'cast':
                assert [one[:2] for one in known['cast']] == [
                    one[:2] for one in value], key
            elif name == 'resume':
                assert known['resume']['position'] == value['position'], key
                assert known['resume']['total'] == pytest.approx(value['total'], abs=1.0), 'Kodi has whole seconds'
            elif name == 'streams' and 'strHdrType' not in columns:
                assert [without(one, 'hdrtype') for one in value['video']] == known['streams']['video'], key
            else:
                assert known[name] == value, (key, name)
        assert ('resume' in whole) == ('resume' in known), key


def without(values: Dict[str, Any], name: str) -> Dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def assert_same_info(key: str, whole: Dict[str, Any], known: Dict[str, Any], media_type: str) -> None:
    for name, value in whole.items():
        if name == 'director' and media_type == 'tvshow':
            continue  # a column that Kodi's shows do not have
        if name in ('mpaa', 'year', 'sorttitle') and media_type == 'episode':
            continue  # of the show, of the date, and none, as everywhere in Kodi
        assert known.get(name) == value, (key, name)


def test_somebody_elses_watch_state_in_kodis_rows_is_not_shown(env: SyncEnvironment) -> None:
    env.execute("UPDATE files SET playCount = 3, lastPlayed = '2001-01-01 00:00:00'")
    env.execute('UPDATE movie SET userrating = 9')
    for key, whole, known in both(env):
        for name in ('playcount', 'lastplayed', 'userrating'):
            assert known['info'].get(name) == whole['info'].get(name), (key, name)
