"""Choosing among libraries for the same purpose: not every installed one works in each of Kodi's interpreters."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Generic, Mapping, Optional, TypeVar

from ..errors import SigningUnavailable

log = logging.getLogger('pkc.auth')

Library = TypeVar('Library')


class FirstWorking(Generic[Library]):
    """The first of several libraries that works here, by name in the order of preference.

    Each maker imports its library and returns an object through which to call it, or raises any exception.
    ``purpose`` is for the log. Nothing is imported before the first :meth:`get`.
    """

    def __init__(self, purpose: str, makers: Mapping[str, Callable[[], Library]]) -> None:
        self._purpose = purpose
        self._makers = makers
        self._lock = threading.Lock()
        self._chosen: Optional[Library] = None
        self._name = ''

    @property
    def chosen_name(self) -> str:
        """The name of the library that works here; '' as long as none was needed. Imports nothing."""
        return self._name

    def get(self) -> Library:
        """The object of the first maker that works, chosen once. Raises :class:`SigningUnavailable` when none works."""
        with self._lock:
            if self._chosen is None:
                self._chosen = self._choose()
            return self._chosen

    def only(self, name: str) -> FirstWorking[Library]:
        """A choice that consists of this library only."""
        return FirstWorking(self._purpose, {name: self._makers[name]})

    def _choose(self) -> Library:
        for name, make in self._makers.items():
            library = working(name, make)
            if library is not None:
                log.info('%s with %s', self._purpose, name)
                self._name = name
                return library
        raise SigningUnavailable('none of these libraries works here: %s' % ', '.join(self._makers))


def working(name: str, make: Callable[[], Library]) -> Optional[Library]:
    """What ``make`` returns; None when it raises anything.

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
