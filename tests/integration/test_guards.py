"""What must be true before anything is deleted: each test is a day on which 60 films could have been lost."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import pytest

from resources.lib.plex_errors import PlexServerError
from resources.lib.plex_functions import PMSClient
from tests.support.rig import Rig, dump
from tools.plexsim import Library, SimConfig

Change = Callable[[int, Dict[str, Any]], Dict[str, Any]]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, Library.generate(seed=7, movies=60, shows=2, seasons=1, episodes=3), config=SimConfig())
    try:
        made.sync()
        yield made
    finally:
        made.close()


class Twisted(PMSClient):
    """A server that answers the listing of films in pages of 20, and each page as ``change(offset, answer)`` says."""

    def __init__(self, rig: Rig, change: Change) -> None:
        super().__init__(rig.session, rig.sim.pms_url, rig.sim.owner_token)
        self._change = change

    def sweep(self, section_key: str, plex_type: str, page_size: int = 20) -> Any:
        return super().sweep(section_key, plex_type, page_size)

    def container(self, path: str, params: Any = None, **options: Any) -> Dict[str, Any]:
        answer = super().container(path, params, **options)
        given = dict(params or {})
        if path.endswith('/all') and given.get('type') == 1 and given.get('X-Plex-Container-Size'):
            return self._change(given['X-Plex-Container-Start'], answer)
        return answer


def films(rig: Rig) -> int:
    return int(rig.rows('SELECT count(*) FROM movie')[0][0])


def delete_one(rig: Rig) -> None:
    """So that there is something that could be removed, and the guard is what holds it."""
    rig.library.delete(next(iter(rig.library.items('movie'))).rating_key)


@pytest.mark.parametrize('at', [0, 40])
def test_a_page_that_fails_first_or_last_takes_no_film_away(rig: Rig, at: int) -> None:
    def change(offset: int, answer: Dict[str, Any]) -> Dict[str, Any]:
        if offset == at:
            raise PlexServerError(500, 'GET /all')
        return answer

    delete_one(rig)
    before = dump(rig.video_db)
    rig.client = Twisted(rig, change)
    report = rig.sync()
    assert report.error and report.removed == 0
    assert dump(rig.video_db) == before


def test_a_listing_that_ends_too_early_takes_no_film_away(rig: Rig) -> None:
    def change(offset: int, answer: Dict[str, Any]) -> Dict[str, Any]:
        """Five films short, and nothing after that, though the total says otherwise."""
        return dict(answer, Metadata=answer['Metadata'][:-5] if offset <= 40 else []) if offset >= 40 else answer

    delete_one(rig)
    rig.client = Twisted(rig, change)
    assert rig.sync().removed == 0 and films(rig) == 60


def test_an_empty_listing_of_a_full_library_takes_no_film_away(rig: Rig) -> None:
    """The server says 0 of 0, for instance while its database is being repaired."""
    rig.client = Twisted(rig, lambda offset, answer: {'size': 0, 'totalSize': 0})
    for _ in range(3):
        assert rig.sync().removed == 0 and films(rig) == 60


def test_a_total_that_moves_while_pages_are_read_takes_no_film_away(rig: Rig) -> None:
    delete_one(rig)
    rig.sim.config.moving_total = 1
    rig.client = Twisted(rig, lambda offset, answer: answer)
    assert rig.sync().removed == 0 and films(rig) == 60
    rig.sim.config.moving_total = 0
    assert rig.sync().removed == 1 and films(rig) == 59


def test_a_library_that_plex_is_scanning_loses_nothing_until_it_is_done(rig: Rig) -> None:
    """A scan of a disk that is not mounted makes all films vanish for a while."""
    delete_one(rig)
    section = next(section for section in rig.client.sections() if section.plex_type == 'movie')
    rig.library.set_section(int(section.key), refreshing=True)
    assert rig.sync().removed == 0 and films(rig) == 60
    rig.library.set_section(int(section.key), refreshing=False)
    assert rig.sync().removed == 1 and films(rig) == 59


@pytest.mark.parametrize('status', [401, 403, 404, 503])
def test_a_server_that_refuses_everything_takes_no_film_away(rig: Rig, status: int) -> None:
    """A share that was withdrawn, a token that ran out, a server that starts."""
    before = dump(rig.video_db)
    rig.sim.faults.add(r'/library/', status)
    for _ in range(2):
        report = rig.sync()
        assert report.removed == 0 and not report.complete
    assert dump(rig.video_db) == before


def test_an_item_that_the_listing_left_out_but_the_server_has_stays(rig: Rig) -> None:
    def change(offset: int, answer: Dict[str, Any]) -> Dict[str, Any]:
        rows = answer['Metadata'][:-1] if offset == 40 else answer['Metadata']
        return dict(answer, Metadata=rows, totalSize=59)

    rig.client = Twisted(rig, change)
    assert rig.sync().removed == 0 and films(rig) == 60
