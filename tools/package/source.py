"""The files of our add-on that ship: those without ``export-ignore`` in ``.gitattributes``."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from tools.package.errors import PackageError


def committed_files(root: Path) -> dict[str, bytes]:
    """Path and content of the files that ``git archive`` exports from HEAD."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", "HEAD"))) as archive:
        for member in archive:
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isfile() else None
            if content is None:
                raise PackageError(f"{member.name} is not a plain file, and Kodi's zips hold only those.")
            files[member.name] = content.read()
    return files


def worktree_files(root: Path) -> dict[str, bytes]:
    """Path and content of the files that ``git archive`` would export if the working tree were committed."""
    listed = _names(_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"))
    present = sorted({name for name in listed if (root / name).is_file()})
    ignored = _export_ignored(root, present)
    shipped = [name for name in present if name not in ignored]
    links = [name for name in shipped if (root / name).is_symlink()]
    if links:
        raise PackageError(f"{links[0]} is not a plain file, and Kodi's zips hold only those.")
    return {name: (root / name).read_bytes() for name in shipped}


def _export_ignored(root: Path, names: list[str]) -> set[str]:
    """The names that have ``export-ignore``, themselves or by a folder above."""
    above = {name: [name, *(str(parent) for parent in PurePosixPath(name).parents if parent.name)] for name in names}
    asked = sorted({path for paths in above.values() for path in paths})
    answer = _names(_git(root, "check-attr", "-z", "--stdin", "export-ignore", stdin="\0".join(asked).encode()))
    # Three fields each: path, attribute, value.
    ignored = {path for path, value in zip(answer[0::3], answer[2::3]) if value == "set"}
    return {name for name, paths in above.items() if ignored.intersection(paths)}


def _names(output: bytes) -> list[str]:
    return [name for name in output.decode("utf-8").split("\0") if name]


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise PackageError("git is needed to tell which files ship.") from None
    if done.returncode:
        raise PackageError(f"git {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
