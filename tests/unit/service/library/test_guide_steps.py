"""What the last window of the guide says of the sync."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest

from resources.lib.kodi.texts import library as library_texts
from resources.lib.kodi.texts import start as texts
from resources.lib.kodi.windows.guide_view import GuideView
from resources.lib.service.library.guide_steps import SyncView
from tests.fakes import FakeKodi
from tests.support.shared import make_shared


class Sync:
    """The sync's thread, what it does, and what is in the library."""

    def __init__(self) -> None:
        self.running = self.waiting = False
        self.progress: Optional[Tuple[str, int, int]] = None
        self.history: List[Dict[str, Any]] = []
        self.words = ''

    def runs(self) -> List[Dict[str, Any]]:
        return self.history

    def in_words(self) -> str:
        return self.words


@pytest.fixture
def sync(fake_kodi: FakeKodi) -> Sync:
    return Sync()


@pytest.fixture
def view(sync: Any) -> SyncView:
    made = SyncView(make_shared(), sync, sync, sync, sync)
    made.begin()
    return made


def test_from_the_beginning_to_the_end(sync: Sync, view: SyncView, fake_kodi: FakeKodi) -> None:
    text = fake_kodi.text
    sync.waiting = True
    filling, meanwhile = text(texts.GUIDE_FILLING), text(texts.GUIDE_MEANWHILE)
    assert view() == GuideView(filling, text(texts.GUIDE_STARTING), meanwhile)
    sync.waiting, sync.running, sync.progress = False, True, ('Films', 5, 20)
    assert view() == GuideView(filling, text(library_texts.SYNC_PROGRESS) % ('Films', 5, 20), meanwhile, 25)
    sync.running, sync.words = False, '20 films'
    assert view() == GuideView(text(texts.GUIDE_READY), text(texts.GUIDE_FOUND) % '20 films', text(texts.GUIDE_NEXT),
                               over=True)


@pytest.mark.parametrize(('progress', 'percent'), [(('Films', 5, 0), 0), (('Films', 30, 20), 100)])
def test_odd_numbers_do_not_break_the_bar(sync: Sync, view: SyncView, progress: Any, percent: int) -> None:
    sync.running, sync.progress = True, progress
    assert view().percent == percent


def test_later_changes_do_not_take_the_end_away(sync: Sync, view: SyncView, fake_kodi: FakeKodi) -> None:
    assert view().heading == fake_kodi.text(texts.GUIDE_READY)
    sync.running = True
    assert view().over
    view.begin()
    assert not view().over


def test_empty_libraries_are_said_to_be_empty(view: SyncView, fake_kodi: FakeKodi) -> None:
    assert view().line == fake_kodi.text(texts.GUIDE_NOTHING_FOUND)


def test_a_server_that_is_away_is_no_dead_end(sync: Sync, view: SyncView, fake_kodi: FakeKodi) -> None:
    sync.history = [{'error': 'GET /library/sections: connection failed'}]
    away = view()
    assert away == GuideView(fake_kodi.text(texts.GUIDE_AWAY), '', fake_kodi.text(texts.GUIDE_AWAY_TEXT), over=True)
    sync.running = True
    assert view().heading == fake_kodi.text(texts.GUIDE_FILLING)
    sync.running, sync.history = False, [{'error': ''}]
    assert view().heading == fake_kodi.text(texts.GUIDE_READY)
