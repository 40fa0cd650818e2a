"""Playlists of several users, at sign-out, and switched off."""
from __future__ import annotations

import json

import pytest

from resources.lib.service.events import SignedOut, UserSwitched
from tests.integration.playlists.player import PATIENCE, Player
from tools.plexsim import OWNER


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
