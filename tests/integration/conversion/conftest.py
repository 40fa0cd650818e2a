from typing import Iterator

import pytest

from resources.lib.service.playback import fallback
from tests.fakes import FakeKodi
from tests.integration.conversion.cinema import Cinema


@pytest.fixture
def cinema(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cinema]:
    made = Cinema(fake_kodi, monkeypatch)
    monkeypatch.setattr(fallback, '_LOOK_S', 0.01)
    with made.in_use():
        yield made
