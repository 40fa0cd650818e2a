"""One run: acts at random moments, then rest, then the comparison."""
from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from pathlib import Path
from typing import Callable, List, NamedTuple, Tuple
from typing import Counter as Counts

from resources.lib.service.events import LibraryChanged
from tests.support.live_environment import LiveEnvironment
from tests.support.random_changes import comparable, first_sync
from tools.live_soak.actors import OWN, Phone, Server, Trouble, Viewer
from tools.plexsim import Library

#: How often each does something, relative to the others.
_SHARES = {'server': 10, 'viewer': 3, 'phone': 2}
_VERSION = 121


class Outcome(NamedTuple):
    """``acts`` by name; ``differences`` between both sides at the end, none if all is well.

    ``seconds`` that the acts took, ``settled`` those from the last act until both sides were equal. ``requests`` to the
    server and ``writes`` into Kodi's library are of both together.
    """

    acts: Counts[str]
    differences: List[str]
    seconds: float
    settled: float
    requests: int
    writes: int


def library() -> Library:
    """A library that is small, so that the same items are hit again and again."""
    made = Library.generate(seed=3, movies=20, shows=2, seasons=2, episodes=3)
    for title in OWN:
        made.add_movie(title)
    return made


class Soak:
    """A run over a service that listens already (:meth:`LiveEnvironment.begun`)."""

    def __init__(self, env: LiveEnvironment, folder: Path, seed: int) -> None:
        self._env = env
        self._folders = (folder / ('compared%d' % number) for number in itertools.count())
        self._rng = random.Random(seed)
        self._viewer = Viewer(env, self._rng)
        self._acts = {'server': Server(env, self._rng).act, 'viewer': self._viewer.act,
                      'phone': Phone(env, self._rng).act}
        self._trouble = Trouble(env, self._rng)
        self._writes = 0
        env.running.shared.events.subscribe(LibraryChanged, self._wrote)

    def run(self, seconds: float, pace: float, trouble_every: float, patience: float) -> Outcome:
        """Act for so long, ``pace`` acts a second; ``patience`` seconds are left to both sides to become equal."""
        self._env.sim.reset_stats()
        done: Counts[str] = Counter()
        began = trouble = time.monotonic()
        names, shares = list(_SHARES), list(_SHARES.values())
        while time.monotonic() - began < seconds:
            done[self._acts[self._rng.choices(names, shares)[0]]()] += 1
            if time.monotonic() - trouble > trouble_every:
                done[self._trouble.act()] += 1
                trouble = time.monotonic()
            time.sleep(self._rng.expovariate(pace))
        ended = time.monotonic()
        differences = self._differences_until(ended + patience)
        return Outcome(done, differences, ended - began, time.monotonic() - ended,
                       len(self._env.sim.requests.find('.*')), self._writes)

    def _wrote(self, _event: LibraryChanged) -> None:
        self._writes += 1

    def _differences_until(self, end: float) -> List[str]:
        """What is different once nothing is any more, or time is up."""
        while True:
            found = self._viewer.wrong() + self._different_rows()
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.3)

    def _different_rows(self) -> List[str]:
        env = self._env.sync_env
        wanted = first_sync(env, next(self._folders), _VERSION, self._env.running.shared.port)
        found = comparable(env.video_db)
        different: List[str] = []
        for table in wanted:
            for what, rows in _sides(wanted[table], found[table]):
                different += ['%s: %s: %r' % (table, what, row) for row in rows]
        return different


def _sides(wanted: List[object], found: List[object]) -> Tuple[Tuple[str, List[object]], Tuple[str, List[object]]]:
    return (('should not be', [row for row in found if row not in wanted]),
            ('is missing', [row for row in wanted if row not in found]))


Report = Callable[[str], None]


def tell(outcome: Outcome, say: Report) -> bool:
    """Say how it went; true if both sides are equal."""
    acts = sum(outcome.acts.values())
    say('%d acts in %.0f s: %s' % (acts, outcome.seconds, ', '.join(
        '%d %s' % (count, name) for name, count in outcome.acts.most_common())))
    say('%d requests to the server, %d syncs that wrote' % (outcome.requests, outcome.writes))
    if not outcome.differences:
        say('both sides were equal %.1f s after the last act' % outcome.settled)
        return True
    for difference in outcome.differences[:20]:
        say(difference[:400])
    say('%d differences' % len(outcome.differences))
    return False
