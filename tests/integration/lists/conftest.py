from typing import Iterator

import pytest

from resources.lib.service.live.part import Live
from tests.fakes import FakeKodi
from tests.integration.lists.reader import ListReader, house
from tests.support.service_environment import ServiceEnvironment


@pytest.fixture
def reader(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListReader]:
    """Signed in, nothing synced: live updates would begin a sync."""
    monkeypatch.setattr(Live, 'start', lambda _live: None)
    environment = ServiceEnvironment(fake_kodi, house(), monkeypatch)
    with environment.in_use():
        yield ListReader(environment)


@pytest.fixture
def synced(reader: ListReader) -> ListReader:
    """Signed in and synced."""
    reader.environment.sync()
    return reader
