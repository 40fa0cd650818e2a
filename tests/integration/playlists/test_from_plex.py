"""Playlists of Plex are files that Kodi plays, and follow Plex."""
from __future__ import annotations

from tests.integration.playlists.player import PATIENCE, Player


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
