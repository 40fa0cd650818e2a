"""Each ``plugin://`` address that Kodi, a skin or a button can open, through to what Kodi shows."""
from __future__ import annotations

# The fakes must be Kodi's modules before the add-on is imported.
from tests.fakes.fixtures import fake_kodi  # noqa: F401

# isort: split
import re
import socket
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest

from resources.lib import entrypoint, item_url
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import actions as action_texts
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import library as library_texts
from resources.lib.kodi.texts import lists as list_texts
from resources.lib.kodi.texts import status as status_texts
from resources.lib.kodi.texts import transcode as transcode_texts
from resources.lib.local_server import endpoint
from resources.lib.local_server.api import ApiError, ApiRoute
from resources.lib.local_server.server import LocalServer
from resources.lib.local_server.service_file import ServiceFile
from resources.lib.plugin import lists
from resources.lib.service.error_texts import text_name
from tests.fakes import FakeKodi, addon_files
from tools import icons

BASE = 'plugin://plugin.video.plexkodiconnect/'
MID = '51b0a5e0c0ffee51b0a5e0c0ffee51b0a5e0c0ff'
ACTIONS = ('sign_in', 'sign_out', 'choose_server', 'choose_libraries', 'sync', 'full_check', 'cancel_sync',
           'sync_report', 'take_over', 'switch_user')
FOUND = {'url': 'http://127.0.0.1:57310/stream/mid/7/11/a.mkv', 'title': 'A film', 'mime': 'video/x-matroska',
         'subtitles': ['http://127.0.0.1:57310/subtitle/mid/7/3/a.en.srt'], 'resume': 61.5, 'total': 5400.0}


class World:
    """Kodi, and a service that answers as the test says."""

    def __init__(self, kodi: FakeKodi) -> None:
        self.kodi = kodi
        self.calls: List[Tuple[str, Dict[str, Any]]] = []
        self.answers: Dict[str, Any] = {'status': {'state': 'signed_in', 'syncing': False},
                                        'list': {'items': []}, 'play': FOUND}
        self.profile = str(kodi.profile / 'addon_data' / kodi.addon_info['id'])
        names = ('status', 'list', 'play', 'refresh', 'item_menu', 'item_action', 'status_page') + ACTIONS
        handlers = {name: self._handler(name) for name in names}
        self.server = LocalServer(0, {'api': ApiRoute(handlers, text_name)},
                                  ServiceFile(self.profile, lambda _secret: None))
        self.server.start()

    def _handler(self, name: str) -> Callable[[Dict[str, Any]], Dict[str, Any]]:
        def handle(request: Dict[str, Any]) -> Dict[str, Any]:
            self.calls.append((name, request))
            answer = self.answers.get(name, {})
            if isinstance(answer, Exception):
                raise answer
            found: Dict[str, Any] = answer() if callable(answer) else answer
            return found
        return handle

    def open(self, path: str, query: str = '', *more: str, handle: int = 1) -> Any:
        """Kodi opens an address; what it was given."""
        url = path if path.startswith('plugin://') else BASE + path
        self.kodi.playlist.waits_for_answer = path.startswith((BASE + 'play/', 'play/'))
        entrypoint.run([url, str(handle), query, *more])
        return self.kodi.listings.get(handle)

    def said(self) -> List[str]:
        return [message for _, message, _ in self.kodi.notifications]

    def text(self, text_id: int) -> str:
        found = self.kodi.text(text_id)
        assert found
        return found


@pytest.fixture
def world(fake_kodi: FakeKodi) -> Iterator[World]:  # noqa: F811
    made = World(fake_kodi)
    yield made
    made.server.stop()


# ---- the start page ------------------------------------------------------------------------------------------------

LISTED = (list_texts.CONTINUE_WATCHING, list_texts.ON_DECK, list_texts.RECENTLY_ADDED_MOVIES,
          list_texts.RECENTLY_ADDED_EPISODES, list_texts.HUBS, list_texts.LIBRARIES, list_texts.WATCHLIST,
          list_texts.DISCOVER, list_texts.COLLECTIONS, list_texts.PLAYLISTS, list_texts.SEARCH,
          list_texts.ACCOUNT_AND_SYNC)


