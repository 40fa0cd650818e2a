"""A Kodi that knows only our repository can install everything from it."""

from __future__ import annotations

import hashlib
import html.parser
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.packaging.conftest import URL
from tools.package import addon_xml, addons
from tools.package.__main__ import main
from tools.package.addon_xml import Version

# What Kodi 19, the oldest that we support, brings itself.
KODI = {"xbmc.python": "3.0.0"}


@pytest.fixture
def listed(repo: Path) -> dict[str, ElementTree.Element]:
    """The add-ons of addons.xml by id."""
    return {node.attrib["id"]: node for node in ElementTree.parse(repo / "addons.xml").getroot()}


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("1.9.0", "1.10.0"),
        ("3.10", "3.10.0"),
        ("1.26.16", "1.26.16+matrix.1"),
        ("1.26.16+matrix.1", "1.26.20"),
        ("4.0.0~beta2", "4.0.0"),
        ("4.0.0~beta2", "4.0.0~beta10"),
        ("0.1.0", "0.1.3.1"),
    ],
)
def test_versions_are_ordered_as_kodi_orders_them(lower: str, higher: str) -> None:
    assert Version(lower) < Version(higher)
    assert not Version(higher) < Version(lower)
    assert Version(lower) == Version(lower)


def test_every_dependency_can_be_had_in_a_sufficient_version(listed: dict[str, ElementTree.Element]) -> None:
    available = {**KODI, **{addon: node.attrib["version"] for addon, node in listed.items()}}
    for addon, node in listed.items():
        for need in node.iterfind("requires/import"):
            wanted = need.attrib["addon"]
            assert wanted in available, f"{addon} needs {wanted}"
            assert Version(available[wanted]) >= Version(need.attrib["version"]), f"{addon} needs a newer {wanted}"


def test_nothing_is_in_the_repository_that_nobody_needs(listed: dict[str, ElementTree.Element]) -> None:
    needed = {need.attrib["addon"] for node in listed.values() for need in node.iterfind("requires/import")}
    assert set(listed) - needed == {"plugin.video.plexkodiconnect", "repository.plexkodiconnect"}


def test_checksums_of_the_index_are_right(repo: Path) -> None:
    index = (repo / "addons.xml").read_bytes()
    assert (repo / "addons.xml.md5").read_text().split()[0] == hashlib.md5(index).hexdigest()
    assert (repo / "addons.xml.sha256").read_text().split()[0] == hashlib.sha256(index).hexdigest()


def test_every_zip_is_where_kodi_asks_for_it(repo: Path, listed: dict[str, ElementTree.Element]) -> None:
    for addon, node in listed.items():
        path = repo / addon / f"{addon}-{node.attrib['version']}.zip"
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert path.with_name(path.name + ".sha256").read_text().split()[0] == digest
        with zipfile.ZipFile(path) as opened:
            assert {name.split("/")[0] for name in opened.namelist()} == {addon}
            inside = addon_xml.parse(opened.read(f"{addon}/addon.xml"))
            names = set(opened.namelist())
        assert (inside.addon_id, inside.version) == (addon, node.attrib["version"])
        assert f"{addon}/LICENSE.txt" in names
        # Kodi shows these before it has the zip.
        for asset in inside.assets:
            assert f"{addon}/{asset}" in names
            assert (repo / addon / asset).is_file()


def test_the_repository_add_on_leads_to_where_the_repository_is_served(repo: Path) -> None:
    (front,) = repo.glob("*.zip")
    assert front.read_bytes() == (repo / "repository.plexkodiconnect" / front.name).read_bytes()
    with zipfile.ZipFile(front) as opened:
        root = ElementTree.fromstring(opened.read("repository.plexkodiconnect/addon.xml"))
    folder = root.find("extension[@point='xbmc.addon.repository']/dir")
    assert folder is not None
    assert folder.findtext("info") == f"{URL}/addons.xml"
    assert folder.findtext("checksum") == f"{URL}/addons.xml.sha256"
    assert folder.findtext("datadir") == f"{URL}/"
    assert (repo / "addons.xml.sha256").is_file()


class Links(html.parser.HTMLParser):
    """Collects the targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def test_every_zip_can_be_reached_by_walking_the_pages(repo: Path) -> None:
    seen: set[Path] = set()
    waiting = [repo]
    while waiting:
        folder = waiting.pop()
        links = Links()
        links.feed((folder / "index.html").read_text(encoding="utf-8"))
        for link in links.found:
            if link == "../":
                continue
            target = folder / unquote(link)
            assert target.is_dir() == link.endswith("/")
            assert target.exists()
            seen.add(target)
            if target.is_dir():
                waiting.append(target)
    assert set(repo.rglob("*.zip")) <= seen


def test_building_again_gives_the_same_and_removes_what_is_old(repo: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["repo", "--worktree", "--out", str(tmp_path / "again"), "--url", URL]) == 0
        left = tmp_path / "again" / "script.module.gone"
        assert not left.exists()
        left.mkdir()
    left.rmdir()
    pages = [path for path in (tmp_path / "again").rglob("*") if path.is_file()]
    libraries = [path for path in pages if "plexkodiconnect" not in path.name and path.suffix == ".zip"]
    assert len(libraries) == 15
    for path in libraries:
        assert path.read_bytes() == (repo / path.relative_to(tmp_path / "again")).read_bytes()


def test_a_folder_with_other_files_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    assert main(["repo", "--worktree", "--out", str(tmp_path)]) == 1
    assert "choose another folder" in capsys.readouterr().err
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_our_stand_in_gives_way_to_the_official_kodi_six() -> None:
    assert Version(addons.kodi_six().xml.version) < Version("0.1.3.1")
