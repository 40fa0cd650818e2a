"""What a user sees of the library after a sync, against a simulated Plex over sockets."""
from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
import requests

from tests.support.sync_environment import SyncEnvironment, counts, dump
from tests.support.waiting import CancelledWhen
from tools.plexsim import Library


def _library(movies: int = 60, shows: int = 3) -> Library:
    return Library.generate(seed=7, movies=movies, shows=shows, seasons=2, episodes=4)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, _library())
    yield made
    made.close()


def _truth(env: SyncEnvironment, type_number: int) -> List[Dict[str, Any]]:
    """All items of a type as the server tells them, asked in the plainest way."""
    headers = {'Accept': 'application/json', 'X-Plex-Token': env.sim.owner_token}
    found: List[Dict[str, Any]] = []
    sections = requests.get(env.sim.pms_url + '/library/sections', headers=headers).json()['MediaContainer']
    for section in sections['Directory']:
        wanted = {'movie': (1,), 'show': (2, 3, 4)}.get(section['type'], ())
        if type_number not in wanted:
            continue
        url = '%s/library/sections/%s/all?type=%d&X-Plex-Container-Start=0&X-Plex-Container-Size=100000' % (
            env.sim.pms_url, section['key'], type_number)
        keys = [str(row['ratingKey']) for row in
                requests.get(url, headers=headers).json()['MediaContainer'].get('Metadata', [])]
        for start in range(0, len(keys), 50):
            url = '%s/library/metadata/%s?includeGuids=1' % (env.sim.pms_url, ','.join(keys[start:start + 50]))
            found += requests.get(url, headers=headers).json()['MediaContainer']['Metadata']
    return found


def _tags(raw: Dict[str, Any], name: str) -> List[str]:
    return sorted({child['tag'] for child in raw.get(name, [])})


