"""The pages that the plugin makes itself: the start page, and account and synchronisation."""
from __future__ import annotations

import re
from pathlib import Path
from typing import List

from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import library as library_texts
from resources.lib.kodi.texts import lists as list_texts
from resources.lib.kodi.texts import status as status_texts
from resources.lib.local_server.api import ApiError
from tests.fakes import addon_files
from tests.unit.plugin.world import BASE, World
from tools import icons

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
