"""The rooms of the simulated Plex keep to their doors: who may import whom, read from the source itself."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

import pytest
from graphlib import CycleError, TopologicalSorter

from tests.support.imports import imports_in

ROOT = Path(__file__).resolve().parents[1]
SIMULATOR = "tools.plexsim"
LINES = 300
PARAMETERS = 6

# From the bottom to the top: what the modules of a room import beside libraries and the room itself.
ROOMS: dict[str, set[str]] = {
    "config": set(),
    "formats": set(),
    "http": {"config", "formats"},
    "items": set(),
    "library": {"config", "formats", "items"},
    "accounts": {"config", "formats"},
    "plextv": {"config", "formats", "http", "accounts"},
    "pms": {"config", "formats", "http", "items", "library", "accounts"},
    "control": {"config", "http", "items", "library", "accounts", "plextv", "pms"},
    "simulator": {"config", "http", "library", "accounts", "plextv", "pms", "control"},
    "face": {"config", "items", "library", "simulator"},
}
# The package itself and its command line: what others use, and nobody in here.
FACE = {SIMULATOR, SIMULATOR + ".__main__"}


def sources() -> dict[str, Path]:
    """Every module of the simulator, by its dotted name."""
    modules = {}
    for path in sorted((ROOT / "tools" / "plexsim").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


SOURCES = sources()


@lru_cache(maxsize=None)
def tree_of(module: str) -> ast.Module:
    """One of the simulator's modules as a tree."""
    return ast.parse(SOURCES[module].read_text(encoding="utf-8"))


@lru_cache(maxsize=None)
def imports() -> dict[str, set[str]]:
    """What each module imports: also what only type checkers see, and what is inside functions."""
    return {module: {found.target for found in imports_in(module, SOURCES)} for module in SOURCES}


def room_of(module: str) -> str:
    """Name the room of one of the simulator's modules."""
    return "face" if module in FACE else module[len(SIMULATOR) + 1 :].split(".")[0]


def is_ours(module: str) -> bool:
    """Whether a module is part of the simulator."""
    return module == SIMULATOR or module.startswith(SIMULATOR + ".")


def test_every_module_has_a_room() -> None:
    homeless = [module for module in SOURCES if room_of(module) not in ROOMS]
    assert not homeless, f"give these a room in ROOMS (and in the docstring of {SIMULATOR}): {homeless}"


def test_arrows_point_downwards() -> None:
    order = list(ROOMS)
    upwards = [(room, other) for room, below in ROOMS.items() for other in below - set(order[: order.index(room)])]
    assert not upwards


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_what_is_declared(room: str) -> None:
    used = {
        room_of(target)
        for module, targets in imports().items()
        for target in targets
        if room_of(module) == room and is_ours(target)
    }
    assert used - {room} == ROOMS[room]


def test_no_module_leads_back_to_itself() -> None:
    graph = {module: {target for target in targets if is_ours(target)} for module, targets in imports().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("a circle of imports: " + " -> ".join(error.args[1]))


def test_the_simulator_knows_nothing_of_the_add_on_and_its_tests() -> None:
    known = {"resources", "tests", "tools"}
    breaches = {
        (module, target)
        for module, targets in imports().items()
        for target in targets
        if target.split(".")[0] in known and not is_ours(target)
    }
    assert not breaches


def test_every_room_is_on_the_map() -> None:
    text = ast.get_docstring(tree_of(SIMULATOR)) or ""
    assert [room for room in ROOMS if f"- ``{room}``: " not in text] == ["face"]


def test_modules_and_constructors_stay_small() -> None:
    long = [name for name, path in SOURCES.items() if len(path.read_text(encoding="utf-8").splitlines()) > LINES]
    assert not long
    large = [
        f"{module} line {node.lineno}"
        for module in SOURCES
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
        if len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs) - 1 > PARAMETERS
    ]
    assert not large
