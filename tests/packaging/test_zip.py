"""The add-on's zip holds what a TV needs, and nothing else."""

from __future__ import annotations

import os
import subprocess
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest

from tools import icons
from tools.package import addons, archive, source
from tools.package.__main__ import main
from tools.package.errors import PackageError

REQUIRED = {"addon.xml", "service.py", "default.py", "resources", "LICENSE.txt"}
ALLOWED = REQUIRED | {"context.py", "changelog.txt", "README.md", "logo.png"}


def git(folder: Path, *arguments: str) -> bytes:
    """Run git without the settings of the person who runs the tests."""
    identity = {f"GIT_{role}_{what}": "test" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small repository with our list of what ships, all committed."""
    files = {
        ".gitattributes": (addons.ROOT / ".gitattributes").read_text(encoding="utf-8"),
        ".gitignore": (addons.ROOT / ".gitignore").read_text(encoding="utf-8"),
        "addon.xml": "<addon id='plugin.video.plexkodiconnect' version='9.8.7'/>",
        "service.py": "run()\n",
        "resources/lib/deep/module.py": "x = 1\n",
        "resources/tests/is_not_tests.py": "x = 2\n",
        "tests/test_x.py": "",
        "tools/package/deep/tool.py": "",
        "docs/a ä.md": "words",
        "Makefile": "all:\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    return tmp_path


SHIPPED = {"addon.xml", "service.py", "resources/lib/deep/module.py", "resources/tests/is_not_tests.py"}


def test_tests_and_tools_do_not_ship(checkout: Path) -> None:
    assert set(source.worktree_files(checkout)) == SHIPPED


def test_a_clean_working_tree_packs_as_git_archive_does(checkout: Path) -> None:
    with zipfile.ZipFile(BytesIO(git(checkout, "archive", "--format=zip", "HEAD"))) as made_by_git:
        exported = {name: made_by_git.read(name) for name in made_by_git.namelist() if not name.endswith("/")}
    assert source.worktree_files(checkout) == exported == source.committed_files(checkout)


def test_the_working_tree_is_packed_as_it_is(checkout: Path) -> None:
    (checkout / "service.py").unlink()
    (checkout / "resources/lib/deep/module.py").write_text("x = 3\n", encoding="utf-8")
    (checkout / "default.py").write_text("", encoding="utf-8")
    (checkout / "resources/lib/__pycache__").mkdir()
    (checkout / "resources/lib/__pycache__/module.pyc").write_bytes(b"")
    files = source.worktree_files(checkout)
    assert set(files) == SHIPPED - {"service.py"} | {"default.py"}
    assert files["resources/lib/deep/module.py"] == b"x = 3\n"
    assert set(source.committed_files(checkout)) == SHIPPED


@pytest.mark.parametrize("worktree", [True, False])
def test_links_are_refused_because_kodi_would_unpack_them_as_text(checkout: Path, worktree: bool) -> None:
    (checkout / "default.py").symlink_to("service.py")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "two")
    with pytest.raises(PackageError, match=r"default\.py"):
        source.worktree_files(checkout) if worktree else source.committed_files(checkout)


def test_a_folder_without_git_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="git ls-files failed"):
        source.worktree_files(tmp_path)


def test_the_zip_does_not_depend_on_when_or_in_which_order() -> None:
    one = archive.build_zip("id", {"b/c.txt": b"1", "a.txt": b"2"})
    two = archive.build_zip("id", {"a.txt": b"2", "b/c.txt": b"1"})
    assert one == two
    with zipfile.ZipFile(BytesIO(one)) as opened:
        assert opened.namelist() == ["id/a.txt", "id/b/c.txt"]


def test_our_zip_holds_exactly_what_ships(tmp_path: Path) -> None:
    assert main(["zip", "--worktree", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.iterdir()
    assert path.name == "plugin.video.plexkodiconnect-4.0.0.zip"
    with zipfile.ZipFile(path) as opened:
        names = opened.namelist()
        assert opened.testzip() is None
    assert {name.split("/")[0] for name in names} == {"plugin.video.plexkodiconnect"}
    tops = {name.split("/")[1] for name in names}
    assert tops >= REQUIRED
    assert tops <= ALLOWED, f"not meant to ship, or missing in ALLOWED: {tops - ALLOWED}"
    assert not [name for name in names if name.endswith((".pyc", ".pyo", ".orig")) or "/." in name]


def test_the_pictures_that_kodi_shows_are_there() -> None:
    addon = addons.our_addon(worktree=True)
    assert addon.xml.assets[:2] == ("resources/media/icon.png", "resources/media/fanart.jpg")
    for name in addon.xml.assets:
        assert name in addon.files
    icon = addon.files["resources/media/icon.png"]
    assert icon[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(icon[16:20], "big"), int.from_bytes(icon[20:24], "big")) == (512, 512)


def test_kodis_subtitle_dialog_finds_our_logo() -> None:
    logo = addons.our_addon(worktree=True).files["logo.png"]  # the name and the place are Kodi's
    assert _pixels(logo) == _pixels(icons.draw_logo()), "draw it anew: python -m tools.icons"
    size = (int.from_bytes(logo[16:20], "big"), int.from_bytes(logo[20:24], "big"))
    assert size == (icons.LOGO_WIDTH, icons.LOGO_HEIGHT)
    assert logo[25] == 6, "not transparent around the cards"


def _pixels(png: bytes) -> bytes:
    """The lines of a PNG file with a single block of them: compression differs between versions of zlib."""
    return zlib.decompress(png[41:-16])
