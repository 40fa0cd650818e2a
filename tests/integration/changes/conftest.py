from pathlib import Path
from typing import Iterator

import pytest

from tests.support.sync_environment import SyncEnvironment
from tools.plexsim import Library


@pytest.fixture
def env(tmp_path: Path) -> Iterator[SyncEnvironment]:
    made = SyncEnvironment(tmp_path, Library.generate(seed=7, movies=60, shows=3, seasons=2, episodes=4))
    try:
        made.sync()
        yield made
    finally:
        made.close()
