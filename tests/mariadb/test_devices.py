"""Three devices with one library, while the server changes: they are killed, sleep, and take over from each other."""
from __future__ import annotations

import copy
import os
import random
import signal
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from resources.lib import state_db
from tests.mariadb.test_sync import ROOT, same, until
from tests.support.shared_library import SharedLibraryEnvironment
from tests.support.sync_environment import SyncEnvironment
from tests.support.sync_process import SyncProcess
from tools.plexsim import Library

#: ``PKC_DEVICE_ROUNDS=200`` takes some minutes.
ROUNDS = int(os.environ.get('PKC_DEVICE_ROUNDS', '8'))
#: Seconds after which a device that sleeps counts as gone.
EXPIRES = 1


@pytest.fixture
def devices(env: SharedLibraryEnvironment, tmp_path: Path) -> Iterator[List[SyncProcess]]:
    made = []
    for number in range(3):
        one = copy.copy(env)
        one.state_db = state_db.beside(str(tmp_path / ('%d.db' % number)), env.video_db)
        made.append(SyncProcess(one, ROOT, EXPIRES))
    yield made
    for process in made:
        process.close()


def audit(env: SharedLibraryEnvironment) -> None:
    """Have the server note of each film that is written by which connection, and who has the lease then."""
    env.rows('CREATE TABLE audit (fence BIGINT, holder BIGINT, writer BIGINT)')
    for when in ('INSERT', 'UPDATE'):
        env.rows('CREATE TRIGGER audit_%s AFTER %s ON movie FOR EACH ROW INSERT INTO audit SELECT fence, holder, '
                 'CONNECTION_ID() FROM `%s`.lease' % (when.lower(), when, env.state_db.shared.name))


def change(library: Library, dice: random.Random, number: int) -> None:
    movies = [item.rating_key for item in library.items('movie')]
    for key in dice.sample(movies, 8):
        library.update(key, title='Title %d' % number, Role=[{'tag': 'Actor %d' % dice.randrange(9), 'role': 'x'}])
    library.scrobble(dice.choice(movies))
    if len(movies) > 40:
        library.delete(dice.choice(movies))


def test_never_do_two_write_and_nothing_is_lost_or_there_twice(
        env: SharedLibraryEnvironment, devices: List[SyncProcess], expected: SyncEnvironment) -> None:
    dice = random.Random(18)
    state_db.prepare(env.state_db)
    audit(env)
    took_over = 0
    for number in range(ROUNDS):
        change(env.library, dice, number)
        pids = {process: process.start() for process in devices}
        victim = dice.choice(devices)
        written = env.rows('SELECT count(*) FROM audit')[0][0]
        some = dice.randrange(8)
        ended: Dict[SyncProcess, int] = {}
        if dice.random() < 0.7:  # in the middle of its work, or of another one's
            until(lambda: env.rows('SELECT count(*) FROM audit')[0][0] > written + some  # noqa: B023
                  or not any(alive(pid) for pid in pids.values()))  # noqa: B023
        sleeps = dice.random() < 0.5
        stop(pids[victim], signal.SIGSTOP if sleeps else signal.SIGKILL)
        for process in devices:
            if process is not victim:
                ended[process] = process.wait()
        if sleeps:
            other = next(process for process in devices if process is not victim)

            def done(process: SyncProcess = other) -> bool:
                process.start()
                return process.wait() == 0
            until(done)  # at last it takes over
            took_over += 1
            stop(pids[victim], signal.SIGCONT)
        victim.wait()
        assert set(ended.values()) <= {0, 1}
    assert took_over
    env.sync()
    assert env.sync().complete
    expected.sync()
    same(env, expected, people=False)
    rows = env.rows('SELECT fence, holder, writer FROM audit')
    assert rows and all(holder == writer for _, holder, writer in rows)
    writers: Dict[int, set[int]] = {}
    for fence, _, writer in rows:
        writers.setdefault(fence, set()).add(writer)
    assert all(len(found) == 1 for found in writers.values())
    assert [fence for fence, _, _ in rows] == sorted(fence for fence, _, _ in rows)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def stop(pid: int, number: int) -> None:
    """Send a signal to a process, which may have ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
