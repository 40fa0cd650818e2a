"""Continue Watching: Plex's order, Kodi's own items where it has them, and no token in any picture."""
from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

import pytest

from resources.lib import item_url, state_db
from resources.lib.kodi.addon import video_database_dir
from resources.lib.kodi.listitem import list_item
from resources.lib.kodi_db import details
from resources.lib.local_server.api import ApiError
from resources.lib.local_server.pictures import Picture
from resources.lib.plex_errors import PlexBadAnswer, PlexConnectionError
from resources.lib.service.artwork.permitted import PermittedArt
from resources.lib.service.events import PushesChanged
from resources.lib.service.list_item import list_item as wire_item
from resources.lib.service.lists import page
from resources.lib.service.lists.answers import ListAnswers
from resources.lib.service.lists.continue_watching import CONTINUE_WATCHING
from resources.lib.service.lists.description import Options
from resources.lib.sql.errors import DatabaseLocked
from resources.lib.state_db import ItemState
from tests.fakes import FakeKodi
from tests.support.shared import Clients, make_shared


def film(key: str, **more: Any) -> Dict[str, Any]:
    return dict({'ratingKey': key, 'type': 'movie', 'title': 'Film ' + key, 'duration': 5_400_000,
                 'viewOffset': 61_500, 'thumb': '/library/metadata/%s/thumb/1' % key,
                 'art': '/library/metadata/%s/art/2' % key}, **more)


def episode(key: str, **more: Any) -> Dict[str, Any]:
    return dict({'ratingKey': key, 'type': 'episode', 'title': 'Episode ' + key, 'grandparentRatingKey': '3',
                 'parentRatingKey': '31', 'grandparentTitle': 'A show', 'index': 4, 'parentIndex': 2,
                 'thumb': '/library/metadata/%s/thumb/1' % key, 'parentThumb': '/library/metadata/31/thumb/1',
                 'grandparentThumb': '/library/metadata/3/thumb/1', 'grandparentArt': '/library/metadata/3/art/1'},
                **more)


