"""The rooms of the house keep to their doors: who may import whom, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.support.sources import (
    CRYPTOGRAPHY,
    ENTRY_POINTS,
    LIB,
    LIBRARIES,
    ROOM_MODULES,
    ROOT,
    SOURCES,
    STANDARD_LIBRARY,
    imports_of,
    is_ours,
    nodes_of,
    top,
)

ENTRY_POINT_LINES = 15


class Room(NamedTuple):
    """What a room's modules may import beside the standard library and the room itself."""

    rooms: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()


ROOMS = {
    "kodi": Room(libraries=frozenset({"kodi_six"})),
    "kodi_db": Room(rooms=frozenset({"sql"}), libraries=frozenset({"defusedxml"})),
    "library_sync": Room(rooms=frozenset({"plex", "kodi_db", "sql", "state_db"})),
    "local_server": Room(rooms=frozenset({"plex", "playback", "state_db"})),
    "playback": Room(rooms=frozenset({"plex", "state_db"})),
    "remote_control": Room(rooms=frozenset({"plex", "local_server"})),
    "playlists": Room(rooms=frozenset({"plex"})),
    "plex": Room(libraries=frozenset({"defusedxml", "requests", "urllib3", "websocket"} | CRYPTOGRAPHY)),
    "sql": Room(libraries=frozenset({"pymysql"})),
    "state_db": Room(rooms=frozenset({"sql"})),
    "atomic_file": Room(),
    "batches": Room(),
    "cancellation": Room(),
    "item_url": Room(),
    "retry": Room(),
    "quick_json": Room(),
    "redaction": Room(),
    "socket_timeouts": Room(),
}
# Composition builds the parts from everywhere, but only kodi/ talks to Kodi.
ROOMS["composition"] = Room(
    rooms=frozenset(ROOMS), libraries=frozenset(LIBRARIES) - CRYPTOGRAPHY - {"kodi_six", "segno", "urllib3"}
)
COMPOSITION = {"service_start", "service_entry", "entrypoint", "plugin", "service"}
EVERYBODY = {"atomic_file", "batches", "cancellation", "item_url", "quick_json", "redaction", "retry",
             "socket_timeouts"}
# The QR code of the sign-in window is the one picture that we compute.
EXTRA_LIBRARIES = {f"{LIB}.kodi.windows.qr": {"segno"}}
# The rooms inside auth/, in the order of their arrows.
AUTH_ROOMS = {
    "shared": Room(libraries=frozenset({"requests"})),
    "device_key": Room(rooms=frozenset({"shared"}), libraries=frozenset(CRYPTOGRAPHY)),
    "credentials": Room(rooms=frozenset({"shared", "device_key"})),
    "account": Room(rooms=frozenset({"shared", "device_key", "credentials"})),
    "home": Room(rooms=frozenset({"shared", "credentials", "account"})),
    "servers": Room(rooms=frozenset({"shared", "credentials", "account", "home"})),
    "manager": Room(rooms=frozenset({"shared", "credentials", "account", "home", "servers"})),
}
# Modules of auth/ that stand in no folder.
AUTH_MODULES = {
    "clock": "shared", "errors": "shared", "single_flight": "shared",
    "manager": "manager", "options": "manager", "status": "manager",
}
# What others may import of auth/, and what the module that makes the manager needs to make it.
AUTH_FACE = {f"{LIB}.auth.errors", f"{LIB}.auth.manager"}
AUTH_MAKER = {f"{LIB}.service_entry": {f"{LIB}.auth.credentials.store", f"{LIB}.auth.servers.discovery"}}


def room_of(module: str) -> str | None:
    """Name the room of one of our modules; None for one that has no place in the table."""
    if not module.startswith(LIB + "."):
        return None
    first = module[len(LIB) + 1 :].split(".")[0]
    if first in COMPOSITION:
        return "composition"
    if first == "auth" or first.startswith("plex_"):
        return "plex"
    return first if first in ROOMS else None


def test_every_module_has_a_room() -> None:
    homeless = [name for name in ROOM_MODULES if room_of(name) is None]
    assert not homeless, f"give these a room in ROOMS (and in docs/architecture.md): {homeless}"


