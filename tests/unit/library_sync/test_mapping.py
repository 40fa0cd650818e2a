"""What Kodi shows of an item: Plex's words in Kodi's places."""
from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from resources.lib import item_url, plex_model
from resources.lib.library_sync import mapping
from resources.lib.library_sync.kinds import EPISODE, MOVIE, SEASON, SHOW
from resources.lib.library_sync.mapping import Context, ExistingRow
from resources.lib.plex_model import PlexItem

CONTEXT = Context('mid', 57310, 'Films')


def item(**fields: Any) -> PlexItem:
    return plex_model.item(dict({'ratingKey': '7', 'type': 'movie', 'title': 'A film'}, **fields))


def movie(**fields: Any) -> Any:
    return MOVIE.record(item(**fields), CONTEXT, ExistingRow())


def test_a_films_first_collection_is_its_set_the_others_are_tags() -> None:
    record = movie(Collection=[{'tag': 'Saga'}, {'tag': 'Best of'}], Label=[{'tag': 'Kids'}, {'tag': 'Films'}])
    assert record.set_name == 'Saga'
    assert record.shared.tags == ('Films', 'Kids', 'Best of')
    assert movie().set_name == ''


def test_a_library_without_a_name_gives_no_empty_tag() -> None:
    assert MOVIE.record(item(), CONTEXT._replace(library_title=''), ExistingRow()).shared.tags == ()


@pytest.mark.parametrize(('edition', 'title'), [
    ("Director's Cut", "A film [Director's Cut]"), ('', 'A film'), ('A FILM', 'A film')])
def test_two_editions_can_be_told_apart(edition: str, title: str) -> None:
    assert movie(editionTitle=edition).shared.title == title


@pytest.mark.parametrize(('fields', 'premiered'), [
    ({'originallyAvailableAt': '2001-01-31'}, '2001-01-31'),
    ({'originallyAvailableAt': '2001-01-31 00:00:00'}, '2001-01-31'),
    ({'originallyAvailableAt': '31.1.2001', 'year': 2001}, '2001'), ({'year': 1999}, '1999'), ({}, ''),
    ({'year': -5}, ''), ({'year': 123456}, ''), ({'year': 87}, '0087')])
def test_when_it_came_out(fields: Dict[str, Any], premiered: str) -> None:
    assert movie(**fields).shared.premiered == premiered


@pytest.mark.parametrize(('count', 'offset', 'seen', 'duration', 'expected'), [
    (0, 0, 0, 1000, (None, None, 0.0, 0.0)), (3, 0, 0, 1000, (3, None, 0.0, 0.0)),
    (-1, -5, -9, 1000, (None, None, 0.0, 0.0)), (0, 61500, 0, 5_400_000, (None, None, 61.5, 5400.0)),
    (0, 9000, 0, 0, (None, None, 9.0, 9.0)), (1, 9000, 0, 5000, (1, None, 9.0, 9.0))])
def test_watched_and_resume(count: int, offset: int, seen: int, duration: int, expected: Any) -> None:
    assert tuple(mapping.watch_state(count, offset, seen, duration)) == expected


@pytest.mark.parametrize('stamp', [2 ** 61, -2 ** 61, 10 ** 15, -10 ** 12])
def test_a_senseless_time_is_no_crash(stamp: int) -> None:
    assert isinstance(mapping.local_time(stamp), str)
    assert isinstance(movie(addedAt=stamp, lastViewedAt=stamp, viewCount=1).file.date_added, str)


def test_times_are_local_as_kodi_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    import time
    monkeypatch.setenv('TZ', 'UTC-2')
    time.tzset()
    try:
        assert mapping.local_time(1_700_000_000) == '2023-11-15 00:13:20'
    finally:
        monkeypatch.undo()
        time.tzset()
    assert mapping.local_time(0) == ''


@pytest.mark.parametrize(('value', 'expected'), [(0, 0), (-1, 0), (0.2, 1), (7.4, 7), (7.5, 8), (10, 10), (99, 10)])
def test_stars(value: float, expected: int) -> None:
    assert mapping.user_rating(value) == expected
    assert movie(userRating=value).shared.user_rating == (expected or None)