def test_the_start_page_of_somebody_signed_in(world: World) -> None:
    listing = world.open('')
    assert listing.labels == [world.text(text_id) for text_id in LISTED]
    assert listing.succeeded and not listing.cached


def test_account_and_synchronisation_have_a_page_of_their_own(world: World) -> None:
    listing = world.open('account')
    assert listing.labels == [world.text(text_id) for text_id in (
        library_texts.SYNC_NOW, status_texts.STATUS, library_texts.FULL_CHECK, library_texts.SYNC_REPORT,
        library_texts.CHOOSE_LIBRARIES,
        account_texts.SWITCH_USER, account_texts.CHOOSE_SERVER, list_texts.SETTINGS, account_texts.SIGN_OUT)]
    world.answers['status'] = {'state': 'signed_out'}
    assert [url for url, _, _ in world.open('account', handle=2).items] == [
        BASE + 'sign_in', BASE + 'status', BASE + 'settings']


def test_the_settings_open_from_there(world: World) -> None:
    assert world.open('settings').succeeded is False and world.kodi.opened_settings == 1


def test_the_start_page_before_signing_in_begins_with_signing_in(world: World) -> None:
    for state in ('signed_out', 'sign_in_again', 'linking'):
        world.answers['status'] = {'state': state}
        world.kodi.listings.clear()
        listing = world.open('')
        assert listing.items[0][0] == BASE + 'sign_in' and len(listing.items) == 1 + len(LISTED)


def test_during_a_sync_it_can_be_cancelled(world: World) -> None:
    world.answers['status'] = {'state': 'signed_in', 'syncing': True}
    urls = [url for url, _, _ in world.open('account').items]
    assert BASE + 'cancel_sync' in urls and BASE + 'sync' not in urls


def test_folders_open_and_actions_run(world: World) -> None:
    """An action that were a folder would leave the user on an empty page; a playable one would start the player."""
    assert all(folder for _, _, folder in world.open('').items)
    for _, item, folder in world.open('account', handle=2).items:
        assert not folder and item.getProperty('IsPlayable') == 'false'


def test_every_entry_of_the_start_page_leads_somewhere(world: World) -> None:
    pages = [(state, page) for state in ('signed_in', 'signed_out') for page in ('', 'account')]
    urls = [url for state, page in pages for url in entries(world, state, page)]
    assert len(urls) > 30
    for url in urls:
        world.calls.clear()
        path, _, query = url.partition('?')
        world.kodi.listings.pop(9, None)
        world.open(path, '?' + query if query else '', handle=9)
        if path == BASE + 'search':
            assert world.kodi.dialogs[-1][0] == 'input' and world.calls == []
        elif path == BASE + 'account':
            assert world.kodi.listings[9].succeeded
        elif path != BASE + 'settings':
            name, arguments = world.calls[0]
            assert path[len(BASE):] == (arguments['path'] if name == 'list' else name.partition('_page')[0])


def entries(world: World, state: str, page: str) -> List[str]:
    """The addresses on a page."""
    world.answers['status'] = {'state': state}
    world.kodi.listings.pop(5, None)
    return [url for url, _, _ in world.open(page, handle=5).items]


def test_each_icon_is_there(world: World) -> None:
    """And is drawn by ``tools/icons.py``, and used."""
    folder = Path(addon_files.ROOT, 'resources', 'media', 'icons')
    there = {path.stem for path in folder.glob('*.png')}
    sources = ''.join(path.read_text(encoding='utf-8') for path in Path(addon_files.ROOT, 'resources').rglob('*.py'))
    named = set(re.findall(r"icon\('(\w+)'\)", sources)) | {
        name for page in ('', 'account') for _, item, _ in world.open(page, handle=3 + len(page)).items
        for name in re.findall(r'/icons/(\w+)\.png', item.getArt('icon'))}
    assert named == there == set(icons.SIGNS)


