"""Addresses of films and episodes, through to what Kodi's player is given."""
from __future__ import annotations

from typing import Any, Iterator, List, Tuple

import pytest

from resources.lib import item_url
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import transcode as transcode_texts
from resources.lib.local_server.api import ApiError
from tests.fakes import FakeKodi
from tests.unit.plugin.world import FOUND, MID, World


@pytest.mark.parametrize(('url', 'key'), [(item_url.movie_url(MID, '7'), '7'),
                                          (item_url.episode_url(MID, '3', '31'), '31')])
def test_what_kodis_library_points_to_plays(world: World, url: str, key: str) -> None:
    path, _, query = url.partition('?')
    world.open(path, '?' + query, 'resume:false')
    [(name, asked)] = world.calls
    assert name == 'play' and (asked['machine_identifier'], asked['rating_key'], asked['media_id']) == (MID, key, '')
    resolved = world.kodi.resolved[1]
    assert resolved.succeeded and resolved.item.getPath() == FOUND['url']
    assert resolved.item.subtitles == FOUND['subtitles'] and resolved.item.mime == FOUND['mime']


VERSIONS = {'versions': [{'id': '11', 'label': '1080p'}, {'id': '12', 'label': '4K HDR10'}]}


def test_of_several_versions_the_user_chooses_one(world: World) -> None:
    given: Iterator[Any] = iter([VERSIONS, FOUND])
    world.answers['play'] = lambda: next(given)
    world.kodi.answer(1)
    world.open(item_url.movies_path(MID), '?id=7', 'resume:false')
    assert [request['media_id'] for _, request in world.calls] == ['', '12']
    assert world.kodi.resolved[1].item.getPath() == FOUND['url']
    [(_, (_, labels, _))] = [one for one in world.kodi.dialogs if one[0] == 'select']
    assert labels == ['1080p', '4K HDR10']


def test_who_leaves_the_choice_of_versions_sees_no_film_and_no_error(world: World) -> None:
    world.answers['play'] = VERSIONS
    world.open(item_url.movies_path(MID), '?id=7', 'resume:false')
    assert not world.kodi.resolved[1].succeeded and len(world.calls) == 1


INSTEAD = [{'url': item_url.trailer_url(MID, '9'), 'label': 'A trailer', 'mediatype': 'video', 'art': {}},
           {'url': item_url.movie_url(MID, '7'), 'label': 'A film', 'mediatype': 'movie', 'art': {}}]


def test_what_is_played_instead_are_the_next_entries_of_kodis_playlist(world: World) -> None:
    from kodi_six import xbmcgui
    url = item_url.movie_url(MID, '7')
    world.answers['play'] = {'instead': INSTEAD, 'here': True}
    world.kodi.playlist.entries = [(url, xbmcgui.ListItem('A film', path=url)), ('x', xbmcgui.ListItem('y', path='x'))]
    world.kodi.playlist.position = 0
    world.open(url.partition('?')[0], '?' + url.partition('?')[2])
    assert world.kodi.playlist.urls == [url, *(wire['url'] for wire in INSTEAD), 'x']
    assert not world.kodi.resolved[1].succeeded, 'so Kodi goes on to the next one'


@pytest.mark.parametrize('version', [19, 20])
def test_a_video_in_several_files_is_played_for_the_url_that_was_asked_for(fake_kodi: FakeKodi,
                                                                         world: World, version: int) -> None:
    """So that Kodi keeps resume point and play count where its library has them; Kodi 19 cannot."""
    from kodi_six import xbmcgui

    from tests.fakes import xbmc
    xbmc.set_version(version)
    url = item_url.movie_url(MID, '7')
    stack = {'url': 'stack://http://1 , http://2', 'label': 'A film', 'mediatype': 'movie', 'art': {},
             'properties': {'plexid': '7', 'StartOffset': '61.500'}}
    world.answers['play'] = {'instead': [stack], 'here': True}
    world.kodi.playlist.entries = [(url, xbmcgui.ListItem('A film', path=url))]
    world.kodi.playlist.position = 0
    world.open(url.partition('?')[0], '?id=7&resume=true', 'resume:true')
    (_, _), (path, item) = world.kodi.playlist.entries
    assert path == stack['url'] and item.getProperty('StartOffset') == '61.500'
    assert item.getProperty('original_listitem_url') == ('' if version == 19 else url)
    assert item.tag.values.get('filenameandpath', '') == ('' if version == 19 else url)
    assert world.calls[-1][1]['resume'] is True


def test_what_is_played_instead_of_a_video_outside_of_the_playlist_is_one(world: World) -> None:
    from kodi_six import xbmcgui
    started: List[int] = []
    world.kodi.playlist.play = started.append
    world.kodi.playlist.entries = [('old', xbmcgui.ListItem('old', path='old'))]
    world.kodi.playlist.position = 0
    world.answers['play'] = {'instead': INSTEAD, 'here': False}
    world.open('play/movies/%s/' % MID, '?id=7')
    assert world.kodi.playlist.urls == [wire['url'] for wire in INSTEAD] and started == [0]
    assert not world.kodi.resolved[1].succeeded


def test_a_version_that_kodis_library_names_is_played_without_a_question(world: World) -> None:
    world.open(item_url.movies_path(MID), '?id=7&media=12', 'resume:false')
    assert world.calls[0][1]['media_id'] == '12'


@pytest.mark.parametrize(('more', 'position'), [(('resume:true',), 61.5), (('resume:false',), 0.0), ((), 0.0)])
def test_kodis_question_whether_to_resume_is_answered_as_the_user_did(
        world: World, more: Tuple[str, ...], position: float) -> None:
    world.open(item_url.movies_path(MID), '?id=7', *more)
    assert world.kodi.resolved[1].item.getVideoInfoTag().resume[0] == position


def test_options_that_kodi_adds_do_not_disturb(world: World) -> None:
    world.open(item_url.movies_path(MID), '?id=7&reload=1700000000')
    assert world.calls[0][1]['rating_key'] == '7' and world.kodi.resolved[1].succeeded


def test_a_shows_address_opened_as_a_folder_is_empty_and_asks_nobody(world: World) -> None:
    """Kodi's information dialog does that."""
    listing = world.open(item_url.show_path(MID, '3'))
    assert listing.succeeded and listing.items == [] and world.calls == []


@pytest.mark.parametrize('path', ['play/', 'play/movies/', 'play/movies/%s/' % MID, 'play/shows/%s/' % MID,
                                  'play/other/x/', 'play/movies/../x/'])
def test_a_broken_address_ends_and_asks_nobody(world: World, path: str) -> None:
    listing = world.open(path)
    assert listing is not None and listing.succeeded is not None
    assert [name for name, _ in world.calls if name == 'play'] == []


def test_a_file_that_plex_lost_is_told_and_kodi_does_not_wait(world: World) -> None:
    world.answers['play'] = ApiError('item_unavailable', 'file missing')
    world.open(item_url.movies_path(MID), '?id=7')
    assert not world.kodi.resolved[1].succeeded
    assert world.said() == [world.text(error_texts.ITEM_UNAVAILABLE)]


def test_a_servers_refusal_is_read_in_its_words(world: World) -> None:
    world.answers['play'] = ApiError('transcode_refused', 'Not enough bandwidth.')
    world.open('play/movies/%s/?id=7' % MID)
    assert world.said() == ['Not enough bandwidth.']
    world.answers['play'] = ApiError('transcode_refused')
    world.open('play/movies/%s/?id=7' % MID, handle=2)
    assert world.said()[-1] == world.text(transcode_texts.TRANSCODE_REFUSED)
