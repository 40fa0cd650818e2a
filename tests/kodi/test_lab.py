"""The harness itself: what it starts runs, what it stops is gone."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any, Callable

import pytest

from tools.kodilab import KodiLab, KodiMissingError, LabError, RpcError, find_kodi
from tools.kodilab.install import install_by_folder, install_from_repository
from tools.kodilab.processes import alive

LabFactory = Callable[..., KodiLab]


def test_kodi_starts_answers_and_shows_a_picture(kodi_lab: LabFactory, tmp_path: Path) -> None:
    lab = kodi_lab()
    lab.start()
    assert lab.rpc("JSONRPC.Ping") == "pong"
    assert lab.current_window().label == "Home"
    assert lab.active_player() is None
    shot = lab.screenshot(tmp_path / "shots" / "home.png")
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert shot.stat().st_size > 20_000, "a black screen is a PNG of a few hundred bytes"


def test_a_builtin_works_and_leaves_no_toast(kodi_lab: LabFactory) -> None:
    lab = kodi_lab()
    lab.start()
    lab.builtin("ActivateWindow(settings)")
    lab.wait_for(lambda: lab.current_window().label == "Settings", what="the settings window")
    assert not lab.condition("Window.IsVisible(notification)")
    lab.input("Back")
    lab.wait_for(lambda: lab.current_window().label == "Home", what="the way back")


def test_announcements_arrive_in_order(kodi_lab: LabFactory) -> None:
    lab = kodi_lab()
    lab.start()
    for number in range(5):
        lab.rpc("JSONRPC.NotifyAll", sender="test", message=f"n{number}", data={"text": "ä{}"})
    lab.wait_for(lambda: lab.notifications("Other.n4"), what="the last announcement")
    ours: list[Any] = [each for each in lab.notifications() if each["method"].startswith("Other.")]
    assert [each["method"] for each in ours] == [f"Other.n{number}" for number in range(5)]
    assert ours[0]["params"]["data"] == {"text": "ä{}"}


def test_after_a_power_cut_kodi_starts_again(kodi_lab: LabFactory) -> None:
    lab = kodi_lab()
    lab.start()
    lab.kill9()
    assert lab.returncode == -9
    assert not lab.running
    lab.start()
    assert lab.rpc("JSONRPC.Ping") == "pong"
    assert len(lab.profile.logs()) == 1, "the log of the killed Kodi is kept"


def test_stop_is_clean_and_close_leaves_no_process(kodi_lab: LabFactory) -> None:
    lab = kodi_lab()
    lab.start()
    helper = lab.popen(["sleep", "600"])
    network = lab.network
    pids = network.pids() or [lab.pid, helper.pid]
    assert {lab.pid, helper.pid} <= set(pids)
    assert lab.stop() == 0
    lab.close()
    assert [pid for pid in pids if alive(pid)] == []
    assert network.pids() == []


def test_two_kodis_run_side_by_side(kodi_lab: LabFactory) -> None:
    first, second = kodi_lab(), kodi_lab()
    first.start()
    second.start()
    assert first.database("MyVideos") != second.database("MyVideos")
    first.stop()
    assert second.rpc("JSONRPC.Ping") == "pong"


def test_what_goes_wrong_is_said(kodi_lab: LabFactory) -> None:
    lab = kodi_lab()
    with pytest.raises(LabError):
        lab.rpc("JSONRPC.Ping")
    lab.start()
    with pytest.raises(RpcError, match="No.Such"):
        lab.rpc("No.Such")
    with pytest.raises(LabError, match="the moon: not within"):
        lab.wait_for(lambda: False, 0.2, "the moon")


def addon_xml(addon_id: str, extension: str, requires: str = "") -> str:
    return (
        f'<addon id="{addon_id}" name="{addon_id}" version="1.0.0" provider-name="lab">'
        f'<requires><import addon="xbmc.python" version="3.0.0"/>{requires}</requires>{extension}'
        '<extension point="xbmc.addon.metadata"><summary lang="en_GB">lab</summary><platform>all</platform>'
        "</extension></addon>"
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a repository add-on, a service and a module that the service needs."""
    url = "http://127.0.0.1:8098/"
    addons = {
        "repository.lab": (
            addon_xml(
                "repository.lab",
                '<extension point="xbmc.addon.repository" name="lab"><dir>'
                f"<info>{url}addons.xml</info><checksum>{url}addons.xml.md5</checksum>"
                f'<datadir zip="true">{url}</datadir></dir></extension>',
            ).replace('<import addon="xbmc.python" version="3.0.0"/>', ""),
            {},
        ),
        "script.module.lab": (
            addon_xml("script.module.lab", '<extension point="xbmc.python.module" library="lib"/>'),
            {"lib/labmodule.py": "ANSWER = 42\n"},
        ),
        "service.lab": (
            addon_xml(
                "service.lab",
                '<extension point="xbmc.service" library="service.py"/>',
                '<import addon="script.module.lab" version="1.0.0"/>',
            ),
            {
                "service.py": "import xbmc, labmodule\n"
                "xbmc.log('lab service %d' % labmodule.ANSWER, xbmc.LOGINFO)\n"
                "xbmc.Monitor().waitForAbort()\n"
            },
        ),
    }
    folder = tmp_path / "repository"
    for addon_id, (description, files) in addons.items():
        (folder / addon_id).mkdir(parents=True)
        with zipfile.ZipFile(folder / addon_id / f"{addon_id}-1.0.0.zip", "w") as archive:
            archive.writestr(f"{addon_id}/addon.xml", description)
            for name, text in files.items():
                archive.writestr(f"{addon_id}/{name}", text)
    listing = "<addons>" + "".join(description for description, _ in addons.values()) + "</addons>"
    (folder / "addons.xml").write_text(listing)
    (folder / "addons.xml.md5").write_text(hashlib.md5(listing.encode()).hexdigest())
    return folder


def test_an_addon_installs_from_a_repository_through_the_screen(kodi_lab: LabFactory, repository: Path) -> None:
    lab = kodi_lab()
    lab.start()
    details = install_from_repository(lab, repository, "service.lab")
    assert details["enabled"]
    assert details["version"] == "1.0.0"
    lab.wait_for(lambda: "lab service 42" in lab.log_text(), what="the service's first words")


def test_an_addon_laid_out_as_folder_runs_from_the_first_start(kodi_lab: LabFactory, repository: Path) -> None:
    lab = kodi_lab()
    ids = install_by_folder(lab, sorted(repository.glob("*/*.zip")))
    assert ids == ["repository.lab", "script.module.lab", "service.lab"]
    lab.start()
    lab.wait_for(lambda: "lab service 42" in lab.log_text(), what="the service's first words")
    assert lab.current_window().label == "Home", "no dialog asks to enable it"


def test_without_kodi_the_message_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(KodiMissingError, match="install the package kodi"):
        find_kodi(tmp_path)
