"""The harness itself: what it starts runs, what it stops is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from tools.kodilab import KodiLab, LabError, RpcError
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
