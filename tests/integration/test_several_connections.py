"""Several chosen servers: each has a token and a connection of its own, and one that is away holds up none."""
from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Iterator, Tuple

import pytest

from resources.lib.auth.errors import ServerUnreachable, UnknownServer
from resources.lib.plex_errors import PlexUnauthorized
from tests.support.auth_environment import AuthEnvironment
from tools.plexsim import Library, PlexSim, SimConfig

OTHER = 'b' * 40
Sims = Tuple[PlexSim, PlexSim]


@pytest.fixture
def sims() -> Iterator[Sims]:
    first = PlexSim(Library.generate(seed=1, movies=3, shows=0))
    second = PlexSim(Library.generate(seed=2, movies=4, shows=0),
                     SimConfig(machine_identifier=OTHER, server_name='Barn', shared_by='Ben'), beside=first)
    with first, second:
        yield first, second


@pytest.fixture
def env(sims: Sims, tmp_path: Path) -> AuthEnvironment:
    return AuthEnvironment(sims[0], tmp_path)


def test_each_has_its_own_token_and_address_even_after_a_restart(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_servers([sims[0].machine_identifier, OTHER])
    for manager in (auth, env.start()):
        mine, theirs = manager.connection(), manager.connection(machine_identifier=OTHER)
        assert (mine.base_url, theirs.base_url) == (sims[0].pms_url, sims[1].pms_url)
        assert (mine.owned, theirs.owned) == (True, False)
        assert mine.token != theirs.token
        status = manager.status()
        assert status.machine_identifiers == (sims[0].machine_identifier, OTHER) and status.several
        assert status.server_name == 'Simulated Server' and manager.server_name(OTHER) == 'Barn'


def test_server_that_is_not_chosen_is_not_connected_to(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_server(sims[0].machine_identifier)
    with pytest.raises(UnknownServer):
        auth.connection(machine_identifier=OTHER)
    assert not auth.status().several
    assert not sims[1].requests.find('')


def test_one_that_is_away_costs_the_other_one_nothing(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_servers([sims[0].machine_identifier, OTHER])
    sims[1].stop()
    with pytest.raises(ServerUnreachable):
        auth.connection(machine_identifier=OTHER)
    assert auth.problem_of(OTHER) == 'server_unreachable'
    asked = env.asked()
    began = time.monotonic()
    assert auth.connection().base_url == sims[0].pms_url
    assert time.monotonic() - began < 3.0
    assert auth.problem_of(sims[0].machine_identifier) == ''
    assert auth.status().message_key == ''
    assert env.asked() >= asked


def test_refused_token_of_one_is_renewed_and_the_other_one_stays(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_servers([sims[0].machine_identifier, OTHER])
    mine, theirs = auth.connection(), auth.connection(machine_identifier=OTHER)
    sims[0].accounts.revoke(theirs.token)
    assert auth.report_failure(theirs, PlexUnauthorized(401, 'refused'))
    renewed = auth.connection(machine_identifier=OTHER)
    assert renewed.token != theirs.token
    assert auth.connection() is mine


def test_the_main_server_stays_the_main_one_as_long_as_it_is_chosen(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_server(OTHER)
    auth.select_servers([sims[0].machine_identifier, OTHER])
    assert auth.status().machine_identifiers == (OTHER, sims[0].machine_identifier)
    auth.select_servers([sims[0].machine_identifier])
    assert auth.status().machine_identifiers == (sims[0].machine_identifier,)
    assert auth.connection().base_url == sims[0].pms_url


def test_typed_address_of_a_further_server_adds_it(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_servers([sims[0].machine_identifier, OTHER])
    auth.add_server(sims[1].pms_url)
    assert auth.status().machine_identifiers == (sims[0].machine_identifier, OTHER)
    auth.select_server(sims[0].machine_identifier)
    auth.add_server(sims[1].pms_url)
    assert auth.status().machine_identifiers == (OTHER,)


def test_credentials_of_one_server_are_read_as_before_and_an_older_version_reads_those_of_several(
        sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_servers([sims[0].machine_identifier, OTHER])
    file = env.folder / 'credentials.json'
    saved = json.loads(file.read_text())
    assert saved['machine_identifier'] == sims[0].machine_identifier  # all that an older version knows of
    del saved['others']
    file.write_text(json.dumps(saved))
    assert env.saved() == replace(auth._store.load(), others=())
    assert env.start().status().machine_identifiers == (sims[0].machine_identifier,)


def test_sign_out_forgets_all(sims: Sims, env: AuthEnvironment) -> None:
    auth = env.sign_in()
    auth.servers()
    auth.select_servers([sims[0].machine_identifier, OTHER])
    auth.connection(machine_identifier=OTHER)
    auth.sign_out()
    assert auth.status().machine_identifiers == ()
    assert not env.saved().server_tokens
