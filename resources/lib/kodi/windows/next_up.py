"""The window that offers the next episode, or asks whether the user is still watching."""
from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple

from ..addon import Addon
from ..texts import playback as texts
from .overlay import Layout, Overlay
from .overlay_owner import OverlayOwner

# Ids in the window's XML.
HEADING, TITLE, SHOW, COUNTDOWN, PICTURE, PLAY, CANCEL = 110, 111, 112, 113, 120, 200, 201
LAYOUT = Layout('script-plexkodiconnect-next.xml', PLAY, moves=True)


class NextUpTexts(NamedTuple):
    """The texts of an episode to show; ``picture`` is a URL or ''."""

    title: str
    show: str
    season: int
    number: int
    picture: str


class NextUpWindow(OverlayOwner):
    """Shows and hides the window. Use from one thread at a time.

    ``describe(episode)`` returns its texts. ``on_answer(play)`` is called with the user's answer, in the window's
    thread.
    """

    def __init__(self, addon: Addon, describe: Callable[[Any], NextUpTexts],
                 on_answer: Callable[[bool], None]) -> None:
        super().__init__()
        self._addon = addon
        self._describe = describe
        self._on_answer = on_answer
        self._countdown = ''

    def show(self, episode: Any, seconds: int, still_there: bool) -> None:
        """Show the window while the video fills the screen. Call once a second."""
        countdown = self._addon.text(texts.PLAYS_IN, seconds) if seconds else ''
        if self._may_open():
            self._overlay = Overlay(self._addon, LAYOUT, lambda answer: self._on_answer(answer == PLAY))
            shown = self._describe(episode)
            labels = self._labels(shown, still_there)
            labels[COUNTDOWN] = countdown
            self._overlay.open(labels, {PICTURE: shown.picture} if shown.picture else {})
        elif self._overlay is not None and countdown != self._countdown:
            self._overlay.show_text(COUNTDOWN, countdown)
        self._countdown = countdown

    def _labels(self, shown: NextUpTexts, still_there: bool) -> Dict[int, str]:
        text = self._addon.text
        return {HEADING: text(texts.STILL_WATCHING if still_there else texts.NEXT_EPISODE), TITLE: shown.title,
                SHOW: text(texts.SEASON_AND_EPISODE, shown.show, shown.season, shown.number),
                PLAY: text(texts.CONTINUE_WATCHING_NOW if still_there else texts.PLAY_NOW),
                CANCEL: text(texts.NOT_NOW)}
