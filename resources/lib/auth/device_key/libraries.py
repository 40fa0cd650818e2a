"""Choosing among libraries that do the same: not every one that is installed works in every interpreter of Kodi."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Generic, Mapping, Optional, TypeVar

from ..errors import SigningUnavailable

log = logging.getLogger('pkc.auth')

Found = TypeVar('Found')


class FirstWorking(Generic[Found]):
    """The first of several libraries that works here, by name in the order of preference.

    Each maker imports its library and returns something to call it by; it raises anything when that does not work.
    ``purpose`` is for the log. Nothing is imported before the first :meth:`get`.
    """

    def __init__(self, purpose: str, makers: Mapping[str, Callable[[], Found]]) -> None:
        self._purpose = purpose
        self._makers = makers
        self._lock = threading.Lock()
        self._chosen: Optional[Found] = None

    def get(self) -> Found:
        """What the first working maker returned; chosen once. Raises :class:`SigningUnavailable` when none works."""
        with self._lock:
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen

    def only(self, name: str) -> FirstWorking[Found]:
        """The same with no other library than this one."""
        return FirstWorking(self._purpose, {name: self._makers[name]})

    def _choose(self) -> Found:
        for name, make in self._makers.items():
            found = working(name, make)
            if found is not None:
                log.info('%s with %s', self._purpose, name)
                return found
        raise SigningUnavailable('none of these libraries works here: %s' % ', '.join(self._makers))


def working(name: str, make: Callable[[], Found]) -> Optional[Found]:
    """What ``make`` returns, or nothing when it fails in whatever way.

    Rust panics inside ``cryptography`` arrive as ``PanicException``, which derives from BaseException and has no
    importable name, so everything that is not a request to stop counts as "does not work here".
    """
    try:
        return make()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001
        log.info('%s cannot be used here: %s', name, type(error).__name__)
        return None