def test_the_start_page_is_there_without_the_service(world: World) -> None:
    world.server.stop()
    listing = world.open('')
    assert listing.succeeded and listing.items[0][0] == BASE + 'sign_in'


def test_an_address_of_an_older_version_opens_the_start_page(world: World) -> None:
    world.answers['list'] = ApiError('unknown_list')
    assert BASE + 'account' in [url for url, _, _ in world.open('browse/old/', '?mode=x').items]


# ---- Continue Watching ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('query', 'asked', 'content'), [
    ('', {}, 'videos'), ('?type=movie', {'type': 'movie'}, 'movies'),
    ('?type=episode&limit=12', {'type': 'episode', 'limit': '12'}, 'episodes'),
    ('?limit=5', {'limit': '5'}, 'videos'), ('?reload=123', {}, 'videos'), ('?limit=many', {}, 'videos')])
def test_continue_watching_for_widgets(world: World, query: str, asked: Dict[str, str], content: str) -> None:
    world.answers['list'] = {'title': 'Continue Watching', 'content': content, 'items': [
        {'url': item_url.movie_url(MID, '7'), 'label': 'A film', 'mediatype': 'movie', 'dbid': 42,
         'info': {'title': 'A film', 'year': 2001}, 'resume': {'position': 61.5, 'total': 5400.0}},
        {'url': item_url.episode_url(MID, '3', '31'), 'label': 'Pilot', 'mediatype': 'episode'}]}
    listing = world.open('continue_watching', query)
    assert world.calls == [('list', dict(asked, path='continue_watching'))]
    assert listing.labels == ['A film', 'Pilot'] and listing.content == content and listing.succeeded
    assert listing.category == world.text(list_texts.CONTINUE_WATCHING)
    url, item, folder = listing.items[0]
    assert url == item_url.movie_url(MID, '7') and not folder and item.getProperty('IsPlayable') == 'true'
    assert item.getVideoInfoTag().getDbId() == 42


def test_nothing_to_continue_is_an_empty_page_not_an_error(world: World) -> None:
    listing = world.open('continue_watching')
    assert listing.succeeded and listing.items == [] and world.said() == []


def test_an_address_with_a_slash_at_the_end_is_the_same(world: World) -> None:
    world.open('continue_watching/')
    assert world.calls[0] == ('list', {'path': 'continue_watching'})