def test_ratings_know_their_source_and_the_one_that_plex_shows_is_first() -> None:
    record = movie(rating=8.1, ratingImage='rottentomatoes://image.rating.ripe', audienceRating=7.3,
                   audienceRatingImage='rottentomatoes://image.rating.upright',
                   Rating=[{'image': 'imdb://image.rating', 'value': 6.9, 'type': 'audience'},
                           {'image': 'themoviedb://image.rating', 'value': 70, 'type': 'audience'},
                           {'image': 'imdb://image.rating', 'value': 1.0, 'type': 'critic'},
                           {'image': '', 'value': 5, 'type': ''}, {'value': 0}])
    assert [tuple(rating) for rating in record.shared.ratings] == [
        ('tomatometerallaudience', 7.3), ('tomatometerallcritics', 8.1), ('imdb', 6.9), ('themoviedb', 10.0),
        ('default', 5.0)]


@pytest.mark.parametrize(('guid', 'guids', 'expected'), [
    ('plex://movie/abc', ['imdb://tt1', 'tmdb://5'], [('imdb', 'tt1'), ('tmdb', '5'), ('plex', '7')]),
    ('com.plexapp.agents.imdb://tt9?lang=en', [], [('imdb', 'tt9'), ('plex', '7')]),
    ('com.plexapp.agents.thetvdb://123/1/2?lang=en', [], [('plex', '7')]),
    ('local://7', ['', 'x', '://', 'imdb://', '://5', 'a b://5'], [('plex', '7')]),
    ('com.plexapp.agents.imdb://tt9', ['imdb://tt1'], [('imdb', 'tt1'), ('plex', '7')]),
    ('', ['plex://movie/abc'], [('plex', '7')])])
def test_ids_of_other_services(guid: str, guids: List[str], expected: Any) -> None:
    record = movie(guid=guid, Guid=[{'id': one} for one in guids])
    assert list(record.shared.unique_ids) == expected


def test_a_shows_first_id_is_tvdbs() -> None:
    ids = [{'id': 'imdb://tt1'}, {'id': 'tmdb://5'}, {'id': 'tvdb://9'}]
    record = SHOW.record(item(type='show', Guid=ids), CONTEXT, ExistingRow())
    assert record.shared.unique_ids[0] == ('tvdb', '9')


def test_pictures_have_kodis_names_and_stable_urls() -> None:
    record = movie(thumb='/library/metadata/7/thumb/1', art='/library/metadata/7/art/2',
                   Image=[{'type': 'coverPoster', 'url': '/library/metadata/7/thumb/99'},
                          {'type': 'clearLogo', 'url': '/library/metadata/7/clearLogo/3'},
                          {'type': 'snapshot', 'url': '/library/metadata/7/thumb/4'},
                          {'type': 'background', 'url': 'http://10.0.0.1/x?X-Plex-Token=secret'}])
    base = 'http://127.0.0.1:57310/art/mid/7/'
    assert dict(record.shared.art) == {'poster': base + 'thumb/1', 'fanart': base + 'art/2',
                                       'clearlogo': base + 'clearLogo/3'}


@pytest.mark.parametrize(('stream', 'expected'), [
    ({'codec': 'dca', 'profile': 'ma'}, 'dtshd_ma'), ({'codec': 'dca', 'profile': 'hra'}, 'dtshd_hra'),
    ({'codec': 'dca', 'profile': 'dts'}, 'dca'), ({'codec': 'dca-ma'}, 'dtshd_ma'), ({'codec': 'TRUEHD'}, 'truehd'),
    ({'codec': 'eac3'}, 'eac3'), ({}, '')])
def test_kodis_words_for_sound(stream: Dict[str, Any], expected: str) -> None:
    record = movie(Media=[{'Part': [{'Stream': [dict(stream, streamType=2, channels=8, languageCode='eng')]}]}])
    assert record.file.streams.audio[0].codec == expected


