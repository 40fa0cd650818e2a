"""No raw dictionary of Plex's goes further than the modules that make records of it, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from tests.support.sources import LIB, SOURCES, nodes_of

# They ask Plex or read its answers. All others get records.
PARSERS = {
    f"{LIB}.{name}"
    for name in (
        "plex_values", "plex_media", "plex_model", "plex_requests", "plex_functions", "plex_tv", "plex_answers",
        "plex_xml", "plex_notifications", "plex_lists", "plex_providers", "plex_watchlist",
        "plex_files", "plex_augmentation", "plex_matches", "plex_playlists", "plex_owner",
        "plex_queues",
        "plex_looks", "plex_preferences", "plex_extras", "plex_transcode", "plex_subtitles", "plex_themes",
    )
}
# What they read with the same care is not Plex's: a question of the plugin, an announcement of Kodi's.
OTHER_READERS = {
    f"{LIB}.{name}"
    for name in (
        "service.library.part", "service.library.schedule", "service.lists.part", "service.watch_state.watched_marks",
        "service.watch_state.own_signs", "remote_control.commands", "remote_control.proxy",
    )
} | {name for name in SOURCES if name.startswith(f"{LIB}.service.item_actions.")}
VALUES = f"{LIB}.plex_values"
# Modules with records; what they have beside records and constants turns raw dictionaries into them.
RECORDS = {f"{LIB}.plex_media", f"{LIB}.plex_model"}
# Methods of the client's lower half that answer with raw dictionaries.
RAW_ANSWERS = {"container", "pages", "get_json"}


def is_parser(module: str) -> bool:
    """Whether a module is one of those that may see Plex's raw dictionaries."""
    return module in PARSERS or module.startswith(f"{LIB}.auth.")


READERS = sorted(name for name in SOURCES if name.startswith(LIB + ".") and not is_parser(name))


def imported(module: str) -> Iterator[tuple[str, str, int]]:
    """(module, name, line) of everything that is taken out of one of our modules; '' for the module itself."""
    package = module.split(".")[:-1] if SOURCES[module].name != "__init__.py" else module.split(".")
    for node in nodes_of(module):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = ".".join([*package[: len(package) - node.level + 1], node.module or ""]).rstrip(".")
        for alias in node.names:
            if f"{base}.{alias.name}" in SOURCES:
                yield f"{base}.{alias.name}", "", node.lineno
            else:
                yield base, alias.name, node.lineno


def is_record(name: str) -> bool:
    """Whether a name is a class or a constant."""
    return name[:1].isupper()


@lru_cache(maxsize=None)
def plex_names() -> set[str]:
    """Names of attributes and elements that only Plex writes so, from the calls that read them."""
    found = set()
    for module in RECORDS | {f"{LIB}.plex_requests"}:
        calls = [node for node in nodes_of(module) if isinstance(node, ast.Call)]
        found |= {str(one.value) for node in calls for one in node.args if isinstance(one, ast.Constant)}
    written_so = {name for name in found if name.isidentifier() and name not in (name.lower(), name.upper())}
    return written_so - {"None", "True", "False"} | {"MediaContainer", "Directory"}


def looked_up(node: ast.AST) -> object:
    """The key of ``….get('key')`` and ``…['key']``."""
    key: ast.AST | None = None
    if isinstance(node, ast.Subscript):
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        key = node.args[0]
    return key.value if isinstance(key, ast.Constant) else None


def test_the_names_that_are_looked_for_are_those_of_plex() -> None:
    assert {"ratingKey", "viewCount", "Media", "Part", "Stream", "Marker", "Chapter", "Metadata"} <= plex_names()
    assert READERS and all(module in SOURCES for module in PARSERS | OTHER_READERS)


def read_raw(module: str) -> list[str]:
    """What a module reads out of raw dictionaries."""
    breaches = [
        f"line {line}: {source}.{name}"
        for source, name, line in imported(module)
        if (source == VALUES and module not in OTHER_READERS)
        or (source in RECORDS and name and not is_record(name))
    ]
    modules = {source.rpartition(".")[2] for source, name, _ in imported(module) if source in RECORDS and not name}
    for node in nodes_of(module):
        if modules and isinstance(node, ast.Attribute) and ast.unparse(node.value) in modules \
                and not is_record(node.attr):
            breaches.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RAW_ANSWERS:
            breaches.append(f"line {node.lineno}: {ast.unparse(node.func)}")
        if looked_up(node) in plex_names():
            breaches.append(f"{looked_up(node)}: {ast.unparse(node)}")
    return [f"{module}: {breach}" for breach in breaches]


def test_nobody_else_reads_plexs_raw_dictionaries() -> None:
    breaches = [breach for module in READERS for breach in read_raw(module)]
    assert not breaches, f"a record should hold what is read here: {breaches}"