# ---- playing -------------------------------------------------------------------------------------------------------

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
def test_a_video_in_several_files_is_played_for_the_url_that_was_asked_for(fake_kodi: FakeKodi,  # noqa: F811
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


# ---- actions -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('name', ACTIONS)
@pytest.mark.parametrize('handle', [-1, 3])
def test_each_button_reaches_the_service_and_kodi_does_not_wait(world: World, name: str, handle: int) -> None:
    listing = world.open(name, handle=handle)
    assert world.calls == [(name, {})] and world.said() == []
    assert listing is None if handle < 0 else listing.succeeded is False


@pytest.mark.parametrize(('name', 'answer', 'text_id'), [
    ('sync', 'sync_started', library_texts.SYNC_STARTED),
    ('sync', 'sync_already_running', library_texts.SYNC_ALREADY_RUNNING),
    ('cancel_sync', 'sync_not_running', library_texts.SYNC_NOT_RUNNING),
    ('sign_in', 'sign_in_running', error_texts.SIGN_IN_RUNNING)])
def test_the_services_word_is_shown(world: World, name: str, answer: str, text_id: int) -> None:
    world.answers[name] = {'text': answer}
    world.open(name, handle=-1)
    assert world.said() == [world.text(text_id)]


def test_a_button_as_kodis_settings_call_it(world: World) -> None:
    """RunPlugin gives no query and the handle -1; some Kodis leave the rest out altogether."""
    entrypoint.run([BASE + 'sync', '-1'])
    entrypoint.run([BASE + 'sync'])
    entrypoint.run([BASE + 'sync', '-1', ''])
    assert [name for name, _ in world.calls] == ['sync'] * 3


# ---- what goes wrong -----------------------------------------------------------------------------------------------

def _no_file(world: World) -> None:
    world.server.stop()
    assert endpoint.read(world.profile) is None


def _crashed(world: World) -> None:
    """The file of a service that was killed."""
    found = world.server.endpoint
    world.server.stop()
    assert found is not None
    endpoint.write(world.profile, found)


def _half_a_file(world: World) -> None:
    Path(endpoint.path(world.profile)).write_text('{"port": 57')


def _another_secret(world: World) -> None:
    """Another Kodi on this machine has the port."""
    endpoint.write(world.profile, endpoint.Endpoint(world.server.port, 'other'))


@pytest.mark.parametrize('state', [_no_file, _crashed, _half_a_file, _another_secret])
@pytest.mark.parametrize('path', ['continue_watching', 'sync', 'play/movies/%s/' % MID])
def test_without_the_service_the_user_is_told_and_kodi_does_not_wait(
        world: World, state: Callable[[World], None], path: str) -> None:
    state(world)
    listing = world.open(path, '?id=7')
    assert world.said() == [world.text(error_texts.SERVICE_NOT_RUNNING)]
    if path.startswith('play'):
        assert not world.kodi.resolved[1].succeeded
    else:
        assert listing.succeeded is False
    world.open(path, '?id=7', handle=-1)


@pytest.mark.parametrize(('key', 'text_id'), [
    ('not_signed_in', error_texts.NOT_SIGNED_IN), ('server_unreachable', error_texts.SERVER_UNREACHABLE),
    ('server_busy', error_texts.SERVER_BUSY), ('sign_in_again', error_texts.SIGN_IN_AGAIN),
    ('no_server', error_texts.NO_SERVER), ('item_gone', error_texts.ITEM_GONE),
    ('something_from_a_newer_service', error_texts.ERROR), ('', error_texts.ERROR),
    ('by_name', error_texts.ERROR), ('annotations', error_texts.ERROR)])
def test_what_the_service_says_is_shown_in_the_users_language(world: World, key: str, text_id: int) -> None:
    world.answers['list'] = ApiError(key, 'GET /secret/path')
    listing = world.open('continue_watching')
    assert listing.succeeded is False
    assert world.said() == [world.text(text_id)] and 'secret' not in str(world.kodi.notifications)


def test_a_defect_in_the_service_is_told(world: World) -> None:
    world.answers['list'] = ZeroDivisionError('defect')
    assert world.open('continue_watching').succeeded is False
    assert world.said() == [world.text(error_texts.ERROR)]


def test_a_server_that_thinks_too_long_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, '_TIMEOUT', 0.05)

    def slow() -> Dict[str, Any]:
        time.sleep(0.15)
        return {'items': []}
    world.answers['list'] = slow
    assert world.open('continue_watching').succeeded is False
    assert world.said() == [world.text(error_texts.SERVER_UNREACHABLE)]


def test_another_program_on_our_port_is_no_crash(world: World) -> None:
    with socket.create_server(('127.0.0.1', 0)) as other:
        import threading

        def talk() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b'220 ftp ready\r\n')
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        endpoint.write(world.profile, endpoint.Endpoint(other.getsockname()[1], 'x'))
        assert world.open('continue_watching').succeeded is False
        thread.join(1)
    assert world.said() == [world.text(error_texts.SERVICE_NOT_RUNNING)]


def test_an_answer_that_lacks_what_is_needed_does_not_leave_kodi_waiting(world: World) -> None:
    """A service of another version, during an update."""
    world.answers['play'] = {}
    try:
        world.open(item_url.movies_path(MID), '?id=7')
    except KeyError:
        pytest.fail('Kodi shows "check the log" and goes on waiting')
    assert not world.kodi.resolved[1].succeeded and world.said()


# ---- report and context menu ---------------------------------------------------------------------------------------

def test_the_report_of_the_last_sync_opens_in_a_window(world: World) -> None:
    world.answers['sync_report'] = {'report': 'Added: 5'}
    world.open('sync_report')
    assert ('textviewer', (world.text(library_texts.SYNC_REPORT), 'Added: 5')) in world.kodi.dialogs


