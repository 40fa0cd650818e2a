"""Display and sound of a lab: Xvfb, a PulseAudio null sink, and pictures of the screen."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

from tools.kodilab.errors import KodiMissingError, LabError
from tools.kodilab.network import Network
from tools.kodilab.processes import Process

_WAIT = 10.0
_DISPLAYS = range(100, 1000)


def need(tool: str, package: str) -> str:
    """Path of a tool.

    :raises KodiMissingError: it is not installed; the message names the package.
    """
    found = shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise KodiMissingError(f"`{tool}` is missing on this machine; install the package {package}")
    return found


class Display:
    """An X server without a real screen (Xvfb), on a free display number."""

    def __init__(self, process: Process, number: str) -> None:
        self.process = process
        self.name = ":" + number

    @classmethod
    def open(cls, network: Network, log: Path, width: int, height: int) -> Display:
        """Start Xvfb and wait until it accepts clients.

        The number is tried here and not left to ``-displayfd`` alone: without an explicit number Xvfb
        takes no lock file, and two of them in two namespaces take the same number.
        """
        command = [need("Xvfb", "xvfb"), "-screen", "0", f"{width}x{height}x24"]
        command += ["+extension", "GLX", "-nolisten", "tcp", "-noreset", "-ac"]
        for number in random.sample(_DISPLAYS, 20):
            if Path(f"/tmp/.X{number}-lock").exists() or Path(f"/tmp/.X11-unix/X{number}").exists():
                continue
            readable, writable = os.pipe()
            try:
                line = [*command, f":{number}", "-displayfd", str(writable)]
                process = Process.spawn(network.wrap(line), log, pass_fds=(writable,))
            finally:
                os.close(writable)
            with os.fdopen(readable) as answer:
                if answer.readline().strip():
                    return cls(process, str(number))
            process.kill()
        raise LabError("Xvfb did not start: " + log.read_text(errors="replace")[-500:])

    def screenshot(self, path: Path) -> Path:
        """Write what is on the screen as PNG."""
        path.write_bytes(self._grab("png:-"))
        return path

    def pixels(self) -> bytes:
        """What is on the screen, three bytes a pixel."""
        return self._grab("rgb:-")

    def settle(self, seconds: float) -> None:
        """Wait until the screen does not change any more, at most ``seconds`` (it never does with a video)."""
        end = time.monotonic() + seconds
        before = b""
        while time.monotonic() < end:
            now = self.pixels()
            if now == before:
                return
            before = now
            time.sleep(0.15)

    def _grab(self, target: str) -> bytes:
        command = [need("import", "imagemagick"), "-display", self.name, "-window", "root", "-depth", "8", target]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        if done.returncode:
            raise LabError("no screenshot: " + done.stderr.decode(errors="replace").strip())
        return done.stdout

    def close(self) -> None:
        """End the X server."""
        self.process.end()


class Sound:
    """A PulseAudio server with one null sink.

    Without an audio device Kodi starts slowly and keeps logging errors, and ALSA's null device has
    no clock, so that playback would be too fast. The null sink plays in real time.
    """

    def __init__(self, process: Process, server: str) -> None:
        self.process = process
        self.server = server

    @classmethod
    def open(cls, network: Network, folder: Path, log: Path) -> Sound:
        """Start PulseAudio with its socket in ``folder``."""
        path = folder / "native"
        if path.exists():
            path.unlink()
        command = [need("pulseaudio", "pulseaudio"), "-n", "--daemonize=no", "--exit-idle-time=-1"]
        command += ["--use-pid-file=no", "--disable-shm=yes", "-L", "module-null-sink sink_name=lab"]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={path}"]
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        process = Process.spawn(network.wrap(command), log, env)
        end = time.monotonic() + _WAIT
        while not path.exists():
            if not process.alive or time.monotonic() > end:
                process.kill()
                raise LabError("PulseAudio did not start: " + log.read_text(errors="replace")[-500:])
            time.sleep(0.02)
        return cls(process, f"unix:{path}")

    def close(self) -> None:
        """End the sound server."""
        self.process.end()
