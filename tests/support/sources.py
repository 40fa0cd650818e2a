"""The modules that ship, their trees, imports and libraries, read from the source once for all tests."""

from __future__ import annotations

import ast
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from tests.support.imports import Import, imports_in

ROOT = Path(__file__).resolve().parents[2]
LIB = "resources.lib"
ENTRY_POINTS = ("service.py", "default.py", "context.py")
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
# What does cryptography is needed when the key of this device is read or signs, not when the service starts.
CRYPTOGRAPHY = {"asn1crypto", "ecdsa", "jwt", "pyaes"} | OPTIONAL


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


@lru_cache(maxsize=None)
def nodes_of(module: str) -> Sequence[ast.AST]:
    """All nodes of a module's tree: walking it takes as long as parsing it."""
    return tuple(ast.walk(tree_of(module)))


def top(module: str) -> str:
    """First part of a dotted name."""
    return module.split(".")[0]


def is_ours(module: str) -> bool:
    """Whether the module is part of the add-on."""
    return top(module) == "resources"


ROOM_MODULES = [name for name in SOURCES if name.startswith(LIB + ".")]


def strings_in(module: str) -> Iterator[tuple[ast.Constant, str]]:
    """Every string in a module, but for what only explains it."""
    explained = {
        id(node.body[0].value)
        for node in nodes_of(module)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes_of(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node, node.value
