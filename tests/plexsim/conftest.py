"""A running simulator for each test that wants one, and a plain HTTP client for it."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
import requests

from tools.plexsim import Library, PlexSim, SimConfig

FIXTURES = pathlib.Path(__file__).with_name("fixtures")


class Client:
    """JSON requests with a token, to the PMS by path and to plex.tv by ``tv``."""

    def __init__(self, sim: PlexSim, token: str | None = None, client_id: str = "test-client") -> None:
        self.sim = sim
        self.session = requests.Session()
        self.session.headers.update(
            {
                "Accept": "application/json",
                "X-Plex-Client-Identifier": client_id,
                "X-Plex-Token": sim.owner_token if token is None else token,
            }
        )

    def raw(self, path: str, method: str = "GET", **kwargs: Any) -> requests.Response:
        return self.session.request(method, self.sim.pms_url + path, timeout=30, **kwargs)

    def get(self, path: str, **kwargs: Any) -> dict[str, Any]:
        answer = self.raw(path, **kwargs)
        answer.raise_for_status()
        return answer.json()["MediaContainer"]

    def keys(self, path: str, **kwargs: Any) -> list[str]:
        return [row["ratingKey"] for row in self.get(path, **kwargs).get("Metadata", [])]

    def tv(self, path: str, method: str = "GET", **kwargs: Any) -> requests.Response:
        return self.session.request(method, self.sim.plex_tv_url + path, timeout=30, **kwargs)


@pytest.fixture
def sim():
    library = Library.generate(seed=3, movies=60, shows=6, seasons=2, episodes=4)
    with PlexSim(library, SimConfig(control=True)) as running:
        yield running


@pytest.fixture
def client(sim):
    return Client(sim)


@pytest.fixture(scope="session")
def recorded() -> dict[str, Any]:
    return json.loads((FIXTURES / "recorded.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def schemas() -> dict[str, Any]:
    return json.loads((FIXTURES / "openapi_shapes.json").read_text(encoding="utf-8"))
