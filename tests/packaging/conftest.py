"""Shared by the packaging tests: the repository as `make repo` writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.package.__main__ import main

URL = "http://127.0.0.1:8098"


@pytest.fixture(scope="session")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the whole repository once, from the working tree."""
    out = tmp_path_factory.mktemp("packaging") / "repo"
    assert main(["repo", "--worktree", "--out", str(out), "--url", URL + "/"]) == 0
    return out
