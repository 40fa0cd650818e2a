"""When the music of a show begins, and when it has to end."""
from __future__ import annotations

import logging
from typing import Callable, Optional, Protocol

from ...kodi.open_list import OpenShow

LOG = logging.getLogger('pkc.service')

#: Seconds for which Kodi is taken to be about to play what it has asked us for.
_ABOUT_TO_PLAY_S = 10.0


class Music(Protocol):
    """What Kodi plays (:mod:`~...kodi.music`)."""

    def is_silent(self) -> bool:
        """Whether nothing plays."""

    def is_at_rest(self) -> bool:
        """Whether nobody is about to play anything, as far as that can be seen."""

    def play(self, url: str, title: str) -> None:
        """Begin."""

    def stop(self, url: str) -> None:
        """End it, if it is what plays."""


def _nothing() -> None:
    """Nobody wants to know that music begins."""


class Piece:
    """What a show has: its URL for Kodi's player, and a title. ``load()`` fetches it; false when it is not to be had.

    It is there before Kodi is told to play it: all of Kodi stands still, with the sign that it is busy, until the
    player has the beginning of a piece.
    """

    def __init__(self, url: str, title: str, load: Callable[[], bool]) -> None:
        self.url = url
        self.title = title
        self.loaded = False
        self._load = load

    def load(self) -> bool:
        """Fetch it, which may take seconds."""
        self.loaded = self._load()
        return self.loaded


class Turn:
    """Plays the piece of a show once when its lists are opened, and ends it when they are left. For one thread, but for
    :meth:`asked_to_play`.

    ``piece_of`` finds it, None for a list without one. It is left out when anything else plays, or is about to: Kodi
    would play it in place of that. ``on_begin()`` is called before it begins; ``clock`` gives monotonic seconds.
    """

    def __init__(self, piece_of: Callable[[OpenShow], Optional[Piece]], music: Music,
                 clock: Callable[[], float], on_begin: Callable[[], None] = _nothing) -> None:
        self._on_begin = on_begin
        self._piece_of = piece_of
        self._music = music
        self._clock = clock
        self._shown = OpenShow()
        self._piece: Optional[Piece] = None
        self._waits = False
        self._to_end = ''
        self._asked_at = -_ABOUT_TO_PLAY_S

    def asked_to_play(self) -> None:
        """Kodi wants to know what to play for an item of ours. From any thread."""
        self._asked_at = self._clock()

    @property
    def ends(self) -> bool:
        """Whether the music of a list that was left is to be ended yet."""
        return bool(self._to_end)

    def look(self, shown: Optional[OpenShow]) -> None:
        """``shown`` is the show whose list is open now, empty for none, or None when that is not known.

        Call a few times a second.
        """
        if shown is not None and shown != self._shown:
            self._shown = shown
            self._arrive(self._piece_of(shown) if any(shown) else None)
        about_to_play = self._clock() - self._asked_at < _ABOUT_TO_PLAY_S
        if self._waits and (about_to_play or not (self._to_end or self._music.is_silent())):
            self._waits = False
        if about_to_play or not (self._to_end or self._waits) or not self._music.is_at_rest():
            return
        if self._to_end:
            LOG.debug('the music of a show ends')
            self._music.stop(self._to_end)
            self._to_end = ''
        elif self._piece is not None:
            self._begin(self._piece)

    def _begin(self, piece: Piece) -> None:
        """Fetching takes time, in which the user may do anything: it begins with the next look, if at all."""
        if not piece.loaded:
            self._waits = piece.load()
            return
        self._waits = False
        LOG.debug('the music of a show begins')
        self._on_begin()
        self._music.play(piece.url, piece.title)

    def _arrive(self, piece: Optional[Piece]) -> None:
        """From one list of a show to another of the same the music goes on."""
        if piece is not None and self._piece is not None and piece.url == self._piece.url:
            return
        if self._piece is not None and not self._waits:
            self._to_end = self._piece.url
        self._piece, self._waits = piece, piece is not None
        if piece is not None and piece.url == self._to_end:  # back again before it was ended
            self._to_end, self._waits = '', False
