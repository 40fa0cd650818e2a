"""A real Kodi that is started, watched, stopped and killed by a test or from the command line."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Mapping, Sequence

from tools.kodilab.chroots import inside
from tools.kodilab.client import AgentClient
from tools.kodilab.errors import KodiMissingError, LabError
from tools.kodilab.network import Network, open_network
from tools.kodilab.processes import Process
from tools.kodilab.profile import Profile
from tools.kodilab.remote import KodiRemote, slowness
from tools.kodilab.screen import Display, Sound

OPEN: list[KodiLab] = []
"""The labs that are open, for whoever reports a failure."""

_NUMBERS = itertools.count(1)
_HOME_WINDOW = 10000
_BINARIES = ("usr/lib/*/kodi/kodi.bin", "usr/lib/kodi/kodi.bin", "usr/lib/*/kodi/kodi-x11", "usr/lib/kodi/kodi-x11")


def find_kodi(root: Path | None = None) -> str:
    """Path of Kodi's binary, as seen from within ``root``.

    :raises KodiMissingError: there is none.
    """
    base = root or Path("/")
    for pattern in _BINARIES:
        for found in sorted(base.glob(pattern)):
            return f"/{found.relative_to(base)}"
    raise KodiMissingError(f"no Kodi in {base}; install the package kodi (version 19 to 21)")


class KodiLab(KodiRemote):
    """One Kodi with its own network, display, sound and home.

    ``with`` opens everything but Kodi (so that add-ons and databases can be copied first) and ends
    everything, including helpers. ``start()`` starts Kodi.

    :param home: Kodi's HOME, created if missing; existing content is kept.
    :param name: any name; several labs may have the same.
    :param kodi: root folder of another system to run Kodi from (``chroots.ensure_chroot``).
    :param env: environment variables for Kodi, over the lab's own few.
    :param debug: Kodi writes its debug log.
    :param settings: values for guisettings.xml; :param sources: sources of the file manager (name to path).
    """

    def __init__(
        self,
        home: Path,
        *,
        name: str = "lab",
        kodi: Path | None = None,
        env: Mapping[str, str] | None = None,
        width: int = 1280,
        height: int = 720,
        debug: bool = True,
        settings: Mapping[str, str] | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home.absolute()
        self.profile = Profile(self.home)
        self.name = f"{name}-{next(_NUMBERS)}"
        self._owner = os.getpid()
        self.root = kodi
        self.debug = debug
        self._env = dict(env or {})
        self._size = (width, height)
        self._settings = dict(settings or {})
        self._sources = dict(sources or {})
        self._network: Network | None = None
        self._agent: AgentClient | None = None
        self._display: Display | None = None
        self._sound: Sound | None = None
        self._kodi: Process | None = None
        self._helpers: list[Process] = []
        self._run = Path()
        self._ended = False

    def __enter__(self) -> KodiLab:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Opening and closing

    def open(self) -> None:
        """Create the network, the display, the sound and the home; Kodi is not started yet."""
        if self._network is not None:
            return
        find_kodi(self.root)
        self._network = open_network(self.name, self._owner)
        OPEN.append(self)
        self.ports = self._network.ports
        try:
            width, height = self._size
            size = {"window.width": str(width), "window.height": str(height)}
            self.profile.write(dict(size, **self._settings), self._sources, self.ports, self.debug)
            self._run = Path(tempfile.mkdtemp(prefix="kodilab-"))  # socket paths must be short
            self._display = Display.open(self._network, self.home / "xvfb.log", width, height)
            self._sound = Sound.open(self._network, self._run, self.home / "pulse.log")
            self._connect()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End Kodi, the helpers and everything else of this lab. May be called twice."""
        if self._network is None:
            return
        try:
            self.stop()
        finally:
            OPEN.remove(self)
            for helper in self._helpers:
                helper.end(2)
            self._helpers.clear()
            for part in (self._agent, self._sound, self._display):
                if part is not None:
                    part.close()
            self._network.destroy()
            self._agent = self._sound = self._display = self._network = None
            shutil.rmtree(str(self._run), ignore_errors=True)

    def _connect(self) -> None:
        assert self._network is not None
        self._agent = AgentClient(self._network)
        self._agent.call("listen", port=self.ports.tcp)

    @property
    def agent(self) -> AgentClient:
        """The agent inside the namespace.

        :raises LabError: the lab is not open.
        """
        if self._agent is None:
            raise LabError("the lab is not open: use `with KodiLab(...)` or open()")
        return self._agent

    @property
    def network(self) -> Network:
        """Kodi's network; ``network.missing`` tells why it is not isolated."""
        if self._network is None:
            raise LabError("the lab is not open: use `with KodiLab(...)` or open()")
        return self._network

    # Kodi itself

    def start(self, timeout: float = 60, home: bool = True) -> None:
        """Start Kodi and wait until it answers.

        :param timeout: seconds.
        :param home: also wait until the home screen (or a dialog before it) is up.
        """
        self.open()
        assert self._display is not None and self._sound is not None
        display = self._display
        if self.running:
            raise LabError("Kodi runs already")
        self.profile.keep_log()
        self._ended = False
        command = [find_kodi(self.root), "--windowing=x11"]
        if self.root is not None:
            command = inside(self.root, command, [Path("/tmp"), self.home])
        self._kodi = Process.spawn(self.network.wrap(command), self.home / "kodi.out", self._environment())
        self.wait_for(self._answers, timeout, "Kodi's start")
        if home:
            self.wait_for(lambda: self.condition(f"Window.IsVisible({_HOME_WINDOW})"), timeout, "the home screen")
            self.wait_for(lambda: any(display.pixels()), timeout, "the first picture")

    def _answers(self) -> bool:
        if not self.running:
            raise LabError(f"Kodi ended at once (exit code {self.returncode}): {self._last_words()}")
        return self.ready()

    def _last_words(self) -> str:
        out = self.home / "kodi.out"
        return (out.read_text(errors="replace") if out.exists() else "")[-500:] + self.profile.log_text()[-1500:]

    def _environment(self) -> dict[str, str]:
        assert self._display is not None and self._sound is not None
        values = {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(self.home),
            "DISPLAY": self._display.name,
            "XDG_RUNTIME_DIR": str(self._run),
            "PULSE_SERVER": self._sound.server,
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        values.update(self._env)
        return values

    @property
    def running(self) -> bool:
        """Whether Kodi's process is running."""
        return self._kodi is not None and self._kodi.alive

    @property
    def pid(self) -> int:
        """Kodi's process id, 0 when it is not running."""
        return self._kodi.pid if self._kodi is not None and self._kodi.alive else 0

    @property
    def returncode(self) -> int | None:
        """Exit code of the last Kodi, None while it runs."""
        return self._kodi.returncode if self._kodi is not None else None

    def stop(self, timeout: float = 30) -> int | None:
        """Quit Kodi as a user does, and kill it if it does not end; returns its exit code."""
        self._ended = True
        if self._kodi is None:
            return None
        if self._kodi.alive:
            try:
                self.rpc("Application.Quit", timeout=5 * slowness())
                patience = timeout
            except LabError:  # it may have the order all the same
                patience = 5
            if not self._kodi.wait(patience * slowness()):
                self._kodi.end(5)
        return self._kodi.returncode

    def kill9(self) -> None:
        """Kill Kodi with SIGKILL, as a power cut would."""
        self._ended = True
        if self._kodi is not None:
            self._kodi.kill()

    @property
    def crashed(self) -> bool:
        """Whether Kodi ended with an error without having been stopped or killed."""
        return not self._ended and bool(self.returncode)

    def restart(self, timeout: float = 60) -> None:
        """Stop and start again."""
        self.stop()
        self.start(timeout)

    # Helpers, pictures, files

    def popen(self, command: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """Start a helper (simulated Plex, web server) in Kodi's network; it ends with the lab.

        :param options: as for ``subprocess.Popen``.
        """
        options.setdefault("stdin", subprocess.DEVNULL)
        child = subprocess.Popen(self.network.wrap(command), start_new_session=True, **options)
        self._helpers.append(Process.adopt(child))
        return child

    def screenshot(self, path: Path, settle: float = 3) -> Path:
        """Save the screen as PNG; creates the folder.

        :param settle: limit in seconds of waiting for animations to end (0: do not wait).
        """
        if self._display is None:
            raise LabError("the lab is not open")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._display.settle(settle)
        return self._display.screenshot(path)

    def log_text(self) -> str:
        """Kodi's log since its last start; earlier ones are in ``profile.logs()``."""
        return self.profile.log_text()

    def database(self, prefix: str) -> Path:
        """Path of the newest database of a kind: ``lab.database("MyVideos")``."""
        return self.profile.database(prefix)