class Client:
    def __init__(self, rows: List[Dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: List[int] = []
        self.completed: List[List[str]] = []
        self.more: Dict[str, Dict[str, Any]] = {}
        self.error: Optional[Exception] = None

    def continue_watching_body(self, count: int, section_key: str, fields: Mapping[str, str]) -> bytes:
        self.asked.append(count)
        names = fields['includeFields'].split(',') + ['guid', 'key']
        rows = [{name: value for name, value in row.items() if name in names} for row in self.rows[:count]]
        return json.dumps({'MediaContainer': {'Hub': [{'Metadata': rows}]}}).encode()

    def items_body(self, rating_keys: Sequence[str]) -> bytes:
        """The full records, asked for what Kodi's library does not have."""
        self.completed.append(list(rating_keys))
        if self.error:
            raise self.error
        rows = [dict(row, **self.more.get(row['ratingKey'], {})) for row in self.rows]
        return json.dumps({'MediaContainer': {'Metadata': [
            row for row in rows if row['ratingKey'] in rating_keys]}}).encode()


class Bench:
    def __init__(self) -> None:
        self.client = Client([film('7'), episode('33'), film('8'), episode('34')])
        self.shared = make_shared(clients=Clients(self.client))
        self.state = self.shared.databases.state_path
        folder = Path(video_database_dir())
        folder.mkdir(parents=True, exist_ok=True)
        self.video_db = str(folder / 'MyVideos121.db')
        self.answers = ListAnswers(self.shared)

    def remember(self, key: str, kodi_id: int, machine: str = 'mid', plex_type: str = 'movie') -> None:
        state_db.prepare(self.state)
        with state_db.open_writer(self.state, 1.0) as state:
            state.put([ItemState(state.add_server(machine), key, plex_type, '1', '', '', kodi_id, 1, 1, 0, 0, 0, 0.0)])

    def answer(self, kind: str = '', limit: int = 50) -> bytes:
        return self.answers.answer(CONTINUE_WATCHING, Options(kind, 0, limit))

    def show(self, kind: str = '', limit: int = 50) -> List[Dict[str, Any]]:
        rows: List[Dict[str, Any]] = json.loads(self.answer(kind, limit))['items']
        return rows


@pytest.fixture
def bench(fake_kodi: FakeKodi) -> Bench:
    return Bench()


def known_film(_path: str, _table: Any, kodi_ids: Sequence[int]) -> Dict[int, details.ItemDetails]:
    """What Kodi's rows tell of the film in row 42."""
    info = {'title': 'Film 7', 'duration': 5400}
    return {42: details.ItemDetails(info, {}, [('Ada', '', '')], {}, {})} if 42 in kodi_ids else {}


def labels(rows: List[Dict[str, Any]]) -> List[str]:
    return [row['label'] for row in rows]


def test_films_and_episodes_in_plexs_order(bench: Bench) -> None:
    assert labels(bench.show()) == ['Film 7', 'Episode 33', 'Film 8', 'Episode 34']


@pytest.mark.parametrize(('kind', 'expected'), [('movie', ['Film 7', 'Film 8']),
                                                ('episode', ['Episode 33', 'Episode 34']), ('show', [])])
def test_only_one_kind(bench: Bench, kind: str, expected: List[str]) -> None:
    assert labels(bench.show(kind)) == expected


def test_a_limit_counts_what_is_shown_not_what_was_sorted_out(bench: Bench) -> None:
    bench.client.rows = [film(str(n)) for n in range(100, 130)] + [episode(str(n)) for n in range(200, 230)]
    assert labels(bench.show('episode', 2)) == ['Episode 200', 'Episode 201']
    assert len(bench.show('', 5)) == 5 and bench.client.asked[1] == 5


def test_other_kinds_of_things_are_left_out(bench: Bench) -> None:
    bench.client.rows = [film('7'), {'ratingKey': '9', 'type': 'track'}, {'ratingKey': '10', 'type': 'show'}]
    assert labels(bench.show()) == ['Film 7']


def test_an_item_in_kodis_library_is_kodis_item(bench: Bench) -> None:
    bench.remember('7', 42)
    bench.remember('33', 43, plex_type='episode')
    bench.remember('8', 44, machine='another server')
    assert [row.get('dbid') for row in bench.show()] == [42, 43, None, None]


def test_before_the_first_sync_the_list_is_there_already(bench: Bench) -> None:
    assert len(bench.show()) == 4


@pytest.mark.parametrize('content', [b'', b'garbage' * 1000])
def test_a_damaged_database_of_ours_does_not_cost_the_list(bench: Bench, content: bytes) -> None:
    Path(str(bench.state)).write_bytes(content)
    assert len(bench.show()) == 4


def test_it_plays_what_the_library_plays(bench: Bench) -> None:
    rows = bench.show()
    assert rows[0]['url'] == item_url.movie_url('mid', '7')
    assert rows[1]['url'] == item_url.episode_url('mid', '3', '33')
    assert rows[0]['resume'] == {'position': 61.5, 'total': 5400.0} and 'resume' not in rows[1]
    assert rows[0]['properties'] == {'plexid': '7'}


def test_an_episode_says_where_it_belongs(bench: Bench) -> None:
    info = bench.show('episode')[0]['info']
    assert (info['tvshowtitle'], info['season'], info['episode']) == ('A show', 2, 4)


def test_pictures_of_film_show_and_season(bench: Bench) -> None:
    base = 'http://127.0.0.1:57310/art/mid/'
    rows = bench.show()
    assert rows[0]['art'] == {'poster': base + '7/thumb/1', 'thumb': base + '7/thumb/1', 'fanart': base + '7/art/2'}
    assert rows[1]['art'] == {
        'thumb': base + '33/thumb/1', 'poster': base + '3/thumb/1', 'tvshow.poster': base + '3/thumb/1',
        'season.poster': base + '31/thumb/1', 'fanart': base + '3/art/1', 'tvshow.fanart': base + '3/art/1'}


def test_the_art_server_knows_exactly_the_pictures_that_were_just_listed(bench: Bench) -> None:
    known = PermittedArt(bench.state, bench.shared.listed)
    assert not known(Picture('mid', '33', 'thumb', '1'))
    bench.show()
    assert all(known(Picture('mid', key, 'thumb', '1')) for key in ('7', '33', '31', '3'))
    for other in (Picture('mid', '99', 'thumb', '1'), Picture('another', '7', 'thumb', '1'),
                  Picture('mid', '7', 'thumb', '2'), Picture('mid', '7', 'clearLogo', '1')):
        assert not known(other), other


def test_a_box_that_runs_for_months_does_not_remember_every_list(bench: Bench) -> None:
    for start in range(0, 3900, 300):
        bench.client.rows = [episode(str(n), parentThumb='/library/metadata/s%d/thumb/1' % n,
                                     grandparentThumb='/library/metadata/t%d/thumb/1' % n)
                             for n in range(start, start + 300)]
        bench.answer('', 300)
    assert len(bench.shared.listed._pictures) == 10000
    assert 'mid/3899/thumb/1' in bench.shared.listed and 'mid/0/thumb/1' not in bench.shared.listed


def test_what_has_not_changed_is_not_worked_out_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    made: List[str] = []
    bench.shared.events.publish(PushesChanged(True))

    def counted(item: Any, *more: Any) -> Any:
        made.append(item.rating_key)
        return wire_item(item, *more)

    monkeypatch.setattr(page, 'list_item', counted)
    first = bench.show()
    assert bench.show() == first and len(made) == 4
    bench.show('movie')
    assert bench.show() == first and len(made) == 6, 'each list of the home screen is kept'


def test_news_at_the_server_are_in_the_next_list(bench: Bench) -> None:
    bench.show()
    bench.client.rows[0]['viewOffset'] = 90_000
    assert bench.show()[0]['resume']['position'] == 90.0
    bench.client.rows.pop(0)
    assert labels(bench.show()) == ['Episode 33', 'Film 8', 'Episode 34']


def test_what_a_sync_brought_is_in_the_next_list(bench: Bench) -> None:
    bench.show()
    bench.remember('7', 42)
    assert bench.show()[0]['dbid'] == 42


def test_a_list_without_what_the_library_knows_is_not_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_args: Any) -> None:
        raise DatabaseLocked('the database is in use by another writer')

    bench.remember('7', 42)
    Path(bench.video_db).write_bytes(b'')
    with monkeypatch.context() as patch:
        patch.setattr(details, 'read', locked)
        row = bench.show()[0]
        assert 'cast' not in row and (row['label'], row['dbid']) == ('Film 7', 42), 'the server tells of it instead'
    monkeypatch.setattr(details, 'read', known_film)
    assert bench.show()[0]['cast'] == [['Ada', '', '']]


def test_the_art_of_a_list_that_was_kept_stays_known(bench: Bench) -> None:
    bench.show()
    bench.shared.listed._pictures.clear()
    bench.show()
    assert 'mid/33/thumb/1' in bench.shared.listed


@pytest.mark.parametrize('body', [b'<html>', b'{"MediaContainer": ', b'[]', b'{"MediaContainer": []}'])
def test_an_answer_that_is_none_is_said_to_be_one(bench: Bench, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.client, 'continue_watching_body', lambda *_question: body)
    with pytest.raises(ApiError) as caught:
        bench.show()
    assert isinstance(caught.value.__cause__, PlexBadAnswer)


def test_kodi_takes_every_item_however_odd_the_server_is(bench: Bench, fake_kodi: FakeKodi) -> None:
    bench.client.rows = [
        {'ratingKey': '7', 'type': 'movie'}, {'ratingKey': '8', 'type': 'episode'},
        film('9', year='x', rating=[], userRating='NaN', viewOffset=-5, duration=-1, studio={'a': 1}, summary=None),
        film('10', title='第1話 🎬' + '\ud83d', summary='x' * 50_000, duration=0),
        episode('11', index=-3, parentIndex=None, grandparentRatingKey=None)]
    rows = bench.show()
    assert len([list_item(row) for row in rows]) == 5


def test_numbers_that_kodi_cannot_hold_do_not_cost_the_list(bench: Bench) -> None:
    """Kodi's setters take 32 bits; one OverflowError there and the user sees no list at all."""
    bench.client.rows = [film('9', year=2 ** 40, duration=2 ** 60, userRating=1e14, viewCount=2 ** 40),
                         episode('10', index=10 ** 9 - 1, year=-2 ** 40, duration=-2 ** 60)]
    for row in bench.show():
        for name, value in row['info'].items():
            assert not isinstance(value, int) or -2 ** 31 <= value < 2 ** 31, name


def test_a_list_shows_an_item_as_the_library_does(bench: Bench) -> None:
    """With its edition, the rating that Plex shows first, and all that the server tells."""
    bench.client.rows = [film('7', editionTitle="Director's Cut", rating=7.1, audienceRating=8.2, year=1999,
                              originallyAvailableAt='1999-05-01', Genre=[{'tag': 'Drama'}], Guid=[{'id': 'imdb://tt1'}],
                              Role=[{'tag': 'Ada', 'role': 'Herself'}])]
    row, = bench.show()
    assert row['label'] == row['info']['title'] == "Film 7 [Director's Cut]"
    assert (row['info']['rating'], row['info']['genre'], row['info']['premiered']) == (8.2, ['Drama'], '1999-05-01')
    assert row['uniqueids'] == {'imdb': 'tt1', 'plex': '7'} and row['cast'][0][0] == 'Ada'


def test_the_answer_tells_how_the_list_is_shown(bench: Bench) -> None:
    whole, films = json.loads(bench.answer()), json.loads(bench.answer('movie'))
    assert (whole['content'], films['content'], whole['title']) == ('videos', 'movies', 'Continue Watching')
    assert whole['cache'] is False


def test_what_kodis_library_does_not_have_comes_with_all_that_the_server_knows(
        bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.remember('7', 42)
    with closing(sqlite3.connect(bench.video_db)) as connection:
        connection.execute('CREATE TABLE movie (idMovie)')
    monkeypatch.setattr(details, 'read', known_film)
    for path in (bench.state, bench.video_db):
        os.utime(str(path), (1_600_000_000, 1_600_000_000))  # nobody wrote a moment ago
    bench.client.more = {'8': {'Role': [{'tag': 'Ada', 'role': 'Herself'}], 'Media': [
        {'id': 1, 'videoCodec': 'hevc', 'Part': [{'id': 2, 'Stream': [
            {'id': 3, 'streamType': 1, 'codec': 'hevc', 'width': 3840, 'height': 2160, 'colorTrc': 'smpte2084'},
            {'id': 4, 'streamType': 2, 'codec': 'aac', 'channels': 2, 'languageCode': 'eng'}]}]}]}}
    row = bench.show()[2]
    assert bench.client.completed == [['33', '8', '34']], 'what the library knows is not asked for'
    assert row['cast'][0][0] == 'Ada' and row['streams']['video'][0]['hdrtype'] == 'hdr10'
    bench.client.more['8']['title'] = 'Another title'
    assert labels(bench.show())[2] == 'Another title', 'which the short answer does not tell'


def test_a_server_that_fails_to_complete_a_list_does_not_cost_it(bench: Bench) -> None:
    bench.client.error = PlexConnectionError('reset')
    assert len(bench.show()) == 4
    bench.client.error = None
    bench.client.more = {'7': {'Role': [{'tag': 'Ada'}]}}
    assert bench.show()[0]['cast'], 'what is not complete is not kept'
