"""A plex.tv that lists two servers: each has its own token, which the other one refuses."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tools.plexsim import OWNER, Library, PlexSim, SimConfig

OTHER = "b" * 40


@pytest.fixture
def sims() -> Iterator[tuple[PlexSim, PlexSim]]:
    first = PlexSim(Library.generate(seed=1, movies=3, shows=0))
    config = SimConfig(machine_identifier=OTHER, server_name="Friend's", shared_by="Friend")
    second = PlexSim(Library.generate(seed=2, movies=4, shows=0), config, beside=first)
    with first, second:
        yield first, second


def listed(sim: PlexSim, token: str) -> list[dict[str, Any]]:
    headers = {"Accept": "application/json", "X-Plex-Token": token, "X-Plex-Client-Identifier": "box"}
    url = sim.plex_tv_url + "/api/v2/resources"
    found: list[dict[str, Any]] = requests.get(url, headers=headers, timeout=30).json()
    return found


def status(sim: PlexSim, token: str) -> int:
    return requests.get(sim.pms_url + "/library/sections", headers={"X-Plex-Token": token}, timeout=30).status_code


def test_both_are_listed_and_each_takes_its_own_token_only(sims: tuple[PlexSim, PlexSim]) -> None:
    first, second = sims
    account = first.accounts.issue(OWNER, "box", "account")
    mine, theirs = listed(first, account)
    assert (mine["clientIdentifier"], mine["owned"], mine["sourceTitle"]) == (first.machine_identifier, True, None)
    assert (theirs["clientIdentifier"], theirs["owned"], theirs["sourceTitle"]) == (OTHER, False, "Friend")
    assert theirs["connections"][0]["uri"] == second.pms_url
    assert mine["accessToken"] != theirs["accessToken"]
    assert status(first, mine["accessToken"]) == status(second, theirs["accessToken"]) == 200
    assert status(first, theirs["accessToken"]) == status(second, mine["accessToken"]) == 401


def test_shared_server_refuses_the_account_token_and_has_another_owner(sims: tuple[PlexSim, PlexSim]) -> None:
    first, second = sims
    account = first.accounts.issue(OWNER, "box", "account")
    assert status(first, account) == 200
    assert status(second, account) == 401
    token = listed(first, account)[1]["accessToken"]
    refused = requests.delete(second.pms_url + "/library/metadata/1", headers={"X-Plex-Token": token}, timeout=30)
    assert refused.status_code == 403