def test_streams_come_from_the_first_version_or_from_its_summary() -> None:
    media = {'videoCodec': 'hevc', 'audioCodec': 'aac', 'audioChannels': 6, 'width': 3840, 'height': 1600,
             'duration': 5_400_000}
    short = movie(Media=[media, dict(media, videoCodec='mpeg4')]).file
    assert (short.streams.video[0].codec, short.streams.audio[0].channels, short.seconds) == ('hevc', 6, 5400)
    full = movie(Media=[dict(media, Part=[{'Stream': [
        {'streamType': 1, 'codec': 'HEVC', 'colorTrc': 'smpte2084'}, {'streamType': 3, 'languageCode': 'ger'},
        {'streamType': 3, 'languageCode': 'eng'}, {'streamType': 99}]}])]).file.streams
    assert (full.video[0].codec, full.video[0].aspect, full.video[0].hdr) == ('hevc', 2.4, 'hdr10')
    assert full.subtitles == ('ger', 'eng')
    assert movie().file.streams == ((), (), ())


def test_an_episode_stands_below_its_show_also_when_plex_skips_seasons() -> None:
    usual = EPISODE.record(item(type='episode', parentRatingKey='5', grandparentRatingKey='3', index=4, parentIndex=2),
                           CONTEXT, ExistingRow(parent_id=11))
    assert (usual.show_id, usual.season, usual.number) == (11, 2, 4)
    assert usual.file.path == item_url.show_path('mid', '3') and usual.file.url.endswith('/3/?id=7')
    flat = EPISODE.record(item(type='episode', parentRatingKey='3', index=4), CONTEXT, ExistingRow(parent_id=11))
    assert flat.file.path == item_url.show_path('mid', '3') and flat.season == 0


def test_an_episode_leaves_genre_studio_and_tags_to_its_show() -> None:
    record = EPISODE.record(item(type='episode', parentRatingKey='3', Genre=[{'tag': 'Drama'}], studio='S',
                                  Label=[{'tag': 'x'}]), CONTEXT, ExistingRow(parent_id=11))
    assert record.shared.genres == record.shared.studios == record.shared.tags == ()


@pytest.mark.parametrize(('thumb', 'expected'), [
    ('/library/metadata/7/thumb/1', {'poster': 'http://127.0.0.1:57310/art/mid/7/thumb/1'}),
    ('/library/metadata/3/thumb/1', {})])
def test_a_season_has_a_poster_only_if_it_is_its_own(thumb: str, expected: Dict[str, str]) -> None:
    record = SEASON.record(item(type='season', thumb=thumb, parentThumb='/library/metadata/3/thumb/1',
                                 art='/library/metadata/3/art/1', index=2), CONTEXT, ExistingRow(parent_id=11))
    assert dict(record.art) == expected and record.number == 2


@pytest.mark.parametrize('index', [None, -1, 'x', [], 2 ** 70])
def test_a_season_without_a_number_is_the_specials(index: Optional[Any]) -> None:
    assert SEASON.record(item(type='season', index=index), CONTEXT, ExistingRow(parent_id=11)).number == 0


def test_faces_go_through_our_art_server_or_plexs_public_one() -> None:
    record = movie(Role=[{'tag': 'A', 'thumb': 'https://metadata-static.plex.tv/a.jpg'},
                         {'tag': 'B', 'thumb': '/library/metadata/900/thumb/1'},
                         {'tag': 'C', 'thumb': 'http://10.0.0.1:32400/x?X-Plex-Token=secret'}, {'tag': 'D'}])
    assert [item_url.person_url(57310, 'mid', thumb) for _, _, thumb in record.shared.cast] == [
        'https://metadata-static.plex.tv/a.jpg', 'http://127.0.0.1:57310/art/mid/900/thumb/1', '', '']


def test_a_collection_becomes_a_sets_words_and_pictures() -> None:
    assert MOVIE.set_record
    record = MOVIE.set_record(item(type='collection', title='Saga', summary='All of it.',
                                   thumb='/library/collections/7/composite/5'), CONTEXT)
    assert (record.name, record.overview) == ('Saga', 'All of it.')
    assert dict(record.art) == {'poster': 'http://127.0.0.1:57310/art/mid/7/composite/5'}
