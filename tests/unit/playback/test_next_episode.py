"""Plex's order of episodes, and what it costs to know the next one."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional

import pytest

from resources.lib import plex_model
from resources.lib.playback import next_episode
from resources.lib.plex_model import PlayableItem


def season(key: str, index: int) -> Dict[str, Any]:
    return {'ratingKey': key, 'type': 'season', 'index': index, 'parentRatingKey': 'show'}


def episode(key: str, number: int, index: int, files: str = '') -> Dict[str, Any]:
    """``files``: names of the files of its versions, in words; its own key by default."""
    media = [{'id': 1, 'Part': [{'id': 1, 'key': '/p', 'file': '/tv/%s.mkv' % name}]}
             for name in (files or key).split()]
    return {'ratingKey': key, 'type': 'episode', 'index': index, 'parentIndex': number,
            'parentRatingKey': 's%d' % number, 'grandparentRatingKey': 'show', 'Media': media}


class Server:
    """Lists by key, and which were asked for."""

    def __init__(self, **lists: List[Dict[str, Any]]) -> None:
        self.lists = lists
        self.asked: List[str] = []

    def children(self, rating_key: str) -> Iterator[PlayableItem]:
        self.asked.append(rating_key)
        return (plex_model.playable_item(raw) for raw in self.lists.get(rating_key, []))

    def after(self, key: str) -> Optional[str]:
        raws = [raw for rows in self.lists.values() for raw in rows if raw['ratingKey'] == key]
        found = next_episode.find(self, plex_model.playable_item(raws[0]))
        return found.item.rating_key if found else None


@pytest.fixture
def server() -> Server:
    return Server(show=[season('s0', 0), season('s1', 1), season('s2', 2), season('s4', 4)],
                  s0=[episode('x1', 0, 1), episode('x2', 0, 2)], s1=[episode('a1', 1, 1), episode('a2', 1, 3)], s2=[],
                  s4=[episode('d1', 4, 1)])


def test_within_a_season_one_request_will_do(server: Server) -> None:
    assert server.after('a1') == 'a2'
    assert server.asked == ['s1']


def test_the_next_season_follows_although_one_is_empty_and_one_missing(server: Server) -> None:
    assert server.after('a2') == 'd1'
    assert server.asked == ['s1', 'show', 's2', 's4']


def test_nothing_comes_after_the_last_one(server: Server) -> None:
    assert server.after('d1') is None


def test_specials_follow_one_another_and_lead_nowhere(server: Server) -> None:
    assert server.after('x1') == 'x2'
    assert server.after('x2') is None


def test_regular_seasons_do_not_lead_into_specials(server: Server) -> None:
    server.lists['show'] = [season('s1', 1), season('s0', 0)]
    assert server.after('a2') is None


def test_a_second_episode_in_the_same_file_was_seen_with_the_first(server: Server) -> None:
    server.lists['s1'] = [episode('a1', 1, 1, 'both'), episode('a2', 1, 2, 'both'), episode('a3', 1, 3)]
    assert server.after('a1') == 'a3'


def test_versions_of_an_episode_are_no_episodes(server: Server) -> None:
    server.lists['s1'] = [episode('a1', 1, 1, 'a1-4k a1-sd'), episode('a2', 1, 2, 'a2-4k a2-sd')]
    assert server.after('a1') == 'a2'


def test_what_is_in_the_bin_is_passed_over(server: Server) -> None:
    gone = episode('a2', 1, 2)
    gone['Media'][0]['deletedAt'] = 1700000000
    server.lists['s1'] = [episode('a1', 1, 1), gone, episode('a3', 1, 3)]
    assert server.after('a1') == 'a3'


def test_a_list_without_files_is_believed(server: Server) -> None:
    server.lists['s1'] = [episode('a1', 1, 1), dict(episode('a2', 1, 2), Media=[])]
    assert server.after('a1') == 'a2'


def test_a_film_has_none(server: Server) -> None:
    server.lists['films'] = [{'ratingKey': 'm', 'type': 'movie'}]
    assert server.after('m') is None
    assert not server.asked