def imports_upwards(module: str) -> Iterator[str]:
    """What a module imports and may not."""
    name = room_of(module) or ""
    room = ROOMS[name]
    allowed = room.rooms | {name} | EVERYBODY
    libraries = room.libraries | EXTRA_LIBRARIES.get(module, set())
    for found in imports_of(module):
        if is_ours(found.target):
            fine = found.target in (LIB, "resources") or room_of(found.target) in allowed
        else:
            fine = top(found.target) in STANDARD_LIBRARY | libraries
        if not fine:
            yield f"{module} (room {name}) line {found.line}: {found.target}"


def test_imports_go_downwards_only() -> None:
    breaches = [breach for module in ROOM_MODULES for breach in imports_upwards(module)]
    assert not breaches, f"not allowed by ROOMS: {breaches}"


def auth_room_of(module: str) -> str | None:
    """Name the room of a module inside auth/; None for any other module, and for one that has no place there."""
    if not module.startswith(f"{LIB}.auth."):
        return None
    first = module.split(".")[3]
    return first if first in AUTH_ROOMS and first not in AUTH_MODULES else AUTH_MODULES.get(first)


AUTH_SOURCES = [name for name in SOURCES if name.startswith(f"{LIB}.auth.")]


def imports_upwards_in_auth(module: str) -> Iterator[str]:
    """What a module of auth/ imports and may not."""
    name = auth_room_of(module) or ""
    room = AUTH_ROOMS[name]
    for found in imports_of(module):
        if found.target.startswith(f"{LIB}.auth"):
            fine = auth_room_of(found.target) in room.rooms | {name}
        else:
            fine = is_ours(found.target) or top(found.target) in STANDARD_LIBRARY | room.libraries
        if not fine:
            yield f"{module} (room auth/{name}) line {found.line}: {found.target}"


def test_imports_inside_auth_go_downwards_only() -> None:
    homeless = [module for module in AUTH_SOURCES if not auth_room_of(module)]
    assert not homeless, f"give these a room in AUTH_ROOMS (and in docs/authentication.md): {homeless}"
    breaches = [breach for module in AUTH_SOURCES for breach in imports_upwards_in_auth(module)]
    assert not breaches, f"not allowed by AUTH_ROOMS: {breaches}"


def test_the_rest_of_the_add_on_sees_auth_by_its_manager_and_its_errors() -> None:
    breaches = [
        f"{module} line {found.line}: {found.target}"
        for module in SOURCES
        if not module.startswith(f"{LIB}.auth")
        for found in imports_of(module)
        if found.target.startswith(f"{LIB}.auth") and found.target not in AUTH_FACE | AUTH_MAKER.get(module, set())
    ]
    assert not breaches


@pytest.mark.parametrize("name", [name for name in ENTRY_POINTS if (ROOT / name).exists()])
def test_entry_points_only_hand_over(name: str) -> None:
    wanted = {f"{LIB}.service_start", f"{LIB}.entrypoint"}
    ours = {found.target for found in imports_of(name[:-3]) if is_ours(found.target)}
    others = {found.target for found in imports_of(name[:-3]) if not is_ours(found.target)}
    assert ours <= wanted
    assert {top(other) for other in others} <= STANDARD_LIBRARY
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    assert statements < ENTRY_POINT_LINES


LONGEST_MODULE, MOST_PARAMETERS, COMPOSITION_LINES = 300, 6, 120


def test_modules_and_constructors_are_of_a_size_that_can_be_read() -> None:
    long = [name for name, path in SOURCES.items() if path.read_text(encoding="utf-8").count("\n") > LONGEST_MODULE]
    assert not long
    large = [
        f"{module}: {node.name}"
        for module in SOURCES
        for node in nodes_of(module)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "__init__"
        if len(method.args.args) + len(method.args.kwonlyargs) - 1 > MOST_PARAMETERS
    ]
    assert not large


def test_the_composition_is_short() -> None:
    assert SOURCES[f"{LIB}.service_entry"].read_text(encoding="utf-8").count("\n") < COMPOSITION_LINES


def test_the_parts_of_the_service_do_not_know_each_other() -> None:
    """They talk by events; only the list of parts names them all."""
    service = f"{LIB}.service."
    modules = [name for name in SOURCES if name.startswith(service)]
    packages = {name.split(".")[3] for name in modules if name.count(".") > 3}
    breaches = [
        f"{module} line {found.line}: {found.target}"
        for module in modules
        for found in imports_of(module)
        if module != f"{service}parts" and found.target.startswith(service)
        and found.target.split(".")[3] in packages - {module.split(".")[3]}
    ]
    assert not breaches
    assert modules
