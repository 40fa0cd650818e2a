"""A lab that outlives the Python process that opened it, for the command line."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from tools.kodilab.errors import LabError
from tools.kodilab.lab import KodiLab
from tools.kodilab.network import Namespace, Network, Ports
from tools.kodilab.processes import Process
from tools.kodilab.screen import Display, Sound


class LongLab(KodiLab):
    """One per home folder. ``detach`` leaves it running, ``attach`` finds it again."""

    def __init__(self, home: Path, **options: Any) -> None:
        super().__init__(home, **options)
        self.name = f"cli-{zlib.crc32(str(self.home).encode()):08x}"
        self._owner = 0
        self._state = self.home / "kodilab.json"

    @property
    def left_open(self) -> bool:
        """Whether an earlier process left this lab open."""
        return self._state.exists()

    def detach(self) -> None:
        """Leave everything running and save how to find it."""
        assert self._display is not None and self._sound is not None
        parts = {"display": self._display.process, "sound": self._sound.process}
        if self._kodi is not None:
            parts["kodi"] = self._kodi
        state = {
            "network": self.network.name if self.network.isolated else "",
            "ports": list(self.ports),
            "number": self._display.name[1:],
            "server": self._sound.server,
            "run": str(self._run),
            "root": str(self.root or ""),
            "processes": {name: [part.pid, part.started] for name, part in parts.items()},
            "helpers": [[part.pid, part.started] for part in self._helpers if part.alive],
        }
        self._state.write_text(json.dumps(state, indent=1))
        self.agent.close()

    def attach(self) -> LongLab:
        """Take over the lab that ``detach`` left running.

        :raises LabError: there is none, or it has ended.
        """
        if not self.left_open:
            raise LabError(f"no lab is open in {self.home}")
        state: dict[str, Any] = json.loads(self._state.read_text())
        parts = {name: Process(*pair) for name, pair in state["processes"].items()}
        if not parts["display"].alive:
            self._state.unlink()
            raise LabError(f"the lab in {self.home} is gone; start it again")
        if state["network"]:
            self._network = Namespace(state["network"], create=False)
        else:
            self._network = Network(self.name)
            self._network.ports = Ports(*state["ports"])
        self.ports = self._network.ports
        self.root = Path(state["root"]) if state["root"] else None
        self._run = Path(state["run"])
        self._display = Display(parts["display"], state["number"])
        self._sound = Sound(parts["sound"], state["server"])
        self._kodi = parts.get("kodi")
        self._helpers = [Process(*pair) for pair in state["helpers"]]
        self._connect()
        return self

    def close(self) -> None:
        """End everything, and delete the saved data."""
        super().close()
        if self._state.exists():
            self._state.unlink()