FILM = {'type': 'movie', 'id': 12, 'url': item_url.movie_url(MID, '7'), 'plexid': '7', 'plexguid': ''}


def on_screen() -> Any:
    """A film of Kodi's library in one of our lists."""
    from kodi_six import xbmcgui
    item = xbmcgui.ListItem('A film', path=item_url.movie_url(MID, '7'))
    item.setProperty('plexid', '7')
    tag = item.getVideoInfoTag()
    tag.setMediaType('movie')
    tag.setDbId(12)
    return item


def choose(world: World, name: str, *answers: Any) -> None:
    """Open the context menu where this is the second of two entries, and choose it."""
    world.answers['item_menu'] = {'title': 'A film', 'actions': ['show_similar', name]}
    world.kodi.answer(1, *answers)
    entrypoint.context_menu(on_screen())


def test_the_context_menu_has_one_item_written_anew(world: World) -> None:
    world.answers['item_action'] = {'refresh': True}
    choose(world, 'refresh')
    assert world.calls[0] == ('item_menu', FILM) and world.calls[-1] == ('refresh', {'type': 'movie', 'id': 12})
    kind, arguments = world.kodi.dialogs[0]
    assert kind == 'select' and arguments[0] == 'A film' and arguments[1] == [
        world.text(action_texts.SHOW_SIMILAR), world.text(action_texts.REFRESH)]


def test_what_was_chosen_is_done_and_the_list_on_the_screen_asked_for_again(world: World) -> None:
    world.answers['item_action'] = {'changed': True, 'text': 'on_watchlist'}
    choose(world, 'watchlist_add')
    assert world.calls[-1] == ('item_action', dict(FILM, action='watchlist_add'))
    assert world.kodi.builtins == ['Container.Refresh']
    assert world.said() == [world.text(action_texts.ON_WATCHLIST)]


def asking(world: World, **question: Any) -> None:
    """The service asks the user first."""
    answers = iter([question, {'changed': True}])
    world.answers['item_action'] = lambda: next(answers)


@pytest.mark.parametrize(('index', 'value'), [(0, 'ten'), (1, 'none')])
def test_what_the_service_asks_is_chosen_by_the_user(world: World, index: int, value: str) -> None:
    asking(world, choose={'heading': 'How many', 'values': ['ten', 'none'], 'labels': ['All', 'Nothing']})
    choose(world, 'rate', index)
    assert list(world.kodi.dialogs[-1][1][:2]) == ['How many', ['All', 'Nothing']]
    assert world.calls[-1] == ('item_action', dict(FILM, action='rate', choice=value))
    assert world.kodi.builtins == ['Container.Refresh']


def test_a_choice_that_is_cancelled_changes_nothing(world: World) -> None:
    asking(world, choose={'heading': 'How many', 'values': ['ten'], 'labels': ['All']})
    choose(world, 'rate')
    assert len(world.calls) == 2 and not world.kodi.builtins


@pytest.mark.parametrize('answer', [False, True])
def test_nothing_is_deleted_before_the_question_that_names_it_was_answered(world: World, answer: bool) -> None:
    asking(world, confirm={'heading': 'Delete', 'question': 'Delete A film?', 'yes': 'Do it'})
    choose(world, 'delete', answer)
    kind, arguments = world.kodi.dialogs[1]
    assert kind == 'yesno' and 'A film' in arguments[1]
    assert [name for name, _ in world.calls] == ['item_menu', 'item_action'] + ['item_action'] * answer
    assert not answer or world.calls[-1][1]['confirmed'] is True


@pytest.mark.parametrize(('typed', 'sent'), [('  Evening ', ['Evening']), ('   ', []), (None, [])])
def test_a_name_is_typed_by_the_user(world: World, typed: Optional[str], sent: List[str]) -> None:
    asking(world, type={'heading': 'Name of the playlist', 'default': 'A film'})
    choose(world, 'playlist_add', *[] if typed is None else [typed])
    assert list(world.kodi.dialogs[-1][1][:2]) == ['Name of the playlist', 'A film']
    assert [arguments['typed'] for _, arguments in world.calls if 'typed' in arguments] == sent


