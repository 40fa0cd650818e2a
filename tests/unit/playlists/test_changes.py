"""A playlist of the server becomes the one that was saved in Kodi, and loses nothing on the way."""
from __future__ import annotations

import random
from typing import List, Sequence

from resources.lib.playlists.changes import Place, additions, moves, removals


class Playlist:
    """The server's playlist, as its requests change it."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._last = 0
        self.places: List[Place] = []
        self.add(keys)
        self.lowest = set(keys)

    def add(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._last += 1
            self.places.append(Place(str(self._last), key))

    def remove(self, place: str) -> None:
        self.places = [one for one in self.places if one.id != place]

    def move(self, place: str, after: str) -> None:
        moved = next(one for one in self.places if one.id == place)
        self.remove(place)
        index = next(number for number, one in enumerate(self.places) if one.id == after) + 1 if after else 0
        self.places.insert(index, moved)

    def keys(self) -> List[str]:
        return [place.rating_key for place in self.places]


def change(now: Sequence[str], wanted: Sequence[str]) -> int:
    """Carry it out; returns the number of requests."""
    playlist = Playlist(now)
    new = additions(playlist.places, wanted)
    gone = removals(playlist.places, wanted)
    playlist.add(new)
    for place in gone:
        playlist.remove(place)
        assert set(playlist.keys()) >= set(now) & set(wanted)
    steps = moves(playlist.places, wanted)
    for step in steps:
        playlist.move(step.place, step.after)
    assert playlist.keys() == list(wanted)
    return len(gone) + len(steps) + bool(new)


def test_a_small_change_is_a_small_change() -> None:
    films = [str(number) for number in range(1000)]
    assert change(films, films) == 0
    assert change(films, films[1:]) == 1
    assert change(films, [*films, 'new']) == 1
    assert change(films, [films[-1], *films[:-1]]) == 1
    assert change(films, [*films[1:], films[0]]) == 1
    assert change(films, ['new', *films]) == 2
    assert change(films, []) == 1000
    assert change([], films) == 1


def test_the_same_item_may_be_there_several_times() -> None:
    assert change(['a', 'a', 'b'], ['a', 'b', 'a']) == 1
    assert change(['a', 'b', 'a'], ['a']) == 2
    assert change(['a'], ['a', 'a', 'a']) == 1


def test_any_playlist_becomes_any_other() -> None:
    chance = random.Random(11)
    for _ in range(400):
        change([chance.choice('abcdefgh') for _ in range(chance.randrange(12))],
               [chance.choice('abcdefgh') for _ in range(chance.randrange(12))])


def test_ten_thousand_items_in_another_order_are_no_matter_of_minutes() -> None:
    films = [str(number) for number in range(10000)]
    places = [Place('p' + key, key) for key in films]
    shuffled = list(films)
    random.Random(1).shuffle(shuffled)
    assert len(moves(places, shuffled)) < 10000
    assert moves(places, films[5000:] + films[:5000]) and len(moves(places, films[5000:] + films[:5000])) == 5000
