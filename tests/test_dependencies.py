"""Other libraries: what is declared in addon.xml, what may be missing, and what must not be loaded early."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from tests.support.imports import Import
from tests.support.sources import (
    CRYPTOGRAPHY,
    LIBRARIES,
    OPTIONAL,
    ROOT,
    SOURCES,
    STANDARD_LIBRARY,
    imports_of,
    is_ours,
    top,
)

# Slow to import: the plugin's answer must not wait for them.
HEAVY = {"websocket", "pymysql", "asn1crypto", "defusedxml", "ecdsa", "jwt", "pyaes", "requests", "urllib3"} | OPTIONAL
# Of the standard library: together they would take as long as everything else that a call of the plugin imports.
SLOW = {"dataclasses", "enum", "http", "json", "logging", "pathlib", "re", "socket", "threading", "typing", "urllib"}


def library_imports() -> list[tuple[str, Import]]:
    """Every import of a library, with the module that imports it."""
    return [
        (module, found)
        for module in SOURCES
        for found in imports_of(module)
        if not is_ours(found.target) and top(found.target) not in STANDARD_LIBRARY
    ]


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
        for module, found in library_imports()
        if top(found.target) not in OPTIONAL and LIBRARIES.get(top(found.target)) not in declared
    }
    assert not missing, f"name these in addon.xml: {missing}"


def test_every_dependency_in_addon_xml_is_used() -> None:
    declared = {node.attrib["addon"] for node in ElementTree.parse(ROOT / "addon.xml").iterfind("requires/import")}
    used = {LIBRARIES.get(top(found.target)) for _, found in library_imports()}
    assert declared - {"xbmc.python"} <= used


def test_the_add_on_works_where_optional_libraries_are_missing() -> None:
    unguarded = [
        f"{module} line {found.line}: {found.target}"
        for module, found in library_imports()
        if top(found.target) in OPTIONAL and not (found.guarded or found.lazy)
    ]
    assert not unguarded
