"""Interruptions, lost records, long playlists, and a sync at the same time."""
from __future__ import annotations

import pytest

from resources.lib.playlists import m3u
from tests.integration.playlists.player import PATIENCE, Player


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
    put_off = player.put_off()
    with player.environment.running.shared.databases.writing:
        player.told()
        player.kodi.wait_for(lambda: put_off)  # the comparison before has come to its end
        player.environment.sim.reset_stats()
        player.playlist('Evening', 'Alpha')
        put_off.clear()
        player.kodi.wait_for(lambda: len(put_off) > 3)
        assert not player.environment.sim.requests.find('/playlists')
    player.kodi.wait_for(lambda: player.names() == ['Evening.m3u'], PATIENCE)
