"""Processes of a lab, which are started in their own sessions and ended with all their children."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Mapping, Sequence


def _stat(pid: int) -> tuple[str, str]:
    """State letter and start time (clock ticks since boot) of a process; empty when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return fields[0], fields[19]


def alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not."""
    return _stat(pid)[0] not in ("", "Z", "X")


class Process:
    """A process that this or an earlier Python process started.

    The start time is stored with the pid, so that a reused pid is never taken for ours.
    """

    def __init__(self, pid: int, started: str, child: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self.started = started
        self._child = child

    @classmethod
    def spawn(
        cls,
        command: Sequence[str],
        log: Path,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Process:
        """Start a command in its own session, with its output appended to ``log``."""
        with log.open("ab") as out:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd="/",
                pass_fds=pass_fds,
                start_new_session=True,
            )
        return cls(child.pid, _stat(child.pid)[1], child)

    @classmethod
    def adopt(cls, child: subprocess.Popen[Any]) -> Process:
        """Take over a child that was started with ``start_new_session=True``."""
        return cls(child.pid, _stat(child.pid)[1], child)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        if self._child is not None:
            return self._child.poll() is None
        state, started = _stat(self.pid)
        return state not in ("", "Z", "X") and started == self.started

    @property
    def returncode(self) -> int | None:
        """Exit code; None while it runs, or when another process started it."""
        return self._child.poll() if self._child is not None else None

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False when it still runs after that time."""
        end = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > end:
                return False
            time.sleep(0.03)
        return True

    def kill(self) -> None:
        """SIGKILL to the process and its session's group, and wait until it has ended."""
        self._signal(signal.SIGKILL)
        self.wait(5)

    def end(self, seconds: float = 5) -> None:
        """SIGTERM, then SIGKILL for what is left of the group."""
        self._signal(signal.SIGTERM)
        if not self.wait(seconds):
            self.kill()

    def _signal(self, number: int) -> None:
        if not self.alive:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


def kill_all(pids: Sequence[int], seconds: float = 5) -> None:
    """SIGKILL to each pid, and wait until none of them runs."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    end = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
