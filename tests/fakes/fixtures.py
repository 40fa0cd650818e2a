"""Pytest fixtures for ``tests/conftest.py``: ``from tests.fakes.fixtures import fake_kodi as fake_kodi``.

Importing this installs the fakes, so it must come before test modules import the add-on.
"""
from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.fakes import FakeKodi, activate, install, uninstall

activate()


@pytest.fixture
def fake_kodi(tmp_path: Path) -> Iterator[FakeKodi]:
    """A new Kodi 20 in English."""
    yield install(tmp_path / 'userdata')
    uninstall()


@pytest.fixture
def fake_kodi_19(tmp_path: Path) -> Iterator[FakeKodi]:
    """A new Kodi 19, whose info tags have no setters."""
    yield install(tmp_path / 'userdata', version=19)
    uninstall()
