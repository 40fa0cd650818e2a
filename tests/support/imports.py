"""Reading the imports of a module from its source."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Import(NamedTuple):
    """One imported module."""

    target: str
    line: int
    lazy: bool = False
    """Inside a function, so it does not run when the module is imported."""
    guarded: bool = False
    """Inside a ``try``."""
    checking: bool = False
    """Below ``if TYPE_CHECKING``, so that only type checkers see it."""


def imports_in(module: str, sources: Mapping[str, Path]) -> list[Import]:
    """All imports in a module; ``sources`` are our modules' files by their dotted names."""
    path = sources[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        found._replace(target=target)
        for found, node in _walk(tree, Import("", 0))
        for target in _targets(node, package, sources)
    ]


def _walk(node: ast.AST, place: Import) -> Iterator[tuple[Import, ast.Import | ast.ImportFrom]]:
    """Yield the import statements below a node; ``place`` has the values that all of them share."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield place._replace(line=child.lineno), child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for inner in child.body:
                yield from _walk(ast.Module([inner], []), place._replace(checking=True))
            for other in child.orelse:
                yield from _walk(ast.Module([other], []), place)
        else:
            function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            guarded = place.guarded or isinstance(child, ast.Try)
            yield from _walk(child, place._replace(lazy=place.lazy or function, guarded=guarded))


def _targets(node: ast.Import | ast.ImportFrom, package: str, known: Container[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, base] if base else above)
    # "from package import module" names a module; "from module import name" does not.
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
