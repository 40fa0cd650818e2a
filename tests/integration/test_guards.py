"""What must be true before anything is deleted: each test is a day on which 60 films could have been lost."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import pytest

from resources.lib.plex_errors import PlexServerError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_kinds import PlexType
from tests.support.sync_environment import SyncEnvironment, dump
from tools.plexsim import Library, SimConfig

Change = Callable[[int, Dict[str, Any]], Dict[str, Any]]


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, Library.generate(seed=7, movies=60, shows=2, seasons=1, episodes=3),
                           config=SimConfig())
    try:
        made.sync()
        yield made
    finally:
        made.close()


class AlteredAnswers(PMSClient):
    """A server that answers the listing of films in pages of 20, and each page as ``change(offset, answer)`` says."""

    def __init__(self, env: SyncEnvironment, change: Change) -> None:
        super().__init__(env.session, env.sim.pms_url, env.sim.owner_token)
        self._change = change

    def sweep(self, section_key: str, plex_type: PlexType, page_size: int = 20) -> Any:
        return super().sweep(section_key, plex_type, page_size)

    def container(self, path: str, params: Any = None, **options: Any) -> Dict[str, Any]:
        answer = super().container(path, params, **options)
        given = dict(params or {})
        if path.endswith('/all') and given.get('type') == 1 and given.get('X-Plex-Container-Size'):
            return self._change(given['X-Plex-Container-Start'], answer)
        return answer


def films(env: SyncEnvironment) -> int:
    return int(env.rows('SELECT count(*) FROM movie')[0][0])


def delete_one(env: SyncEnvironment) -> None:
    """So that there is something that could be removed, and the guard is what holds it."""
    env.library.delete(next(iter(env.library.items('movie'))).rating_key)


@pytest.mark.parametrize('at', [0, 40])
def test_a_page_that_fails_first_or_last_takes_no_film_away(env: SyncEnvironment, at: int) -> None:
    def change(offset: int, answer: Dict[str, Any]) -> Dict[str, Any]:
        if offset == at:
            raise PlexServerError(500, 'GET /all')
        return answer

    delete_one(env)
    before = dump(env.video_db)
    env.client = AlteredAnswers(env, change)
    report = env.sync()
    assert report.error and report.removed == 0
    assert dump(env.video_db) == before


def test_a_listing_that_ends_too_early_takes_no_film_away(env: SyncEnvironment) -> None:
    def change(offset: int, answer: Dict[str, Any]) -> Dict[str, Any]:
        """Five films short, and nothing after that, though the total says otherwise."""
        return dict(answer, Metadata=answer['Metadata'][:-5] if offset <= 40 else []) if offset >= 40 else answer

    delete_one(env)
    env.client = AlteredAnswers(env, change)
    assert env.sync().removed == 0 and films(env) == 60


def test_an_empty_listing_of_a_full_library_takes_no_film_away(env: SyncEnvironment) -> None:
    """The server says 0 of 0, for instance while its database is being repaired."""
    env.client = AlteredAnswers(env, lambda offset, answer: {'size': 0, 'totalSize': 0})
    for _ in range(3):
        assert env.sync().removed == 0 and films(env) == 60


def test_a_total_that_moves_while_pages_are_read_takes_no_film_away(env: SyncEnvironment) -> None:
    delete_one(env)
    env.sim.config.moving_total = 1
    env.client = AlteredAnswers(env, lambda offset, answer: answer)
    assert env.sync().removed == 0 and films(env) == 60
    env.sim.config.moving_total = 0
    assert env.sync().removed == 1 and films(env) == 59


def test_a_library_that_plex_is_scanning_loses_nothing_until_it_is_done(env: SyncEnvironment) -> None:
    """A scan of a disk that is not mounted makes all films vanish for a while."""
    delete_one(env)
    section = next(section for section in env.client.sections() if section.plex_type == 'movie')
    env.library.set_section(int(section.key), refreshing=True)
    assert env.sync().removed == 0 and films(env) == 60
    env.library.set_section(int(section.key), refreshing=False)
    assert env.sync().removed == 1 and films(env) == 59


@pytest.mark.parametrize('status', [401, 403, 404, 503])
def test_a_server_that_refuses_everything_takes_no_film_away(env: SyncEnvironment, status: int) -> None:
    """A share that was withdrawn, a token that ran out, a server that starts."""
    before = dump(env.video_db)
    env.sim.faults.add(r'/library/', status)
    for _ in range(2):
        report = env.sync()
        assert report.removed == 0 and not report.complete
    assert dump(env.video_db) == before


def test_an_item_that_the_listing_left_out_but_the_server_has_stays(env: SyncEnvironment) -> None:
    def change(offset: int, answer: Dict[str, Any]) -> Dict[str, Any]:
        rows = answer['Metadata'][:-1] if offset == 40 else answer['Metadata']
        return dict(answer, Metadata=rows, totalSize=59)

    env.client = AlteredAnswers(env, change)
    assert env.sync().removed == 0 and films(env) == 60
