"""The attacks of ``python -m tools.attack`` on the loopback server get nowhere."""
from __future__ import annotations

import pytest

from tools.attack import loopback


@pytest.mark.parametrize(('name', 'figure'), [
    ('loopback: squatter', 'believed'), ('loopback: squatter', 'secret_heard'), ('loopback: replay', 'taken'),
    ('loopback: web page', 'answered'), ('loopback: guessing', 'told')])
def test_nothing_is_got(name: str, figure: str) -> None:
    assert loopback.ATTACKS[name]()[figure] == 0


@pytest.mark.parametrize('name', ['loopback: unread answers', 'loopback: endless headers', 'loopback: slow requests',
                                  'loopback: idle connections'])
def test_everybody_else_is_served_meanwhile(name: str) -> None:
    figures = loopback.ATTACKS[name]()
    assert figures['served'] == figures['legitimate']
    assert isinstance(figures['memory_mb'], float) and figures['memory_mb'] < 250
