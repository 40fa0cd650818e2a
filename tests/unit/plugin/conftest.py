from typing import Iterator

import pytest

from tests.fakes.fixtures import fake_kodi as fake_kodi
from tests.fakes.state import FakeKodi
from tests.unit.plugin.world import World


@pytest.fixture
def world(fake_kodi: FakeKodi) -> Iterator[World]:
    made = World(fake_kodi)
    yield made
    made.server.stop()
