"""The rooms of the house keep to their doors: who may import whom, read from the source itself."""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.imports import Import, imports_in

ROOT = Path(__file__).resolve().parents[1]
LIB = "resources.lib"
ENTRY_POINTS = ("service.py", "default.py", "context.py")
ENTRY_POINT_LINES = 15

# Import name of a library to the add-on that brings it.
LIBRARIES = {
    "asn1crypto": "script.module.asn1crypto",
    "defusedxml": "script.module.defusedxml",
    "ecdsa": "script.module.ecdsa",
    "jwt": "script.module.pyjwt",
    "kodi_six": "script.module.kodi-six",
    "pyaes": "script.module.pyaes",
    "pymysql": "script.module.pymysql",
    "requests": "script.module.requests",
    "segno": "script.module.segno",
    "urllib3": "script.module.urllib3",
    "websocket": "script.module.websocket",
}
# Compiled, so they may only be used where they happen to import; pycryptodome under either of its two names.
OPTIONAL = {"Crypto", "Cryptodome", "cryptography"}
# Slow to import: the plugin's answer must not wait for them.
HEAVY = {"websocket", "pymysql", "asn1crypto", "defusedxml", "ecdsa", "jwt", "pyaes", "requests", "urllib3"} | OPTIONAL
# What does cryptography is needed when the key of this device is read or signs, not when the service starts.
CRYPTOGRAPHY = {"asn1crypto", "ecdsa", "jwt", "pyaes"} | OPTIONAL
# Of the standard library: together they would take as long as everything else that a call of the plugin imports.
SLOW = {"dataclasses", "enum", "http", "json", "logging", "pathlib", "re", "socket", "threading", "typing", "urllib"}


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
}
# Composition builds the parts from everywhere, but only kodi/ talks to Kodi.
ROOMS["composition"] = Room(
    rooms=frozenset(ROOMS), libraries=frozenset(LIBRARIES) - CRYPTOGRAPHY - {"kodi_six", "segno", "urllib3"}
)
COMPOSITION = {"service_entry", "entrypoint", "plugin", "service"}
EVERYBODY = {"atomic_file", "batches", "cancellation", "item_url", "quick_json", "redaction", "retry"}
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


def standard_library() -> frozenset[str]:
    """Names of the standard library's modules, on Python 3.9 too."""
    names = getattr(sys, "stdlib_module_names", None)
    if names is not None:
        return frozenset(names)
    folder = Path(sysconfig.get_paths()["stdlib"])
    found = {path.stem.split(".")[0] for path in (*folder.iterdir(), *folder.glob("lib-dynload/*"))}
    return frozenset((found - {"site-packages"}) | set(sys.builtin_module_names))


STANDARD_LIBRARY = standard_library()


def sources() -> dict[str, Path]:
    """Every module that ships, by its dotted name."""
    files = [ROOT / name for name in ENTRY_POINTS if (ROOT / name).exists()]
    files += sorted((ROOT / "resources").rglob("*.py"))
    modules = {}
    for path in files:
        parts = path.relative_to(ROOT).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


SOURCES = sources()


@lru_cache(maxsize=None)
def imports_of(module: str) -> Sequence[Import]:
    """Every import in a module, but those that only type checkers see."""
    return tuple(found for found in imports_in(module, SOURCES) if not found.checking)


@lru_cache(maxsize=None)
def tree_of(module: str) -> ast.Module:
    """One of our modules as a tree, which is read by many tests."""
    return ast.parse(SOURCES[module].read_text(encoding="utf-8"))


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


def top(module: str) -> str:
    """First part of a dotted name."""
    return module.split(".")[0]


def is_ours(module: str) -> bool:
    """Whether the module is part of the add-on."""
    return top(module) == "resources"


ROOM_MODULES = [name for name in SOURCES if name.startswith(LIB + ".")]
LIBRARY_IMPORTS = [
    (module, found)
    for module in SOURCES
    for found in imports_of(module)
    if not is_ours(found.target) and top(found.target) not in STANDARD_LIBRARY
]


def test_every_module_has_a_room() -> None:
    homeless = [name for name in ROOM_MODULES if room_of(name) is None]
    assert not homeless, f"give these a room in ROOMS (and in docs/architecture.md): {homeless}"


@pytest.mark.parametrize("module", ROOM_MODULES)
def test_imports_go_downwards_only(module: str) -> None:
    name = room_of(module) or ""
    room = ROOMS[name]
    allowed = room.rooms | {name} | EVERYBODY
    libraries = room.libraries | EXTRA_LIBRARIES.get(module, set())
    breaches = []
    for found in imports_of(module):
        if is_ours(found.target):
            fine = found.target in (LIB, "resources") or room_of(found.target) in allowed
        else:
            fine = top(found.target) in STANDARD_LIBRARY | libraries
        if not fine:
            breaches.append(f"line {found.line}: {found.target}")
    assert not breaches, f"{module} (room {name}) may not import: {breaches}"


