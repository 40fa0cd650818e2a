"""What the user changes in Kodi's files reaches Plex, and nobody's work is lost."""
from __future__ import annotations

import os
import time

import pytest

from resources.lib.service.playlists import keeper
from tests.integration.playlists.player import PATIENCE, Player


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


def test_a_file_that_is_still_being_written_is_left_alone_for_a_moment(player: Player,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    player.wants('both')
    with monkeypatch.context() as patch:
        patch.setattr(keeper, 'SETTLED', 600.0)  # a moment of which this machine, too, sees both ends
        player.saves('Party.m3u', 'Delta', seconds_ago=0.0)
        stream = (player.folder / 'Party.m3u').open('a', encoding='utf-8')
        stream.write(player.url('Alpha')[:-1])  # the disk is slow: half a line
        stream.flush()
        player.settled()
        assert player.of_plex() == {}
        stream.write(player.url('Alpha')[-1] + '\n')
        stream.close()
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
