"""Looking for files on shares, which may be switched off: within limits, and not again and again.

Kodi's own look at a file takes as long as the share's protocol waits, up to minutes. So each look has a thread of its
own, which is waited for only so long. A share that did not answer is left alone for a while.
"""
from __future__ import annotations

import logging
import threading
import time
from typing import Callable, Dict, List, Protocol, Set, Tuple, TypeVar

LOG = logging.getLogger('pkc.playback')

#: Seconds that a look may take; a disk that has to spin up may be slower, and is found by the next playback.
PATIENCE = 4.0
#: Seconds for which a share that did not answer is not asked.
REST = 60.0
Answer = TypeVar('Answer')


class Files(Protocol):
    """Kodi's file system (``kodi.files``). The methods may block for minutes."""

    def exists(self, path: str) -> bool:
        """Whether there is such a file, or with a separator at its end such a folder."""

    def listed(self, folder: str) -> Tuple[List[str], List[str]]:
        """The names of the (folders, files) in a folder."""


class Silent(Exception):
    """A share did not answer in time, now or a moment ago."""


class Shares:
    """Looks at files. Thread-safe. ``clock`` gives monotonic seconds."""

    def __init__(self, files: Files, patience_s: float = PATIENCE,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._files = files
        self._patience_s = patience_s
        self._clock = clock
        self._lock = threading.Lock()
        self._rest_until: Dict[str, float] = {}
        self._hanging: Set[str] = set()

    def exists(self, share: str, path: str) -> bool:
        """Whether there is such a file or folder. Raises :class:`Silent`."""
        return self._ask(share, lambda: self._files.exists(path))

    def listed(self, share: str, folder: str) -> Tuple[List[str], List[str]]:
        """The names of the (folders, files) in a folder. Raises :class:`Silent`."""
        return self._ask(share, lambda: self._files.listed(folder))

    def rest(self, name: str) -> None:
        """Have a share, or a folder, that is known to be away rest for a while."""
        with self._lock:
            self._rest_until[name] = self._clock() + REST

    def rests(self, name: str) -> bool:
        """Whether it is to be left alone: it was away a moment ago, or Kodi still waits for it."""
        with self._lock:
            return name in self._hanging or self._clock() < self._rest_until.get(name, 0.0)

    def _ask(self, share: str, look: Callable[[], Answer]) -> Answer:
        if self.rests(share):
            raise Silent()
        answers: List[Answer] = []
        done = threading.Event()
        # Not a daemon: Python must not end under it.
        threading.Thread(target=self._look, args=(share, look, answers, done), name='pkc-share').start()
        if not done.wait(self._patience_s):
            with self._lock:
                if not done.is_set():
                    self._hanging.add(share)
                self._rest_until[share] = self._clock() + REST
            raise Silent()
        if not answers:
            raise Silent()
        return answers[0]

    def _look(self, share: str, look: Callable[[], Answer], answers: List[Answer], done: threading.Event) -> None:
        try:
            answers.append(look())
        except Exception:  # top of the thread
            LOG.exception('Looking at a share failed')
        finally:
            with self._lock:
                done.set()
                self._hanging.discard(share)


def existing(shares: Shares, share: str, paths: List[str]) -> str:
    """The first of these paths that exists, '' when there is none. Raises :class:`Silent`."""
    return next((path for path in paths if shares.exists(share, path)), '')
