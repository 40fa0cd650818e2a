from typing import Iterator

import pytest

from tests.fakes.fixtures import fake_kodi  # noqa: F401
from tests.fakes.state import FakeKodi
from tests.unit.plugin.world import World


@pytest.fixture
def world(fake_kodi: FakeKodi) -> Iterator[World]:  # noqa: F811
    made = World(fake_kodi)
    yield made
    made.server.stop()