@pytest.mark.parametrize('version', [119, 121, 131])
def test_every_movie_arrives_with_all_that_plex_knows(tmp_path: Path, version: int) -> None:
    env = SyncEnvironment(tmp_path, _library(), version)
    try:
        report = env.sync()
        assert report.complete and not report.error
        truth = _truth(env, 1)
        shown = {row[0].rsplit('=', 1)[-1]: row for row in env.rows(
            'SELECT strFilename, c00, c01, premiered, c11, c12, playCount, resumeTimeInSeconds, idMovie, userrating, '
            "strSet FROM movie_view WHERE strFilename NOT LIKE '%&media=%'")}
        assert len(shown) == len(truth) == 60
        for raw in truth:
            row = shown[str(raw['ratingKey'])]
            assert row[1].startswith(raw.get('title', '').strip())
            assert row[2] == raw.get('summary', '').strip()
            if raw.get('originallyAvailableAt'):
                assert row[3] == raw['originallyAvailableAt']
            assert row[4] == str(int(raw.get('duration', 0)) // 1000)
            assert row[5] == raw.get('contentRating', '')
            assert (row[6] or 0) == int(raw.get('viewCount', 0))
            assert (row[7] or 0) == pytest.approx(int(raw.get('viewOffset', 0)) / 1000)
            assert row[9] == (int(raw['userRating'] + 0.5) if raw.get('userRating') else None)
            media_id = row[8]
            for tag, table in (('Genre', 'genre'), ('Country', 'country')):
                names = [r[0] for r in env.rows(
                    'SELECT name FROM %s n JOIN %s_link l ON n.%s_id = l.%s_id WHERE l.media_type = ? AND '
                    'l.media_id = ?' % (table, table, table, table), 'movie', media_id)]
                assert sorted(names) == _tags(raw, tag)
            for tag, table in (('Director', 'director_link'), ('Writer', 'writer_link')):
                names = [r[0] for r in env.rows('SELECT name FROM actor a JOIN %s l ON a.actor_id = l.actor_id '
                                                'WHERE l.media_type = ? AND l.media_id = ?' % table,
                                                'movie', media_id)]
                assert sorted(names) == _tags(raw, tag)
            cast = env.rows('SELECT name, role FROM actor a JOIN actor_link l ON a.actor_id = l.actor_id WHERE '
                            'l.media_type = ? AND l.media_id = ? ORDER BY cast_order', 'movie', media_id)
            wanted = dict.fromkeys((r['tag'], r.get('role', '')) for r in raw.get('Role', []))
            assert cast == list(wanted)
            ids = dict(env.rows('SELECT type, value FROM uniqueid WHERE media_type = ? AND media_id = ?', 'movie',
                                media_id))
            assert ids['plex'] == str(raw['ratingKey'])
            for guid in raw.get('Guid', []):
                kind, value = guid['id'].split('://')
                assert ids[kind] == value
            streams = [s for part in raw['Media'][0]['Part'] for s in part.get('Stream', [])]
            kinds = sorted(s['streamType'] for s in streams)
            assert kinds == [r[0] + 1 for r in env.rows(
                'SELECT iStreamType FROM streamdetails s JOIN movie m ON m.idFile = s.idFile WHERE m.idMovie = ? '
                'ORDER BY iStreamType', media_id)]
            art = dict(env.rows('SELECT type, url FROM art WHERE media_type = ? AND media_id = ?', 'movie', media_id))
            assert bool(art.get('poster')) == bool(raw.get('thumb'))
    finally:
        env.close()


def test_every_episode_stands_in_its_season_and_show(env: SyncEnvironment) -> None:
    env.sync()
    truth = _truth(env, 4)
    shown = {row[0].rsplit('=', 1)[-1]: row[1:] for row in env.rows(
        'SELECT strFilename, c00, c12, c13, strTitle, c05, playCount FROM episode_view')}
    assert len(shown) == len(truth)
    for raw in truth:
        title, season, number, show, aired, played = shown[str(raw['ratingKey'])]
        assert title == raw['title'].strip()
        assert int(season) == int(raw.get('parentIndex', 0))
        assert int(number) == int(raw.get('index', 0))
        assert show == raw['grandparentTitle'].strip()
        assert (played or 0) == int(raw.get('viewCount', 0))
    assert len(env.rows('SELECT * FROM tvshow_view')) == 3


def test_hdr_of_a_movie_reaches_kodi(env: SyncEnvironment) -> None:
    env.sync()
    marked = sum(1 for raw in _truth(env, 1) for part in raw['Media'][0]['Part'] for s in part.get('Stream', [])
                 if s.get('DOVIPresent') or s.get('colorTrc') in ('smpte2084', 'arib-std-b67'))
    assert marked == env.rows("SELECT count(*) FROM streamdetails s JOIN movie m ON m.idFile = s.idFile "
                              "WHERE strHdrType IN ('hdr10', 'hlg', 'dolbyvision')")[0][0]


def test_a_sync_with_nothing_changed_writes_nothing(env: SyncEnvironment) -> None:
    env.sync()
    before = env.fingerprint()
    env.sim.reset_stats()
    report = env.sync()
    assert env.fingerprint() == before
    assert not report.wrote and report.complete
    assert report.requests < 20


def test_watching_and_unwatching_in_plex_shows_in_kodi(env: SyncEnvironment) -> None:
    env.sync()
    keys = [str(raw['ratingKey']) for raw in _truth(env, 1)][:3]
    env.library.scrobble(keys[0])
    env.library.set_progress(keys[1], 600000)
    env.library.rate(keys[2], 7.0)
    env.sync()

    def state(key: str) -> Any:
        return env.rows('SELECT playCount, resumeTimeInSeconds, userrating FROM movie_view WHERE strFilename LIKE ?',
                        '%=' + key)[0]
    assert state(keys[0])[0] >= 1
    assert state(keys[1])[1] == pytest.approx(600.0)
    assert state(keys[2])[2] == 7
    env.library.unscrobble(keys[0])
    env.sync()
    assert state(keys[0])[0] is None


def test_a_server_that_leaves_out_watch_state_does_not_wipe_it(
        env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    for raw in _truth(env, 1)[:20]:
        env.library.scrobble(str(raw['ratingKey']))
    env.sync()
    watched = env.rows('SELECT count(playCount) FROM movie_view')[0][0]
    assert watched >= 20
    sweep = env.client.sweep
    monkeypatch.setattr(env.client, 'sweep', lambda section_key, plex_type: sweep(
        section_key, plex_type._replace(fields=('ratingKey', 'updatedAt', 'addedAt'))))
    env.sync()
    assert env.rows('SELECT count(playCount) FROM movie_view')[0][0] == watched


def test_a_deleted_item_goes_and_takes_its_rows_along(env: SyncEnvironment) -> None:
    env.sync()
    before = counts(env.video_db)
    raw = _truth(env, 1)[5]
    env.library.delete(str(raw['ratingKey']))
    report = env.sync()
    assert report.removed == 1
    after = counts(env.video_db)
    assert after['movie'] == before['movie'] - 1
    assert after['files'] == before['files'] - 1
    for table in ('actor_link', 'genre_link', 'art', 'uniqueid', 'rating', 'streamdetails'):
        assert after[table] < before[table]
    assert env.rows('SELECT name FROM actor WHERE NOT EXISTS (SELECT 1 FROM actor_link l WHERE l.actor_id = '
                    'actor.actor_id) AND NOT EXISTS (SELECT 1 FROM director_link l WHERE l.actor_id = actor.actor_id) '
                    'AND NOT EXISTS (SELECT 1 FROM writer_link l WHERE l.actor_id = actor.actor_id)') == []


def test_half_a_library_that_vanishes_is_believed_only_when_seen_twice(env: SyncEnvironment) -> None:
    env.sync()
    for raw in _truth(env, 1)[:40]:
        env.library.delete(str(raw['ratingKey']))
    report = env.sync()
    assert report.removed == 0 and report.skipped == {'deletions to be seen twice': 40}
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 60
    assert env.sync().removed == 40
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 20


@pytest.mark.parametrize('kind', ['500', 'html', 'truncate', 'drop'])
def test_a_failing_listing_deletes_nothing(env: SyncEnvironment, kind: str) -> None:
    env.sync()
    before = dump(env.video_db)
    if kind == '500':
        env.sim.faults.add(r'/library/sections/\d+/all', 500)
    else:
        env.sim.faults.add(r'/library/sections/\d+/all', kind)
    report = env.sync()
    assert report.error and not report.complete
    env.sim.faults.clear()
    assert dump(env.video_db) == before


def test_a_library_missing_from_one_answer_is_kept(env: SyncEnvironment) -> None:
    env.sync()
    env.library.remove_section(1)
    env.sync()
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 60
    env.sync()
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 0
    assert env.rows('SELECT count(*) FROM tvshow')[0][0] == 3


def test_a_deselected_library_leaves_kodi_and_comes_back(env: SyncEnvironment) -> None:
    env.sync()
    whole = dump(env.video_db)
    env.sync(excluded=['1'])
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 0
    env.sync()
    assert dump(env.video_db) == whole


def test_a_cancelled_sync_goes_on_where_it_was(env: SyncEnvironment, tmp_path: Path) -> None:
    asked: List[int] = []

    def soon() -> bool:
        asked.append(1)
        return len(asked) > 4
    first = env.sync(workers=0, cancellation=CancelledWhen(soon))
    assert first.cancelled
    second = env.sync()
    assert second.complete and not second.cancelled
    assert second.unchanged >= first.added > 0
    other = tmp_path / 'other'
    other.mkdir()
    undisturbed = SyncEnvironment(other, env.library)
    try:
        undisturbed.sync()
        assert dump(env.video_db) == dump(undisturbed.video_db)
        assert counts(env.video_db) == counts(undisturbed.video_db)
    finally:
        undisturbed.close()


@pytest.mark.parametrize('damage', ['deleted', 'garbage', 'truncated'])
def test_a_lost_state_database_doubles_nothing(env: SyncEnvironment, damage: str) -> None:
    env.sync()
    before, numbers = dump(env.video_db), counts(env.video_db)
    if damage == 'deleted':
        os.remove(env.state_db)
    elif damage == 'garbage':
        Path(env.state_db).write_bytes(b'not a database' * 999)
    else:
        Path(env.state_db).write_bytes(Path(env.state_db).read_bytes()[:5000])
    report = env.sync()
    assert not report.error
    assert dump(env.video_db) == before
    assert counts(env.video_db) == numbers


def test_what_kodis_clean_library_removed_comes_back(env: SyncEnvironment) -> None:
    env.sync()
    before = dump(env.video_db)
    env.execute('DELETE FROM movie WHERE idMovie % 3 = 0')
    env.execute('DELETE FROM episode WHERE idEpisode % 4 = 0')
    env.sync()
    assert dump(env.video_db) == before


def test_rows_of_others_are_not_touched(env: SyncEnvironment) -> None:
    connection = sqlite3.connect(env.video_db)
    connection.executescript("""
        INSERT INTO path (strPath, strContent, strScraper) VALUES ('/films/', 'movies', 'metadata.local');
        INSERT INTO files (idPath, strFilename, playCount) VALUES (1, 'a.mkv', 3);
        INSERT INTO sets (strSet, strOverview) VALUES ('Mine', 'my own words');
        INSERT INTO movie (idFile, c00, idSet) VALUES (1, 'Mine', 1);
        INSERT INTO genre (name) VALUES ('drama'); INSERT INTO genre_link VALUES (1, 1, 'movie');
        INSERT INTO actor (name, art_urls) VALUES ('Somebody', '<thumb/>');
        INSERT INTO actor_link VALUES (1, 1, 'movie', 'Herself', 0);
        INSERT INTO art (media_id, media_type, type, url) VALUES (1, 'movie', 'poster', 'image://mine');
        INSERT INTO art (media_id, media_type, type, url) VALUES (1, 'actor', 'thumb', 'image://face');
        INSERT INTO tag (name) VALUES ('keep'); INSERT INTO tag_link VALUES (1, 1, 'movie');
    """)
    connection.commit()
    connection.close()

    def mine() -> List[Any]:
        return [env.rows('SELECT * FROM %s WHERE %s = 1' % pair) for pair in (
            ('path', 'idPath'), ('files', 'idFile'), ('movie', 'idMovie'), ('sets', 'idSet'), ('genre', 'genre_id'),
            ('genre_link', "media_type = 'movie' AND media_id"), ('actor', 'actor_id'),
            ('art', "media_type IN ('movie', 'actor') AND media_id"),
            ('tag', 'tag_id'), ('tag_link', "media_type = 'movie' AND media_id"))]
    before = mine()
    env.sync()
    assert mine() == before
    assert env.rows("SELECT count(*) FROM genre WHERE name LIKE 'drama'")[0][0] == 1
    env.sync(excluded=['1', '2'])
    assert mine() == before
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 1


def test_one_item_that_the_server_chokes_on_costs_only_itself(env: SyncEnvironment) -> None:
    key = str(_truth(env, 1)[10]['ratingKey'])
    env.sim.faults.add(r'/library/metadata/([\d,]*,)?%s([,?]|$)' % key, 500)
    report = env.sync()
    assert report.skipped.get('unreadable') == 1
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 59
    env.sim.faults.clear()
    env.sync()
    assert env.rows('SELECT count(*) FROM movie')[0][0] == 60


def test_a_locked_database_is_waited_for(env: SyncEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading
    holder = sqlite3.connect(env.video_db, isolation_level=None, check_same_thread=False)
    holder.execute('BEGIN IMMEDIATE')
    timer = threading.Timer(1.5, lambda: holder.execute('ROLLBACK'))
    timer.start()
    report = env.sync()
    timer.join()
    holder.close()
    assert report.complete and env.rows('SELECT count(*) FROM movie')[0][0] == 60


def test_no_token_and_no_address_in_kodis_database(env: SyncEnvironment) -> None:
    env.sync()
    content = Path(env.video_db).read_bytes() + Path(env.state_db).read_bytes()
    assert env.sim.owner_token.encode() not in content
    assert env.sim.pms_url.split('://')[1].encode() not in content


def test_recorded_answers_of_real_servers_sync_without_an_error(tmp_path: Path) -> None:
    folder = Path(__file__).parents[1] / 'fixtures' / 'recorded'
    containers = [json.loads(path.read_text(encoding='utf-8')) for path in sorted(folder.glob('*.json'))]
    env = SyncEnvironment(tmp_path, Library.from_recorded(containers))
    try:
        report = env.sync()
        assert report.complete and not report.error and not report.skipped
        for number, table in ((1, 'movie'), (2, 'tvshow'), (4, 'episode')):
            assert env.rows('SELECT count(*) FROM %s_view' % table)[0][0] == len(_truth(env, number)) > 0
    finally:
        env.close()


def test_a_season_that_the_server_made_anew_keeps_its_episodes(env: SyncEnvironment) -> None:
    env.sync()
    season = next(raw for raw in _truth(env, 3) if raw['index'] == 1)
    episodes = env.rows('SELECT count(*) FROM episode_view')[0][0]
    fresh = env.library.add_season(str(season['parentRatingKey']), 9, season['title'])
    env.sync()
    # The new key takes the old one's place: same show, same number.
    env.execute('UPDATE seasons SET season = 1 WHERE season = 9')
    connection = sqlite3.connect(env.state_db)
    connection.execute('UPDATE item SET kodi_id = (SELECT kodi_id FROM item WHERE rating_key = ?) '
                       'WHERE rating_key = ?', (str(season['ratingKey']), str(fresh.rating_key)))
    connection.commit()
    connection.close()
    env.library.delete(fresh.rating_key)
    env.sync()
    assert env.rows('SELECT count(*) FROM episode_view')[0][0] == episodes


def test_a_label_that_goes_and_another_that_comes_are_not_mixed_up(env: SyncEnvironment) -> None:
    keys = [str(raw['ratingKey']) for raw in _truth(env, 1)][:3]
    env.library.update(keys[0], Label=[{'tag': 'Kids'}])
    env.sync()
    env.library.update(keys[0], Label=[])
    env.library.update(keys[1], Label=[{'tag': 'Kids'}])
    env.library.update(keys[2], Label=[{'tag': 'Adults only'}])
    env.sync()
    labels = {row[0].rsplit('=', 1)[-1]: row[1] for row in env.rows(
        "SELECT v.strFilename, t.name FROM movie_view v JOIN tag_link l ON l.media_id = v.idMovie AND "
        "l.media_type = 'movie' JOIN tag t ON t.tag_id = l.tag_id WHERE t.name IN ('Kids', 'Adults only')")}
    assert labels == {keys[1]: 'Kids', keys[2]: 'Adults only'}


def test_one_library_that_fails_does_not_keep_the_others_waiting(env: SyncEnvironment) -> None:
    env.sim.faults.add(r'/library/sections/1/all', 500)
    report = env.sync()
    assert report.error and not report.complete
    assert env.rows('SELECT count(*) FROM tvshow_view')[0][0] == 3
    assert env.rows('SELECT count(*) FROM movie_view')[0][0] == 0
    env.sim.faults.clear()
    env.sync()
    assert env.rows('SELECT count(*) FROM movie_view')[0][0] == 60


def test_collections_that_cannot_be_had_cost_nothing_else(env: SyncEnvironment) -> None:
    env.sim.faults.add(r'/library/sections/1/all\?.*type=18', 404)
    report = env.sync()
    assert report.complete and env.rows('SELECT count(*) FROM movie_view')[0][0] == 60


def test_a_renamed_library_keeps_its_items_and_gives_them_its_new_name(env: SyncEnvironment) -> None:
    env.sync()
    env.library.rename_section(1, 'Films')
    report = env.sync()
    assert not report.removed and env.rows('SELECT count(*) FROM movie_view')[0][0] == 60
    assert env.rows('SELECT count(*) FROM tag_link l JOIN tag t ON t.tag_id = l.tag_id WHERE t.name = ?',
                    'Films') == [(60,)]


def test_another_port_of_the_art_server_reaches_the_artwork(env: SyncEnvironment) -> None:
    env.sync()
    from resources.lib.library_sync.engine import LibrarySync
    from resources.lib.library_sync.options import DatabaseLocations, Options
    LibrarySync(env.client, env.machine, DatabaseLocations(env.video_db, env.state_db), Options(local_port=57999)).run()
    ports = {url.split('/')[2] for url, in env.rows("SELECT url FROM art WHERE url LIKE 'http://127%'")}
    assert ports == {'127.0.0.1:57999'}


def test_kodis_clean_library_during_a_sync_leaves_no_double_rows(env: SyncEnvironment) -> None:
    env.sync()
    whole = dump(env.video_db)
    for raw in _truth(env, 1):
        env.library.update(str(raw['ratingKey']), summary='changed')
    cleaned: List[int] = []

    def clean_now() -> bool:
        if not cleaned:
            cleaned.append(1)
            env.execute('DELETE FROM movie WHERE idMovie % 2 = 0')
        return False
    env.sync(workers=0, cancellation=CancelledWhen(clean_now))
    env.sync()
    again = dump(env.video_db)
    for table in ('uniqueid', 'rating', 'actor', 'genre', 'streams'):
        assert again[table] == whole[table], table
    assert len(again['art']) == len(whole['art'])
