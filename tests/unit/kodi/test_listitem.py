from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from resources.lib.kodi import listitem
from tests.fakes import FakeKodi

EPISODE: Dict[str, Any] = {
    'url': 'plugin://plugin.video.plexkodiconnect/play/shows/m/1/2', 'folder': False, 'label': 'Pilot',
    'mediatype': 'episode', 'dbid': 12,
    'info': {'title': 'Pilot', 'tvshowtitle': 'Show', 'plot': '', 'year': 2001, 'season': 0, 'episode': 2,
             'duration': 3600, 'premiered': '2001-01-31', 'rating': 7, 'userrating': 8, 'playcount': 0,
             'genre': ['Drama'], 'director': ['D'], 'lastplayed': '2026-01-31 20:15:00'},
    'cast': [['A', 'R', 'http://127.0.0.1:57310/art/m/1/thumb/1'], ['B', '', '']],
    'uniqueids': {'imdb': 'tt1', 'plex': '2'},
    'art': {'thumb': 't', 'fanart': '', 'tvshow.poster': 'p'}, 'resume': {'position': 61.5, 'total': 3600.0},
    'streams': {'video': [{'codec': 'hevc', 'width': 3840, 'height': 2160, 'hdrtype': 'hdr10'}],
                'audio': [{'codec': 'eac3', 'channels': 6, 'language': 'ger'}], 'subtitle': [{'language': 'eng'}]},
    'properties': {'plexid': '2'}}


def test_kodi_20_gets_everything_and_no_deprecated_call(fake_kodi: FakeKodi) -> None:
    item: Any = listitem.list_item(EPISODE)
    values = item.tag.values
    assert (values['mediatype'], values['dbid'], values['title'], values['season']) == ('episode', 12, 'Pilot', 0)
    assert (values['playcount'], values['rating'], values['firstaired']) == (0, 7, '2001-01-31')
    assert 'plot' not in values
    assert item.tag.resume == (61.5, 3600.0)
    assert [actor.name for actor in item.tag.cast] == ['A', 'B']
    assert (item.tag.uniqueids, item.tag.default_uniqueid) == ({'imdb': 'tt1', 'plex': '2'}, 'imdb')
    video, audio, subtitle = item.tag.streams
    assert (video.codec, video.hdrtype, audio.channels, subtitle.language) == ('hevc', 'hdr10', 6, 'eng')
    assert item.art == {'thumb': 't', 'tvshow.poster': 'p'}
    assert item.properties == {'plexid': '2', 'IsPlayable': 'true'}
    assert not fake_kodi.deprecated


def test_kodi_19_gets_the_same_in_its_way(fake_kodi_19: FakeKodi) -> None:
    item: Any = listitem.list_item(EPISODE)
    assert (item.info['mediatype'], item.info['dbid'], item.info['season'], item.info['aired']) == (
        'episode', 12, 0, '2001-01-31')
    assert (item.properties['ResumeTime'], item.properties['TotalTime']) == ('61.5', '3600.0')
    assert item.cast[0] == {'name': 'A', 'role': 'R', 'order': 0, 'thumbnail': EPISODE['cast'][0][2]}
    assert item.uniqueids == EPISODE['uniqueids']
    assert [kind for kind, _ in item.streams] == ['video', 'audio', 'subtitle']
    assert item.properties['IsPlayable'] == 'true'


@pytest.mark.parametrize('kodi', ['fake_kodi', 'fake_kodi_19'])
def test_an_item_with_nothing_but_url_and_label_is_listed(kodi: str, request: pytest.FixtureRequest) -> None:
    fake = request.getfixturevalue(kodi)
    listitem.add_directory(3, [{'url': 'plugin://x/', 'label': 'Menu', 'folder': True}], '', '')
    (url, item, folder), = fake.listings[3].items
    assert (url, item.getLabel(), folder) == ('plugin://x/', 'Menu', True)
    assert item.getProperty('IsPlayable') == ''


def test_a_listing_keeps_its_order_and_is_not_cached(fake_kodi: FakeKodi) -> None:
    items = [dict(EPISODE, label=label) for label in 'CAB']
    listitem.add_directory(1, items, 'episodes', 'Continue Watching')
    listing = fake_kodi.listings[1]
    assert listing.labels == ['C', 'A', 'B']
    assert (listing.content, listing.category, listing.succeeded, listing.cached) == (
        'episodes', 'Continue Watching', True, False)
    assert listing.sort_methods == [40]


@pytest.mark.parametrize(('shows', 'mask'), [
    (['A', 'A'], '[%H. ]%L'), (['A', 'B'], '[%Z - ][%H. ]%L'), (['A', None], '[%Z - ][%H. ]%L'), ([None], '%L'),
    ([], '%L')])
def test_of_an_episode_among_others_kodis_windows_tell_show_and_number(fake_kodi: FakeKodi, shows: List[Optional[str]],
                                                                       mask: str) -> None:
    """``None`` is a movie. Entries such as the next page have no kind, and count for nothing."""
    items = [dict(EPISODE, info=dict(EPISODE['info'], tvshowtitle=show)) if show else
             {'url': 'plugin://x/', 'label': 'A film', 'mediatype': 'movie'} for show in shows]
    listitem.add_directory(1, [*items, {'url': 'plugin://x/', 'label': 'Next page', 'folder': True}], 'videos', '')
    assert fake_kodi.listings[1].label_masks == [mask]


def test_a_failed_listing_is_ended(fake_kodi: FakeKodi) -> None:
    listitem.end_with_failure(1)
    assert fake_kodi.listings[1].succeeded is False


@pytest.mark.parametrize('kodi', ['fake_kodi', 'fake_kodi_19'])
def test_playback_gets_url_subtitles_and_resume_point(kodi: str, request: pytest.FixtureRequest) -> None:
    fake = request.getfixturevalue(kodi)
    listitem.resolve(1, 'http://127.0.0.1:57310/stream/x.mkv', 'Film', ['http://127.0.0.1:57310/s.srt'],
                     'video/x-matroska', 61.5, 3600.0)
    succeeded, item = fake.resolved[1]
    assert succeeded
    assert (item.getPath(), item.subtitles, item.mime, item.content_lookup) == (
        'http://127.0.0.1:57310/stream/x.mkv', ['http://127.0.0.1:57310/s.srt'], 'video/x-matroska', False)
    if fake.version >= 20:
        assert item.tag.resume == (61.5, 3600.0)
    else:
        assert item.properties == {'ResumeTime': '61.5', 'TotalTime': '3600.0'}
    assert not fake.deprecated


def test_playback_from_the_start_has_no_resume_point(fake_kodi: FakeKodi) -> None:
    listitem.resolve(1, 'http://127.0.0.1/x')
    item = fake_kodi.resolved[1].item
    assert (item.tag.resume, item.content_lookup) == ((0.0, 0.0), True)


def test_failed_playback_is_told_to_kodi(fake_kodi: FakeKodi) -> None:
    listitem.fail_resolve(1)
    assert not fake_kodi.resolved[1].succeeded
