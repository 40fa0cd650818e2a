"""Our kodi_six gives add-ons the same modules that Kodi has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.package import addons

MODULES = ("xbmc", "xbmcaddon", "xbmcdrm", "xbmcgui", "xbmcplugin", "xbmcvfs")
LIB = addons.HERE / "kodi_six" / "lib"


def run(tmp_path: Path, code: str) -> None:
    """Run code where Kodi's modules are plain files and kodi_six is ours."""
    for name in MODULES:
        (tmp_path / f"{name}.py").write_text("value = 1\n_hidden = 2\n", encoding="utf-8")
    start = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(LIB)!r}]; "
    command = [sys.executable, "-I", "-S", "-B", "-W", "error", "-c", start + code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


def test_each_module_is_kodis_own(tmp_path: Path) -> None:
    for name in MODULES:
        run(tmp_path, f"import {name} as real; from kodi_six import {name} as given; assert given is real")
        run(tmp_path, f"import kodi_six.{name} as given, {name} as real; assert given is real and given._hidden == 2")


def test_names_can_be_imported_from_the_submodules(tmp_path: Path) -> None:
    run(tmp_path, "from kodi_six.xbmc import value; assert value == 1")


def test_everything_at_once(tmp_path: Path) -> None:
    run(tmp_path, "from kodi_six import *; assert xbmc.value and xbmcvfs.value and xbmcgui.value")


def test_the_module_that_a_script_does_not_ask_for_is_not_loaded(tmp_path: Path) -> None:
    run(tmp_path, "from kodi_six import xbmc; assert 'xbmcgui' not in sys.modules")


def test_python_2_helpers_change_nothing(tmp_path: Path) -> None:
    run(
        tmp_path,
        "from kodi_six.utils import PY2, py2_encode, py2_decode, encode_decode;"
        " assert PY2 is False and py2_encode('ä', encoding='utf-8') == 'ä' and py2_decode('ä', errors='x') == 'ä'"
        " and encode_decode(len) is len",
    )
