"""The network of a lab's Kodi: its own namespace or, where that is impossible, the host's.

In a namespace every Kodi has the standard ports, several run side by side, and nothing leaves the
machine. Kodi's web server starts only if there is an interface besides the loopback, so the
namespace also has a pair of virtual interfaces that are connected to each other.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from typing import NamedTuple, Sequence

from tools.kodilab.errors import LabError
from tools.kodilab.processes import alive, kill_all

_PREFIX = "kodilab"
_INTERFACES = (
    "link set lo up",
    "link add lab0 type veth peer name lab1",
    "link set lab0 up",
    "link set lab1 up",
    "addr add 127.77.0.1/32 dev lab0",
)


class Ports(NamedTuple):
    """Kodi's ports: web server and TCP (JSON-RPC), UDP (EventServer)."""

    http: int = 8080
    tcp: int = 9090
    event: int = 9777


class Network:
    """The host's own network: distinct ports, but no isolation."""

    isolated = False

    def __init__(self, name: str, missing: str = "") -> None:
        self.name = name
        self.missing = missing
        self.ports = Ports(*_free_ports())

    def wrap(self, command: Sequence[str]) -> list[str]:
        """The command line that runs ``command`` in this network."""
        return list(command)

    def pids(self) -> list[int]:
        """Processes that are known to run only in this network."""
        return []

    def destroy(self) -> None:
        """Remove the network and what still runs in it."""


class Namespace(Network):
    """A network namespace with loopback only."""

    isolated = True

    def __init__(self, name: str, create: bool = True) -> None:
        self.name = name
        self.missing = ""
        self.ports = Ports()
        if create:
            self.destroy()
            _ip("netns", "add", name)
            for line in _INTERFACES:
                _ip("-n", name, *line.split())

    def wrap(self, command: Sequence[str]) -> list[str]:
        """The command line that runs ``command`` in this namespace, keeping its pid."""
        return ["ip", "netns", "exec", self.name, *command]

    def pids(self) -> list[int]:
        """Every process in the namespace."""
        if self.name not in _namespaces():
            return []
        return [int(pid) for pid in _ip("netns", "pids", self.name).split() if alive(int(pid))]

    def destroy(self) -> None:
        """Kill every process inside, then remove the namespace. May be called twice."""
        if self.name in _namespaces():
            kill_all(self.pids())
            try:
                _ip("netns", "delete", self.name)
            except LabError:
                if self.name in _namespaces():  # else another one has removed it, as the rest of a run that was killed
                    raise


def open_network(name: str, owner: int) -> Network:
    """A namespace ``kodilab-OWNER-NAME``, or the host's network where that is impossible.

    :param owner: pid after whose end the namespace may be removed; 0 keeps it until it is destroyed.
    """
    full = f"{_PREFIX}-{owner}-{name}"
    if os.geteuid() != 0:
        return Network(full, "root is needed for a network namespace")
    if shutil.which("ip") is None:
        return Network(full, "the command `ip` (iproute2) is needed for a network namespace")
    _sweep()
    try:
        return Namespace(full)
    except LabError as error:
        return Network(full, str(error))


def _sweep() -> None:
    """Remove namespaces of test processes that ended without removing them."""
    for name in _namespaces():
        match = re.match(_PREFIX + r"-(\d+)-", name)
        if match and int(match.group(1)) and not alive(int(match.group(1))):
            Namespace(name, create=False).destroy()


def _namespaces() -> list[str]:
    """Names of all network namespaces."""
    return [line.split()[0] for line in _ip("netns", "list").splitlines() if line.strip()]


def _ip(*arguments: str) -> str:
    """Run ``ip`` and return what it printed."""
    done = subprocess.run(["ip", *arguments], capture_output=True, check=False)
    if done.returncode:
        text = done.stderr.decode(errors="replace").strip()
        raise LabError("ip {}: {}".format(" ".join(arguments), text))
    return done.stdout.decode()


def _free_ports(count: int = 3) -> list[int]:
    """Ports free for TCP at this moment, on the loopback."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()
