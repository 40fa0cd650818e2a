"""From where on something counts as watched is the server's decision."""
from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from resources.lib.plex_media import CREDITS, INTRO, Marker
from resources.lib.plex_preferences import PlayedRule, played_rule

MARKERS = [Marker(INTRO, 1000, 2000, False), Marker(CREDITS, 96_000, 100_000, True),
           Marker(CREDITS, 80_000, 85_000, False)]


@pytest.mark.parametrize(('threshold', 'behaviour', 'markers', 'expected'), [
    (0.9, '0', MARKERS, 90_000), (0.9, '1', MARKERS, 96_000), (0.9, '2', MARKERS, 80_000), (0.9, '3', MARKERS, 80_000),
    (0.7, '3', MARKERS, 70_000), (0.9, '1', [], 90_000), (0.5, '2', MARKERS[:1], 50_000), (0.9, 'x', MARKERS, 80_000)])
def test_where_it_counts(threshold: float, behaviour: str, markers: List[Marker], expected: float) -> None:
    assert PlayedRule(threshold, behaviour, True).played_at(100_000, markers) == pytest.approx(expected)


def test_without_a_length_there_is_no_such_place() -> None:
    assert PlayedRule().played_at(0, MARKERS) == 0


def _prefs(threshold: Any, behaviour: Optional[Any] = None) -> Dict[str, Any]:
    rows = [{'id': 'FriendlyName', 'value': 'x'}, {'id': 'LibraryVideoPlayedThreshold', 'value': threshold}]
    return {'Setting': rows + ([{'id': 'LibraryVideoPlayedAtBehaviour', 'value': behaviour}]
                               if behaviour is not None else [])}


@pytest.mark.parametrize(('answer', 'rule'), [
    (_prefs(95, '1'), PlayedRule(0.95, '1', True)), (_prefs('80', 2), PlayedRule(0.8, '2', True)),
    (_prefs(85), PlayedRule(0.85, '0', True)), (_prefs(0, '3'), PlayedRule(0.9, '3', True)),
    (_prefs('many', '3'), PlayedRule(0.9, '3', True)), ({}, PlayedRule()), ({'Setting': 'x'}, PlayedRule())])
def test_the_servers_words(answer: Dict[str, Any], rule: PlayedRule) -> None:
    assert played_rule(answer) == rule
