"""The guide goes through its steps in order, and survives each that fails."""
from __future__ import annotations

from typing import List, Tuple

from resources.lib.cancellation import Cancellation
from resources.lib.plex_errors import PlexConnectionError
from resources.lib.service.events import EventBus, GuideEnded
from resources.lib.service.guide import Guide, Place


class Walk:
    """A guide whose steps note that they were shown."""

    def __init__(self) -> None:
        self.shown: List[Place] = []
        self.told: List[Tuple[str, bool]] = []
        self.ended = 0
        self.stopping = Cancellation()
        events = EventBus()
        events.subscribe(GuideEnded, self._end)
        self.guide = Guide(events, lambda name, error: self.told.append((name, error)), self.stopping)
        for place in reversed(Place):
            self.step(place)

    def _end(self, _event: GuideEnded) -> None:
        assert not self.guide.active
        self.ended += 1

    def step(self, place: Place, goes_on: bool = True, fails: bool = False, stops: bool = False) -> None:
        def shown() -> bool:
            assert self.guide.active
            self.shown.append(place)
            if fails:
                raise PlexConnectionError('GET /: connection failed')
            if stops:
                self.stopping.cancel()
            return goes_on
        self.guide.add(place, shown)


def test_all_steps_come_in_their_order_each_time() -> None:
    walk = Walk()
    walk.guide.run()
    walk.guide.run()
    assert walk.shown == list(Place) * 2 and walk.ended == 2 and not walk.guide.active


def test_without_an_account_the_rest_makes_no_sense() -> None:
    walk = Walk()
    walk.step(Place.SIGN_IN, goes_on=False)
    walk.guide.run()
    assert walk.shown == [Place.SIGN_IN] and walk.ended == 1 and walk.told == []


def test_what_fails_is_told_and_the_next_step_comes() -> None:
    """plex.tv is away, then the server: each is named as what it is."""
    walk = Walk()
    walk.step(Place.WHO_WATCHES, fails=True)
    walk.step(Place.LIBRARIES, fails=True)
    walk.guide.run()
    assert walk.shown == list(Place)
    assert walk.told == [('plex_tv_unreachable', True), ('server_unreachable', True)]


def test_kodis_end_ends_it() -> None:
    walk = Walk()
    walk.step(Place.SERVER, stops=True)
    walk.guide.run()
    assert walk.shown[-1] is Place.SERVER and walk.ended == 1
