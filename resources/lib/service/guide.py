"""Setting everything up, step by step: after the installation, and again whenever the user wants that.

The parts of the service add their steps; a step that has nothing to ask shows nothing.
"""
from __future__ import annotations

import logging
from enum import IntEnum
from typing import Callable, Dict

from ..cancellation import Cancellation
from ..plex_errors import PlexError
from .error_texts import plex_tv_text_name, text_name
from .events import EventBus, GuideEnded

LOG = logging.getLogger('pkc.service')


class Place(IntEnum):
    """The steps, in their order."""

    SIGN_IN = 1
    WHO_WATCHES = 2
    SERVER = 3
    LIBRARIES = 4
    SYNC = 5


#: A step: shows what it has to ask. False: there is nothing to go on with. May raise :class:`PlexError`.
Step = Callable[[], bool]


class Guide:
    """Filled by the parts in their constructors. ``tell(name of a text, is an error)`` says what went wrong."""

    def __init__(self, events: EventBus, tell: Callable[[str, bool], None], stopping: Cancellation) -> None:
        self._events = events
        self._tell = tell
        self._stopping = stopping
        self._steps: Dict[Place, Step] = {}
        #: Whether it is on the screen.
        self.active = False
        #: Whether somebody has just signed in, so that nothing was chosen before.
        self.first = False

    def add(self, place: Place, step: Step) -> None:
        """Have this asked at this place."""
        self._steps[place] = step

    def run(self) -> None:
        """All steps, as a flow (:class:`~.flows.FlowRunner`). What fails is told, and the next step comes; without a
        sign-in there is none.
        """
        self.active, self.first = True, False
        try:
            for place in sorted(self._steps):
                if self._stopping.cancelled or not self._taken(place):
                    return
        finally:
            self.active = False
            self._events.publish(GuideEnded())

    def _taken(self, place: Place) -> bool:
        try:
            return self._steps[place]()
        except PlexError as error:
            LOG.warning('%s: %s', place.name, error)
            self._tell(text_name(error) if place >= Place.LIBRARIES else plex_tv_text_name(error), True)
            return place != Place.SIGN_IN
