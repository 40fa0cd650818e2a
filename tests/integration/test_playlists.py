"""Plex playlists are Kodi playlists: they come with the service, follow both sides, and lose nobody's work."""
from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Sequence

import pytest

from resources.lib import item_url
from resources.lib.playlists import entries, m3u
from resources.lib.service.events import PlaylistsChanged, SignedOut, UserSwitched
from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import OWNER, Library

PATIENCE = 20.0


class Player:
    """Somebody with playlists in Plex and in Kodi."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.kodi = environment.kodi
        self.library = environment.sync_env.library
        self.machine = environment.sync_env.machine
        self.folder = Path(self.kodi.real_path('special://profile/playlists/video'))
        self.record = Path(self.kodi.real_path(
            'special://profile/addon_data/%s/playlists.json' % item_url.ADDON_ID))

    def key(self, title: str) -> int:
        return next(item.rating_key for kind in ('movie', 'episode') for item in self.library.items(kind)
                    if item.title == title)

    def titles(self, keys: Sequence[object]) -> List[str]:
        return [self.library.need(key).title for key in keys]

    # ---- Plex ------------------------------------------------------------------------------------------------------

    def playlist(self, title: str, *items: str, **more: object) -> int:
        made = self.library.add_playlist(title, [self.key(item) for item in items], **more)  # type: ignore[arg-type]
        return made.rating_key

    def in_plex(self, playlist_key: int) -> List[str]:
        return self.titles(self.library.playlists[playlist_key].members)

    def of_plex(self) -> Dict[str, List[str]]:
        return {one.title: self.titles(one.members) for one in self.library.playlists.values()}

    # ---- Kodi ------------------------------------------------------------------------------------------------------

    def names(self) -> List[str]:
        """The playlist files; not those that are being written."""
        if not self.folder.exists():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.suffix.lower() in ('.m3u', '.m3u8'))

    def in_kodi(self, name: str) -> List[str]:
        urls = m3u.read((self.folder / name).read_bytes()).urls
        return self.titles([entries.rating_key(url, self.machine) for url in urls])

    def saves(self, name: str, *items: str, seconds_ago: float = 10.0, also: str = '') -> None:
        """What Kodi does when the user saves a playlist."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = ['#EXTCPlayListM3U::M3U']
        for title in items:
            lines += ['#EXTINF:0,' + title, self.url(title)]
        path = self.folder / name
        path.write_text('\n'.join([*lines, *filter(None, [also])]) + '\n', encoding='utf-8')
        then = time.time() - seconds_ago
        os.utime(path, (then, then))

    def url(self, title: str) -> str:
        item = self.library.need(self.key(title))
        if item.type == 'movie':
            return item_url.movie_url(self.machine, str(item.rating_key))
        return item_url.episode_url(self.machine, str(item.root().rating_key), str(item.rating_key))

    # ---- time ------------------------------------------------------------------------------------------------------

    def told(self) -> None:
        """The server says that a playlist has changed."""
        self.environment.running.shared.events.publish(PlaylistsChanged())

    def waits(self, condition: Callable[[], object]) -> None:
        self.told()
        self.kodi.wait_for(condition, PATIENCE)

    def settled(self) -> None:
        """Wait until both sides were compared twice more: whatever was going to happen has happened."""
        for _ in range(2):
            before = len(self.environment.sim.requests.find(r'/playlists$'))
            self.told()
            self.kodi.wait_for(lambda before=before: len(  # type: ignore[misc]
                self.environment.sim.requests.find(r'/playlists$')) > before, PATIENCE)

    def wants(self, mode: str) -> None:
        self.kodi.set_setting('plex_playlists', mode)


