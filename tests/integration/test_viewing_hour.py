"""Four users of a Home watch films and episodes in turns, an hour long on a fast clock: what Kodi shows of each user's
watch state is what Plex has, after every playback and at the end.

``PKC_STEPS`` and ``PKC_SEED`` repeat a run or go further.
"""
from __future__ import annotations

import os
import random
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from resources.lib.service.events import UserSwitched
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import OWNER, Library

STEPS = int(os.environ.get('PKC_STEPS', '12'))
SEED = int(os.environ.get('PKC_SEED', '0'))
#: Seconds of a video, and of a viewing; all viewings together are an hour.
LENGTH, VIEWING = 600.0, 3600.0 / STEPS
#: Kodi's own rules: no resume point in the first three minutes nor in the last tenth, where it counts as watched.
KODI_IGNORES, KODI_WATCHED = 180.0, 0.9
State = Tuple[int, int]


class Household(Viewing):
    """Users by the number of their account, and Kodi's own part of a playback."""

    users: Dict[int, Any]
    user = OWNER

    def switch(self, number: int) -> None:
        """Somebody else takes the remote."""
        if number != self.user:
            self.user = number
            self.watch_as(self.users[number])
            self.running.shared.events.publish(UserSwitched())
            self.equal()

    def seen(self) -> None:
        """Wait until the service has read the player's position."""
        playing = self.kodi.playing
        assert playing is not None
        enough = playing.looks + 2
        self.kodi.wait_for(lambda: playing.looks > enough)

    def shown(self) -> Dict[str, State]:  # type: ignore[override]
        """Kodi's play count and resume point (seconds) of each video, by title."""
        return {title: (count or 0, round(position or 0)) for view in ('movie_view', 'episode_view')
                for title, count, position in self.sync_env.rows(
                    'SELECT c00, playCount, resumeTimeInSeconds FROM ' + view)}

    def true(self) -> Dict[str, State]:
        """The same as Plex has it for who watches."""
        library = self.sync_env.library
        found: Dict[str, State] = {}
        for kind in ('movie', 'episode'):
            for item in library.items(kind):
                raw = library.truth(item.rating_key, self.user)
                found[item.title] = int(raw.get('viewCount', 0)), round(int(raw.get('viewOffset', 0)) / 1000)
        return found

    def equal(self) -> None:
        """Wait until both are the same."""
        try:
            self.kodi.wait_for(lambda: self.shown() == self.true())
        except AssertionError:
            shown, true = self.shown(), self.true()
            different = {title: (shown.get(title), true[title]) for title in true if shown.get(title) != true[title]}
            raise AssertionError('user %d: Kodi and Plex: %r' % (self.user, different)) from None

    def kodi_writes(self, kind: str, title: str, position: float, ended: bool) -> None:
        """What Kodi does by its own rules when a video stops."""
        (number, file_id), = self.sync_env.rows('SELECT id%s, idFile FROM %s_view WHERE c00 = ?' % (
            kind.title(), kind), title)
        self.sync_env.execute('DELETE FROM bookmark WHERE idFile = ? AND type = 1', file_id)
        if ended or position > KODI_WATCHED * LENGTH:
            self.sync_env.execute('UPDATE files SET playCount = coalesce(playCount, 0) + 1 WHERE idFile = ?', file_id)
            (count,), = self.sync_env.rows('SELECT playCount FROM files WHERE idFile = ?', file_id)
            self.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': number, 'type': kind},
                                                               'playcount': count})
        elif position > KODI_IGNORES:
            self.sync_env.execute('INSERT INTO bookmark (idFile, timeInSeconds, totalTimeInSeconds, type) '
                                  'VALUES (?, ?, ?, 1)', file_id, position, LENGTH)


@pytest.fixture
def household(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Household]:
    library = Library.empty()
    for number in range(4):
        library.add_movie('Film %d' % number, duration=int(LENGTH * 1000))
    season = library.add_season(library.add_show('Show').rating_key, 1)
    for number in range(1, 5):
        library.add_episode(season.rating_key, number, 'Episode %d' % number, duration=int(LENGTH * 1000))
    made = Household(fake_kodi, library, monkeypatch)
    try:
        accounts = made.sim.accounts
        made.users = {one.id: one for one in (accounts.users[OWNER], *(
            accounts.add_user(name, restricted=name == 'Kid') for name in ('Kid', 'Ben', 'Ada')))}
        made.start_kodi()
        for name in ('next_episode', 'rewind_on_resume'):
            made.kodi.set_setting(name, '0')
        made.sign_in()
        made.sync()
        yield made
    finally:
        made.close()


def _watch(household: Household, rng: random.Random, videos: List[Any]) -> str:
    """One viewing, from where it was stopped or from the beginning; returns what happened."""
    item = rng.choice(videos)
    resume = household.true()[item.title][1] if rng.random() < 0.5 else 0
    household.watch(item.rating_key, float(resume), item.type)
    household.kodi.wait_for(lambda: household.watcher.active)
    position = float(resume)
    for _ in range(rng.randrange(1, 4)):
        if rng.random() < 0.3:
            position = rng.uniform(0.0, LENGTH - 1)
            household.kodi.seek(position)
        else:
            position = min(position + rng.uniform(1.0, 200.0), LENGTH - 1)
            household.at(position)
        household.passes(VIEWING / 3)
        household.seen()
        if rng.random() < 0.2:
            household.kodi.pause()
            household.kodi.resume()
    ended = rng.random() < 0.25
    if ended:
        household.at(LENGTH - 0.5)
        household.seen()
        household.kodi.end()
    else:
        household.kodi.stop()
    household.kodi_writes(item.type, item.title, position, ended)
    household.kodi.wait_for(lambda: not household.watcher.active)
    return '%s %s at %.0f s' % (item.title, 'ended' if ended else 'stopped', position)


def test_four_users_in_turns_end_with_equal_watch_states(household: Household) -> None:
    rng, did = random.Random(SEED), []
    library = household.sync_env.library
    videos = [*library.items('movie'), *library.items('episode')]
    for step in range(STEPS):
        household.switch(rng.choice(list(household.users)))
        did.append('%d: user %d, %s' % (step, household.user, _watch(household, rng, videos)))
        try:
            household.equal()
        except AssertionError as error:
            raise AssertionError('seed %d, %s after %s' % (SEED, error, did[-3:])) from None
    seen = 0
    for number in household.users:
        household.switch(number)
        household.equal()
        seen += sum(count + position for count, position in household.true().values())
    assert seen
