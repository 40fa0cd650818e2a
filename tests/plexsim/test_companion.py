"""Players that are controlled through the simulated PMS, and temporary tokens."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from tools.plexsim import PlexSim, SimConfig

PLAYER = {
    "X-Plex-Client-Identifier": "player",
    "X-Plex-Platform-Version": "1",
    "X-Plex-Product": "Test",
    "X-Plex-Provides": "player",
    "X-Plex-Device-Name": "TV",
}
QUERY = {"deviceClass": "stb", "protocolCapabilities": "timeline,playback", "protocolVersion": "1", "timeout": "1"}
CONTROLLER = {"X-Plex-Client-Identifier": "phone", "X-Plex-Target-Client-Identifier": "player"}


@pytest.fixture
def sim() -> Iterator[PlexSim]:
    with PlexSim(config=SimConfig(poll_seconds=0.2)) as made:
        PLAYER["X-Plex-Token"] = CONTROLLER["X-Plex-Token"] = made.owner_token
        yield made


def poll(sim: PlexSim, **headers: str) -> requests.Response:
    sent = {name: value for name, value in dict(PLAYER, **headers).items() if value}
    return requests.get(sim.pms_url + "/player/proxy/poll", headers=sent, params=QUERY, timeout=30)


def test_a_poll_is_held_and_ends_with_nothing(sim: PlexSim) -> None:
    answer = poll(sim)
    assert (answer.status_code, answer.content) == (200, b"")
    row = requests.get(sim.pms_url + "/clients", headers=PLAYER | {"Accept": "application/json"}, timeout=30).json()
    assert row["MediaContainer"]["Server"][0]["machineIdentifier"] == "player"


@pytest.mark.parametrize("name", ["X-Plex-Platform-Version", "X-Plex-Client-Identifier", "X-Plex-Provides"])
def test_a_poll_that_does_not_say_what_it_is_is_refused(sim: PlexSim, name: str) -> None:
    assert poll(sim, **{name: ""}).status_code == 400


def test_a_command_waits_for_the_answer_and_gets_it_as_it_is(sim: PlexSim) -> None:
    poll(sim)
    found: list[requests.Response] = []
    url = sim.pms_url + "/player/playback/playMedia"
    parameters = {"key": "/library/metadata/1", "offset": "5"}
    thread = threading.Thread(
        target=lambda: found.append(requests.get(url, headers=CONTROLLER, params=parameters, timeout=30))
    )
    thread.start()
    sim.config.poll_seconds = 5.0
    command = poll(sim).text
    assert 'path="/player/playback/playMedia"' in command and 'queryKey="/library/metadata/1"' in command
    assert 'queryOffset="5"' in command and 'clientIdentifier="phone"' in command and sim.owner_token not in command
    answered = sim.pms_url + "/player/proxy/response?commandID=1"
    assert requests.post(answered, headers=PLAYER, data=b'<Response code="500"/>', timeout=30).status_code == 200
    thread.join(20)
    assert (found[0].status_code, found[0].content) == (200, b'<Response code="500"/>')
    assert requests.post(answered, headers=PLAYER, data=b"", timeout=30).status_code == 404


def test_nobody_commands_a_player_that_is_not_there(sim: PlexSim) -> None:
    url = sim.pms_url + "/player/playback/pause"
    assert requests.get(url, headers=CONTROLLER, timeout=30).status_code == 404
    assert requests.get(url, headers={"X-Plex-Token": sim.owner_token}, timeout=30).status_code == 400
    assert requests.get(url, headers=CONTROLLER | {"X-Plex-Token": ""}, timeout=30).status_code == 401


def test_a_timeline_is_refused_while_the_player_does_not_listen(sim: PlexSim) -> None:
    poll(sim)
    assert requests.post(sim.pms_url + "/player/proxy/timeline", headers=PLAYER, timeout=30).status_code == 400


def test_a_temporary_token_may_what_its_maker_may(sim: PlexSim) -> None:
    friend = sim.accounts.add_user("Friend", in_home=False)
    shown = sim.accounts.issue(friend.id, "phone", "server")

    def status(path: str, token: str) -> int:
        return requests.get(sim.pms_url + path, headers={"X-Plex-Token": token}, timeout=30).status_code

    made = "/security/token?type=delegation&scope=all"
    answer = requests.get(
        sim.pms_url + made, headers={"X-Plex-Token": shown, "Accept": "application/json"}, timeout=30
    ).json()["MediaContainer"]["token"]
    assert answer.startswith("transient-")
    assert status("/library/sections", answer) == 200 and status("/accounts", answer) == 403
    assert status(made, answer) == 403 and status("/security/token", shown) == 400
    assert status("/accounts", sim.accounts.transient(1)) == 200
    assert requests.get(
        sim.plex_tv_url + "/api/v2/user", headers={"X-Plex-Token": answer, "X-Plex-Client-Identifier": "x"}, timeout=30
    ).status_code == 401


def test_players_in_the_network_are_clients(sim: PlexSim) -> None:
    sim.gdm.datagram_received(
        b"HELLO * HTTP/1.0\r\nContent-Type: plex/media-player\r\nName: TV\r\nPort: 3005\r\n"
        b"Resource-Identifier: tv\r\n\r\n", ("127.0.0.1", 32412)
    )
    assert sim.companion.clients()[0]["port"] == "3005"
    sim.gdm.datagram_received(
        b"BYE * HTTP/1.0\r\nContent-Type: plex/media-player\r\nResource-Identifier: tv\r\n", ("127.0.0.1", 32412)
    )
    assert not sim.companion.clients()
