"""What only one module may do: open files, know SQLite, name kinds of items, read bodies of servers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.support.sources import LIB, ROOM_MODULES, SOURCES, imports_of, is_ours, nodes_of, strings_in, top

# A database file that is opened past SQLite loses the locks of this whole process when it is closed, Kodi's included.
FILE_OPENERS = {f"{LIB}.atomic_file"}


def test_only_those_open_files_that_never_see_a_database() -> None:
    openers = {
        module
        for module in SOURCES
        for node in nodes_of(module)
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


def test_statements_are_in_no_dialect() -> None:
    assert not [
        f"{module} line {node.lineno}: {text}"
        for module in ROOM_MODULES
        if module not in (SQLITE, f"{LIB}.state_db.schema")
        for node, text in strings_in(module)
        if SQLITE_WORDS.search(text)
    ]


# What a kind of items needs stands in its declaration (library_sync/kinds); the sync itself knows none by name.
SYNC = f"{LIB}.library_sync."
KINDLESS = [name for name in SOURCES if name.startswith(SYNC) and not name.startswith(f"{SYNC}kinds")]
KIND_WORDS = {
    *("movie", "movies", "show", "shows", "tvshow", "tvshows", "season", "seasons", "episode", "episodes"),
    *("idmovie", "idshow", "idseason", "idepisode"),
}


def test_the_sync_names_no_kind_of_items() -> None:
    named = {
        f"{module} line {getattr(node, 'lineno', 0)}: {text}"
        for module in KINDLESS
        for node, text in _words_in(module)
        if KIND_WORDS.intersection(re.findall(r"[a-z]+", text.lower()))
    }
    assert not named
    assert KINDLESS


def _words_in(module: str) -> Iterator[tuple[ast.AST, str]]:
    """Every name and every string in a module, but for what only explains it."""
    yield from strings_in(module)
    for node in nodes_of(module):
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            text = getattr(node, field, None)
            if isinstance(text, str):
                yield node, text


# Only these speak HTTP to servers, and only one of them reads bodies: all others get them within limits.
HTTP_LIBRARIES = {"requests", "urllib3", "http.client", "urllib.request"}
HTTP_SPEAKERS = {
    f"{LIB}.{name}"
    for name in ("plex_answers", "plex_body", "plex_connections", "plex_http", "plex_websocket", "auth.clock")
}
BODY_READER = f"{LIB}.plex_body"
# What is without a limit is named by nobody else.
UNLIMITED = "STREAM"
UNLIMITED_READER = f"{LIB}.local_server.upstream"


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
        for node in nodes_of(module)
        if isinstance(node, ast.Attribute) and node.attr in {"raw", "content", "text", "iter_content", "iter_lines"}
    }
    assert speakers == HTTP_SPEAKERS
    assert readers == {BODY_READER}


def test_only_the_stream_that_kodi_plays_is_without_a_limit() -> None:
    users = {
        module
        for module in SOURCES
        for node in nodes_of(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("plex_limits")
        and UNLIMITED in {alias.name for alias in node.names}
    }
    assert users == {UNLIMITED_READER}