def test_a_service_that_never_stops_asking_is_not_asked_for_ever(world: World) -> None:
    world.answers['item_action'] = {'confirm': {'heading': 'a', 'question': 'b', 'yes': 'c'}}
    choose(world, 'delete', *[True] * 20)
    assert len(world.calls) < 10 and not world.kodi.builtins


def test_an_action_can_have_something_played(world: World) -> None:
    world.answers['item_action'] = {'play': BASE + 'play/x'}
    choose(world, 'play_again')
    assert world.kodi.builtins == ['PlayMedia(%splay/x)' % BASE]


def test_a_servers_refusal_is_read_in_its_words(world: World) -> None:
    world.answers['play'] = ApiError('transcode_refused', 'Not enough bandwidth.')
    world.open('play/movies/%s/?id=7' % MID)
    assert world.said() == ['Not enough bandwidth.']
    world.answers['play'] = ApiError('transcode_refused')
    world.open('play/movies/%s/?id=7' % MID, handle=2)
    assert world.said()[-1] == world.text(transcode_texts.TRANSCODE_REFUSED)


def test_extras_open_as_a_list(world: World) -> None:
    world.answers['item_action'] = {'open': BASE + 'extras?id=7'}
    choose(world, 'show_extras')
    assert world.kodi.builtins == ['ActivateWindow(Videos,%sextras?id=7,return)' % BASE]
    world.kodi.conditions.add('Window.IsActive(videos)')
    choose(world, 'show_extras')
    assert world.kodi.builtins[-1] == 'Container.Update(%sextras?id=7)' % BASE


def test_a_context_menu_that_is_closed_does_nothing(world: World) -> None:
    world.answers['item_menu'] = {'title': 'A film', 'actions': ['show_similar']}
    entrypoint.context_menu(on_screen())
    assert [name for name, _ in world.calls] == ['item_menu']


def test_a_context_menu_without_anything_to_do_says_so(world: World) -> None:
    world.answers['item_menu'] = {'title': '', 'actions': []}
    entrypoint.context_menu(on_screen())
    assert world.said() == [world.text(action_texts.NOTHING_TO_DO)]


# ---- search --------------------------------------------------------------------------------------------------------

def test_a_search_asks_for_words_and_opens_their_page(world: World) -> None:
    """As a page of its own: when the user comes back from an entry, he is not asked again."""
    world.kodi.answer('Crème (1), & more')
    listing = world.open('search')
    assert listing.succeeded is False and world.calls == []
    url = BASE + 'search?query=Cr%C3%A8me%20%281%29%2C%20%26%20more'
    assert world.kodi.builtins == ['Container.Update(%s)' % url]
    world.open(BASE + 'search', '?' + url.partition('?')[2], handle=2)
    assert world.calls == [('list', {'path': 'search', 'query': 'Crème (1), & more'})]


def test_a_search_from_a_button_opens_a_window(world: World) -> None:
    world.kodi.answer('space')
    world.open('search', '?type=movie', handle=-1)
    assert world.kodi.builtins == ['ActivateWindow(Videos,%ssearch?query=space&type=movie,return)' % BASE]


@pytest.mark.parametrize('words', ['', '   '])
def test_who_types_nothing_stays_where_he_was(world: World, words: str) -> None:
    world.kodi.answer(words)
    assert world.open('search').succeeded is False and world.kodi.builtins == []


def test_options_of_lists_arrive_by_name_and_others_do_not(world: World) -> None:
    query = '?section=2&id=1&key=%2Fhubs%2Fx%3Fa%3D1%26b%3D2&page=2&sort=year%3Adesc&year=199x&unwatched=1&path=x'
    world.open('hub', query)
    assert world.calls == [('list', {'path': 'hub', 'section': '2', 'id': '1', 'key': '/hubs/x?a=1&b=2', 'page': '2',
                                     'sort': 'year:desc', 'unwatched': '1'})]
