"""A notification in the corner stays until its text, which scrolls where it is long, has been seen."""
from __future__ import annotations

from typing import Any, List

import pytest

from resources.lib.kodi import dialogs
from tests.fakes import FakeKodi, xbmcgui

SLOW_LINE = 'Die Verbindung ist zu langsam für das Original. Der Server wandelt es um.'


def shown_for(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float = 5.0) -> float:
    """The seconds for which Kodi is told to show a text."""
    shown: List[int] = []

    def notification(_dialog: Any, _heading: str, _text: str, _icon: str, time: int, _sound: bool) -> None:
        shown.append(time)

    monkeypatch.setattr(xbmcgui.Dialog, 'notification', notification)
    dialogs.notify('PlexKodiConnect', text, seconds=seconds)
    return shown[0] / 1000.0


def test_a_long_text_can_be_read_to_its_end(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 10.0 < shown_for(monkeypatch, SLOW_LINE) < 13.0


def test_a_short_one_is_shown_for_as_long_as_was_wanted(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_for(monkeypatch, 'Found.') == 5.0
    assert shown_for(monkeypatch, SLOW_LINE, seconds=20.0) == 20.0