def auth_room_of(module: str) -> str | None:
    """Name the room of a module inside auth/; None for any other module, and for one that has no place there."""
    if not module.startswith(f"{LIB}.auth."):
        return None
    first = module.split(".")[3]
    return first if first in AUTH_ROOMS and first not in AUTH_MODULES else AUTH_MODULES.get(first)


AUTH_SOURCES = [name for name in SOURCES if name.startswith(f"{LIB}.auth.")]


@pytest.mark.parametrize("module", AUTH_SOURCES)
def test_imports_inside_auth_go_downwards_only(module: str) -> None:
    name = auth_room_of(module)
    assert name, "give it a room in AUTH_ROOMS (and in docs/authentication.md)"
    room = AUTH_ROOMS[name]
    breaches = []
    for found in imports_of(module):
        if found.target.startswith(f"{LIB}.auth"):
            fine = auth_room_of(found.target) in room.rooms | {name}
        else:
            fine = is_ours(found.target) or top(found.target) in STANDARD_LIBRARY | room.libraries
        if not fine:
            breaches.append(f"line {found.line}: {found.target}")
    assert not breaches, f"{module} (room auth/{name}) may not import: {breaches}"


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
    wanted = {f"{LIB}.service_entry", f"{LIB}.entrypoint"}
    ours = {found.target for found in imports_of(name[:-3]) if is_ours(found.target)}
    others = {found.target for found in imports_of(name[:-3]) if not is_ours(found.target)}
    assert ours <= wanted
    assert {top(other) for other in others} <= STANDARD_LIBRARY
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(tree))
    assert statements < ENTRY_POINT_LINES


def loaded_by(start: str) -> dict[str, list[str]]:
    """Which modules importing *start* loads at once, each with the way that leads to it."""
    ways: dict[str, list[str]] = {}
    waiting = [(start, [start])]
    while waiting:
        module, way = waiting.pop()
        if module in ways:
            continue
        ways[module] = way
        if module not in SOURCES:
            continue
        for found in imports_of(module):
            if found.lazy:
                continue
            parts = found.target.split(".")
            # Importing a.b.c runs a and a.b first.
            for count in range(1, len(parts) + 1):
                name = ".".join(parts[:count])
                waiting.append((name, [*way, name]))
    return ways


def test_the_plugin_answers_without_loading_heavy_libraries() -> None:
    breaches = {" -> ".join(way) for module, way in loaded_by("default").items() if top(module) in HEAVY | SLOW}
    assert not breaches


def test_the_service_starts_without_loading_cryptography() -> None:
    breaches = {" -> ".join(way) for module, way in loaded_by("service").items() if top(module) in CRYPTOGRAPHY}
    assert not breaches


def test_every_library_is_a_dependency_in_addon_xml() -> None:
    declared = {node.attrib["addon"] for node in ElementTree.parse(ROOT / "addon.xml").iterfind("requires/import")}
    missing = {
        f"{module} line {found.line}: {found.target}"
        for module, found in LIBRARY_IMPORTS
        if top(found.target) not in OPTIONAL and LIBRARIES.get(top(found.target)) not in declared
    }
    assert not missing, f"name these in addon.xml: {missing}"


def test_every_dependency_in_addon_xml_is_used() -> None:
    declared = {node.attrib["addon"] for node in ElementTree.parse(ROOT / "addon.xml").iterfind("requires/import")}
    used = {LIBRARIES.get(top(found.target)) for _, found in LIBRARY_IMPORTS}
    assert declared - {"xbmc.python"} <= used


def test_the_add_on_works_where_optional_libraries_are_missing() -> None:
    unguarded = [
        f"{module} line {found.line}: {found.target}"
        for module, found in LIBRARY_IMPORTS
        if top(found.target) in OPTIONAL and not (found.guarded or found.lazy)
    ]
    assert not unguarded


# A database file that is opened past SQLite loses the locks of this whole process when it is closed, Kodi's included.
FILE_OPENERS = {f"{LIB}.atomic_file"}


def test_only_those_open_files_that_never_see_a_database() -> None:
    openers = {
        module
        for module in SOURCES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Call) and opens_a_file(node.func)
    }
    assert openers == FILE_OPENERS


