"""A few seconds of ``python -m tools.fuzz``: nothing but documented errors, whatever others send or leave behind."""
from __future__ import annotations

import pytest

from tools.fuzz.run import MEMORY_LIMIT, feed
from tools.fuzz.target import Target
from tools.fuzz.targets import TARGETS

INPUTS = 60


@pytest.mark.parametrize('target', TARGETS, ids=lambda target: target.name)
def test_nothing_that_comes_from_outside_raises_an_undocumented_error(target: Target) -> None:
    result = feed(target, INPUTS, seed=1)
    assert result.findings == []
    assert result.grown < MEMORY_LIMIT