@pytest.fixture
def player(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    for name in ('_QUIET', '_BEGINNING', '_SYNCING'):
        monkeypatch.setattr('resources.lib.service.playlists.part.' + name, 0.0 if name != '_SYNCING' else 0.05)
    library = Library.empty()
    films, shows = library.add_section('movie', 'Movies'), library.add_section('show', 'Series')
    for title in ('Alpha', 'Beta', 'Gamma', 'Delta'):
        library.add_movie(title, films.id, year=1999)
    season = library.add_season(library.add_show('Space', shows.id).rating_key, 1)
    library.add_episode(season.rating_key, 1, 'Start')
    environment = ServiceEnvironment(fake_kodi, library, monkeypatch)
    fake_kodi.set_setting('plex_playlists', 'from_plex')
    try:
        environment.start_kodi()
        environment.sign_in()
        yield Player(environment)
    finally:
        environment.close()


def test_playlists_of_plex_are_files_that_kodi_plays_in_order(player: Player) -> None:
    player.playlist('Evening', 'Gamma', 'Start', 'Alpha', 'Gamma')
    player.playlist('Old', smart=(1, 'type=1&year=1999&sort=titleSort'))
    player.playlist('Music', kind='audio')
    player.playlist('Of somebody else', 'Alpha', user=99)
    player.waits(lambda: player.names() == ['Evening.m3u', 'Old.m3u'])
    assert player.in_kodi('Evening.m3u') == ['Gamma', 'Start', 'Alpha', 'Gamma']
    assert player.in_kodi('Old.m3u') == ['Alpha', 'Beta', 'Delta', 'Gamma']
    lines = (player.folder / 'Evening.m3u').read_text(encoding='utf-8').splitlines()
    assert lines[2] == '#EXTINF:5400,Gamma (1999)' and lines[3] == player.url('Gamma')
    assert lines[4].endswith(',Space 1x01 · Start') and lines[5] == player.url('Start')


def test_no_file_holds_a_token_or_an_address(player: Player) -> None:
    player.playlist('Evening', 'Alpha')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    written = (player.folder / 'Evening.m3u').read_text(encoding='utf-8') + player.record.read_text(encoding='utf-8')
    assert player.environment.sim.owner_token not in written and '127.0.0.1' not in written


def test_changes_in_plex_come_to_kodi(player: Player) -> None:
    key = player.playlist('Evening', 'Alpha')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.library.add_to_playlist(key, [player.key('Beta')])
    player.waits(lambda: player.in_kodi('Evening.m3u') == ['Alpha', 'Beta'])
    player.library.set_playlist(key, title='Night: late')
    player.waits(lambda: player.names() == ['Night late.m3u'])
    player.library.delete_playlist(key)
    player.waits(lambda: player.names() == [])


def test_a_smart_playlist_follows_the_library(player: Player) -> None:
    player.playlist('Unwatched', smart=(1, 'type=1&unwatched=1&sort=titleSort'))
    player.waits(lambda: player.names() == ['Unwatched.m3u'])
    player.environment.sync()
    player.library.scrobble(player.key('Beta'))
    player.environment.sync()
    player.waits(lambda: player.in_kodi('Unwatched.m3u') == ['Alpha', 'Delta', 'Gamma'])


def test_when_nothing_changed_one_question_is_enough_and_nothing_is_written(player: Player) -> None:
    for number in range(5):
        player.playlist('List %d' % number, 'Alpha')
    player.waits(lambda: len(player.names()) == 5)
    player.settled()
    before = {name: (player.folder / name).stat().st_mtime_ns for name in player.names()}
    player.environment.sim.reset_stats()
    player.told()
    player.kodi.wait_for(lambda: player.environment.sim.requests.find(r'/playlists$'), PATIENCE)
    player.environment.stop_kodi()
    assert [entry.path for entry in player.environment.sim.requests.find('/playlists')] == ['/playlists']
    assert before == {name: (player.folder / name).stat().st_mtime_ns for name in player.names()}


def test_the_users_own_files_are_never_overwritten(player: Player) -> None:
    player.folder.mkdir(parents=True)
    own = player.folder / 'evening.M3U'
    own.write_text('#EXTM3U\n/media/film.mkv\n')
    player.playlist('Evening', 'Alpha')
    player.playlist('Evening', 'Beta')
    player.waits(lambda: player.names() == ['Evening (Plex 2).m3u', 'Evening (Plex).m3u', 'evening.M3U'])
    assert own.read_text() == '#EXTM3U\n/media/film.mkv\n'
    assert sorted(player.in_kodi(name) for name in player.names()[:2]) == [['Alpha'], ['Beta']]


def test_odd_titles_are_files_too(player: Player) -> None:
    titles = ['a/b', '..', 'CON', 'x' * 300, '🎬', 'dots...', '', 'a:b', 'a?b']
    for title in titles:
        player.playlist(title, 'Alpha')
    player.waits(lambda: len(player.names()) == len(titles))
    assert all(player.in_kodi(name) == ['Alpha'] for name in player.names())
    assert [path for path in player.folder.parent.rglob('*') if path.is_file()
            and path.parent != player.folder] == []


# ---- what is changed in Kodi ---------------------------------------------------------------------------------------

def test_from_plex_only_what_was_changed_in_kodi_is_the_users_and_plex_stays(player: Player) -> None:
    key = player.playlist('Evening', 'Alpha', 'Beta')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.saves('Evening.m3u', 'Beta')
    player.saves('Mine.m3u', 'Gamma')
    player.waits(lambda: len(player.names()) == 3)
    assert player.in_kodi('Evening (Plex).m3u') == ['Alpha', 'Beta'] == player.in_plex(key)
    assert player.in_kodi('Evening.m3u') == ['Beta'] and player.in_kodi('Mine.m3u') == ['Gamma']
    player.settled()
    assert list(player.of_plex()) == ['Evening'] and len(player.names()) == 3


def test_what_is_saved_in_kodi_arrives_at_plex_in_its_order(player: Player) -> None:
    player.wants('both')
    key = player.playlist('Evening', 'Alpha', 'Beta', 'Gamma')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.saves('Evening.m3u', 'Start', 'Gamma', 'Alpha', 'Gamma')
    player.waits(lambda: player.in_plex(key) == ['Start', 'Gamma', 'Alpha', 'Gamma'])
    player.settled()
    assert player.in_kodi('Evening.m3u') == ['Start', 'Gamma', 'Alpha', 'Gamma']
    assert list(player.of_plex()) == ['Evening'] and player.names() == ['Evening.m3u']


def test_a_playlist_that_is_made_in_kodi_is_made_in_plex(player: Player) -> None:
    player.wants('both')
    player.saves('Party.m3u', 'Delta', 'Alpha')
    player.saves('With my own.m3u', 'Delta', also='/media/film.mkv')
    player.waits(lambda: player.of_plex() == {'Party': ['Delta', 'Alpha']})
    player.settled()
    assert player.names() == ['Party.m3u', 'With my own.m3u'] and len(player.of_plex()) == 1
    key = next(iter(player.library.playlists))
    player.library.add_to_playlist(key, [player.key('Beta')])
    player.waits(lambda: player.in_kodi('Party.m3u') == ['Delta', 'Alpha', 'Beta'])


def test_a_file_that_is_still_being_written_is_left_alone_for_a_moment(player: Player) -> None:
    player.wants('both')
    player.saves('Party.m3u', 'Delta', seconds_ago=0.0)
    with (player.folder / 'Party.m3u').open('a', encoding='utf-8') as stream:
        stream.write(player.url('Alpha')[:-1])  # the disk is slow: half a line
        stream.flush()
        player.settled()
        assert player.of_plex() == {}
        stream.write(player.url('Alpha')[-1] + '\n')
    player.waits(lambda: player.of_plex() == {'Party': ['Delta', 'Alpha']})


def test_half_a_file_takes_nothing_out_of_plex(player: Player) -> None:
    player.wants('both')
    key = player.playlist('Evening', 'Alpha', 'Beta', 'Gamma')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    for content in (player.url('Alpha').encode()[:-1], b'', b'\0' * 200):
        path = player.folder / 'Evening.m3u'
        path.write_bytes(content)
        os.utime(path, (time.time() - 10, time.time() - 10))
        player.settled()
        assert player.in_plex(key) == ['Alpha', 'Beta', 'Gamma']


def test_a_version_of_kodi_that_saves_with_another_suffix_makes_no_doubles(player: Player) -> None:
    player.wants('both')
    key = player.playlist('Evening', 'Alpha', 'Beta')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.saves('Evening.m3u8', 'Beta', 'Gamma')
    player.waits(lambda: player.in_plex(key) == ['Beta', 'Gamma'] and player.names() == ['Evening.m3u8'])
    player.settled()
    assert list(player.of_plex()) == ['Evening'] and player.in_kodi('Evening.m3u8') == ['Beta', 'Gamma']


def test_a_smart_playlist_that_is_changed_in_kodi_becomes_a_plain_one_beside_it(player: Player) -> None:
    player.wants('both')
    player.playlist('Old', smart=(1, 'type=1&year=1999&sort=titleSort'))
    player.waits(lambda: player.names() == ['Old.m3u'])
    player.settled()
    player.saves('Old.m3u', 'Delta')
    player.waits(lambda: len(player.library.playlists) == 2 and len(player.names()) == 2)
    assert player.in_kodi('Old.m3u') == ['Delta']
    assert player.in_kodi('Old (Plex).m3u') == ['Alpha', 'Beta', 'Delta', 'Gamma']


def test_the_later_change_counts_when_both_sides_changed(player: Player) -> None:
    player.wants('both')
    first, second = player.playlist('First', 'Alpha'), player.playlist('Second', 'Alpha')
    player.waits(lambda: player.names() == ['First.m3u', 'Second.m3u'])
    player.settled()
    player.environment.stop_kodi()
    now = player.library.clock.now()
    player.library.add_to_playlist(first, [player.key('Beta')])
    player.library.add_to_playlist(second, [player.key('Beta')])
    player.saves('First.m3u', 'Gamma', seconds_ago=time.time() - now + 3600)
    player.saves('Second.m3u', 'Gamma', seconds_ago=-3600)
    player.environment.start_kodi()
    player.waits(lambda: player.in_plex(second) == ['Gamma'] and player.in_kodi('First.m3u') == ['Alpha', 'Beta'])
    assert player.in_plex(first) == ['Alpha', 'Beta'] and player.in_kodi('Second.m3u') == ['Gamma']


def test_a_deletion_in_kodi_hides_a_playlist_there_and_deletes_nothing_in_plex(player: Player) -> None:
    player.wants('both')
    key = player.playlist('Evening', 'Alpha')
    player.playlist('Night', 'Beta')
    player.waits(lambda: len(player.names()) == 2)
    player.settled()
    (player.folder / 'Evening.m3u').unlink()
    player.settled()
    player.library.add_to_playlist(key, [player.key('Gamma')])
    player.settled()
    assert player.names() == ['Night.m3u'] and player.in_plex(key) == ['Alpha', 'Gamma']
    player.environment.stop_kodi()
    player.environment.start_kodi()
    player.settled()
    assert player.names() == ['Night.m3u']
    player.wants('off')
    player.kodi.wait_for(lambda: player.names() == [], PATIENCE)
    player.wants('from_plex')
    player.kodi.wait_for(lambda: player.names() == ['Evening.m3u', 'Night.m3u'], PATIENCE)


def test_a_folder_that_was_lost_comes_back(player: Player) -> None:
    player.playlist('Evening', 'Alpha')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    (player.folder / 'Evening.m3u').unlink()
    player.folder.rmdir()
    player.waits(lambda: player.names() == ['Evening.m3u'])


def test_a_file_that_is_renamed_in_kodi_keeps_its_name_and_follows_plex(player: Player) -> None:
    key = player.playlist('Evening', 'Alpha')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    (player.folder / 'Evening.m3u').rename(player.folder / 'Film night.m3u')
    player.library.add_to_playlist(key, [player.key('Beta')])
    player.waits(lambda: player.names() == ['Film night.m3u']
                 and player.in_kodi('Film night.m3u') == ['Alpha', 'Beta'])
    player.library.set_playlist(key, title='Other')
    player.settled()
    assert player.names() == ['Film night.m3u']


def test_kodi_tells_when_to_look_at_its_folder(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.service.playlists.part._AFTER_QUEUE', (0.0, 0.3))
    player.wants('both')
    key = player.playlist('Evening', 'Alpha')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.saves('Evening.m3u', 'Beta')
    player.kodi.notify('xbmc', 'Playlist.OnAdd', {'playlistid': 1, 'position': 0})
    player.kodi.wait_for(lambda: player.in_plex(key) == ['Beta'], PATIENCE)


# ---- interruptions --------------------------------------------------------------------------------------------------

def test_an_interrupted_change_of_plex_is_completed_later(player: Player) -> None:
    player.wants('both')
    key = player.playlist('Evening', 'Alpha', 'Beta', 'Gamma')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.environment.sim.faults.add('/move', 503, times=1)
    player.saves('Evening.m3u', 'Gamma', 'Beta', 'Delta', 'Alpha', seconds_ago=3600.0)
    player.waits(lambda: player.environment.sim.requests.find('/move'))
    player.environment.stop_kodi()
    assert sorted(player.in_plex(key)) == ['Alpha', 'Beta', 'Delta', 'Gamma'] and '"sending": true' in \
        player.record.read_text(), 'Plex has what is new already, and a newer time than the file'
    player.environment.start_kodi()
    player.waits(lambda: player.in_plex(key) == ['Gamma', 'Beta', 'Delta', 'Alpha'])
    assert player.in_kodi('Evening.m3u') == ['Gamma', 'Beta', 'Delta', 'Alpha']


def test_a_lost_record_makes_no_doubles(player: Player) -> None:
    key = player.playlist('Evening', 'Alpha')
    player.wants('both')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.environment.stop_kodi()
    for content in ('', '[]', '{"a": {"playlists": {"1": {"file": "../../x", "title": 1}}}}', None):
        if content is None:
            player.record.unlink()
        else:
            player.record.write_text(content)
        player.environment.start_kodi()
        player.settled()
        player.environment.stop_kodi()
        assert player.names() == ['Evening.m3u'] and list(player.of_plex()) == ['Evening']
    player.environment.start_kodi()
    player.library.add_to_playlist(key, [player.key('Beta')])
    player.waits(lambda: player.in_kodi('Evening.m3u') == ['Alpha', 'Beta'])


def test_a_long_playlist_is_cut_and_not_changed_from_kodi(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.service.playlists.sending.MOST_ITEMS', 2)
    monkeypatch.setattr('resources.lib.service.playlists.keeper.MOST_PLAYLISTS', 1)
    player.wants('both')
    key = player.playlist('Evening', 'Alpha', 'Beta', 'Gamma')
    player.playlist('Night', 'Beta')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    assert player.in_kodi('Evening.m3u') == ['Alpha', 'Beta']
    player.saves('Evening.m3u', 'Beta')
    player.settled()
    assert player.in_plex(key) == ['Alpha', 'Beta', 'Gamma']


def test_ten_thousand_items_come_to_kodi(player: Player) -> None:
    keys = [player.key('Alpha'), player.key('Beta')] * 5000
    player.library.add_playlist('Long', keys)
    player.waits(lambda: player.names() == ['Long.m3u'] and player.record.exists())
    assert len(m3u.read((player.folder / 'Long.m3u').read_bytes()).urls) == 10000


def test_a_sync_does_not_share_the_server_with_playlists(player: Player) -> None:
    player.settled()
    with player.environment.running.shared.databases.writing:
        player.environment.sim.reset_stats()
        player.playlist('Evening', 'Alpha')
        player.told()
        player.environment.call('status')
        assert not player.environment.sim.requests.find('/playlists')
    player.kodi.wait_for(lambda: player.names() == ['Evening.m3u'], PATIENCE)


# ---- users and servers ----------------------------------------------------------------------------------------------

def test_another_user_has_other_playlists_and_gets_nothing_of_the_first_ones(player: Player) -> None:
    child = player.environment.sim.accounts.add_user('Child')
    player.wants('both')
    mine = player.playlist('Mine', 'Alpha')
    player.playlist("Child's", 'Beta', user=child.id)
    player.waits(lambda: player.names() == ['Mine.m3u'])
    player.settled()
    player.saves('Mine.m3u', 'Gamma')  # not carried to Plex yet
    player.environment.watch_as(child)
    player.environment.running.shared.events.publish(UserSwitched())
    player.waits(lambda: "Child's.m3u" in player.names())
    player.settled()
    assert {one.title for one in player.library.playlists.values() if one.user == child.id} == {"Child's"}
    player.environment.auth.select_user(player.environment.sim.accounts.users[OWNER].uuid)
    player.environment.running.shared.events.publish(UserSwitched())
    player.waits(lambda: player.in_plex(mine) == ['Gamma'])
    player.kodi.wait_for(lambda: player.names() == ['Mine.m3u'], PATIENCE)


@pytest.mark.parametrize('remove', [True, False])
def test_at_sign_out_the_files_go_with_the_library(player: Player, remove: bool) -> None:
    player.playlist('Evening', 'Alpha')
    player.saves('Mine.m3u', also='/media/film.mkv')
    player.waits(lambda: player.names() == ['Evening.m3u', 'Mine.m3u'])
    player.settled()
    player.environment.auth.sign_out()
    player.environment.running.shared.events.publish(SignedOut(remove))
    if remove:
        player.kodi.wait_for(lambda: player.names() == ['Mine.m3u'], PATIENCE)
        player.kodi.wait_for(lambda: json.loads(player.record.read_text()) == {}, PATIENCE)
    else:
        player.environment.stop_kodi()
        assert player.names() == ['Evening.m3u', 'Mine.m3u']


def test_off_takes_the_files_away_and_asks_the_server_nothing(player: Player) -> None:
    player.playlist('Evening', 'Alpha')
    player.waits(lambda: player.names() == ['Evening.m3u'])
    player.settled()
    player.wants('off')
    player.kodi.wait_for(lambda: player.names() == [], PATIENCE)
    player.environment.sim.reset_stats()
    player.told()
    player.environment.stop_kodi()
    assert not player.environment.sim.requests.find('/playlists')