def opens_a_file(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id == "open"
    return isinstance(called, ast.Attribute) and (
        called.attr in {"read_bytes", "read_text", "copyfile", "copy2"}
        or (called.attr == "open" and isinstance(called.value, ast.Name) and called.value.id in {"os", "io"})
    )


# Kodi can keep its library on MariaDB too: which engine a database is in must be a matter of one module.
SQLITE = f"{LIB}.sql.sqlite"
# Our own database is a file of SQLite's wherever Kodi's library is.
OWN_DATABASE = {f"{LIB}.state_db", f"{LIB}.state_db.file", f"{LIB}.state_db.moving"}
SQLITE_WORDS = re.compile(
    r"\bPRAGMA\b|\bATTACH\b|data_version|user_version|\bOR (IGNORE|REPLACE)\b|\browid\b|sqlite_master|BEGIN IMMEDIATE",
    re.IGNORECASE,
)


def test_one_module_knows_sqlite() -> None:
    importers = {name for name in SOURCES for found in imports_of(name) if top(found.target) == "sqlite3"}
    assert importers == {SQLITE}


def test_it_is_chosen_in_one_place() -> None:
    importers = {name for name in SOURCES for found in imports_of(name) if found.target == SQLITE}
    assert importers == {f"{LIB}.sql.engines"} | OWN_DATABASE


@pytest.mark.parametrize("module", [name for name in ROOM_MODULES if name not in (SQLITE, f"{LIB}.state_db.schema")])
def test_statements_are_in_no_dialect(module: str) -> None:
    tree = tree_of(module)
    assert not [f"line {node.lineno}: {text}" for node, text in _strings_in(tree) if SQLITE_WORDS.search(text)]


def _strings_in(tree: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    """Every string in a module, but for what only explains it."""
    explained = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node, node.value


# What a kind of items needs stands in its declaration (library_sync/kinds); the sync itself knows none by name.
SYNC = f"{LIB}.library_sync."
KINDLESS = [name for name in SOURCES if name.startswith(SYNC) and not name.startswith(f"{SYNC}kinds")]
KIND_WORDS = {
    *("movie", "movies", "show", "shows", "tvshow", "tvshows", "season", "seasons", "episode", "episodes"),
    *("idmovie", "idshow", "idseason", "idepisode"),
}


@pytest.mark.parametrize("module", KINDLESS)
def test_the_sync_names_no_kind_of_items(module: str) -> None:
    tree = tree_of(module)
    named = {
        f"line {getattr(node, 'lineno', 0)}: {text}"
        for node, text in _words_in(tree)
        if KIND_WORDS.intersection(re.findall(r"[a-z]+", text.lower()))
    }
    assert not named


def _words_in(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every name and every string in a module, but for what only explains it."""
    yield from _strings_in(tree)
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            text = getattr(node, field, None)
            if isinstance(text, str):
                yield node, text


LONGEST_MODULE, MOST_PARAMETERS, COMPOSITION_LINES = 300, 6, 120


@pytest.mark.parametrize("module", SOURCES)
def test_modules_and_constructors_are_of_a_size_that_can_be_read(module: str) -> None:
    source = SOURCES[module].read_text(encoding="utf-8")
    assert source.count("\n") <= LONGEST_MODULE
    large = [
        node.name
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "__init__"
        if len(method.args.args) + len(method.args.kwonlyargs) - 1 > MOST_PARAMETERS
    ]
    assert not large


def test_the_composition_is_short() -> None:
    assert SOURCES[f"{LIB}.service_entry"].read_text(encoding="utf-8").count("\n") < COMPOSITION_LINES


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith(f"{LIB}.service.")])
def test_the_parts_of_the_service_do_not_know_each_other(module: str) -> None:
    """They talk by events; only the list of parts names them all."""
    room = module[len(f"{LIB}.service.") :].split(".")
    if room == ["parts"]:
        return
    packages = {name.split(".")[3] for name in SOURCES if name.startswith(f"{LIB}.service.") and name.count(".") > 3}
    named = {
        found.target.split(".")[3]
        for found in imports_of(module)
        if found.target.startswith(f"{LIB}.service.") and found.target.split(".")[3] in packages
    }
    assert named <= {room[0]}


# Only these speak HTTP to servers, and only one of them reads bodies: all others get them within limits.
HTTP_LIBRARIES = {"requests", "urllib3", "http.client", "urllib.request"}
HTTP_SPEAKERS = {
    f"{LIB}.{name}"
    for name in ("plex_answers", "plex_body", "plex_connections", "plex_http", "plex_websocket", "auth.clock")
}
BODY_READER = f"{LIB}.plex_body"
# What is without a limit is named by nobody else.
UNLIMITED = "STREAM"
UNLIMITED_READER = f"{LIB}.local_server.stream_proxy"


def test_bodies_of_servers_are_read_in_one_place() -> None:
    speakers = {
        module
        for module in SOURCES
        if not module.startswith(f"{LIB}.local_server.")  # which is a server, and takes only names of statuses from it
        for found in imports_of(module)
        if not is_ours(found.target) and any((found.target + ".").startswith(name + ".") for name in HTTP_LIBRARIES)
    }
    readers = {
        module
        for module in HTTP_SPEAKERS
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Attribute) and node.attr in {"raw", "content", "text", "iter_content", "iter_lines"}
    }
    assert speakers == HTTP_SPEAKERS
    assert readers == {BODY_READER}


def test_only_the_stream_that_kodi_plays_is_without_a_limit() -> None:
    users = {
        module
        for module in SOURCES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("plex_limits")
        and UNLIMITED in {alias.name for alias in node.names}
    }
    assert users == {UNLIMITED_READER}
