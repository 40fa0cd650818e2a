"""Playback feature: our own offer of the next episode, where Up Next does not make one."""
from __future__ import annotations

from typing import Optional

from ... import item_url
from ...kodi import up_next
from ...kodi.windows.next_up import NextUpTexts, NextUpWindow
from ...playback.features import Feature
from ...playback.next_up import OFF, NextUpChoices, NextUpFeature, Row
from ...playback.session import PlaybackSession
from ...plex_model import EPISODE, PlayableItem, PlexItem
from .. import queue_entries
from ..events import NextEpisodeFound
from ..shared import Shared
from . import opening

_LONGEST_CLOSING_S = 1.0


class NextUp:
    """Makes the feature of each episode."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._row = Row()
        self._session: Optional[PlaybackSession] = None
        self._feature: Optional[NextUpFeature] = None
        self._window: Optional[NextUpWindow] = None
        shared.events.subscribe(NextEpisodeFound, self._found)

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """None where Up Next is there, or what follows is in Kodi's own playlist."""
        self._feature = None
        wanted = self._shared.settings.current
        if session.playable is None or session.playable.item.plex_type != EPISODE or wanted.next_episode == OFF:
            return None
        if session.external:
            return None
        if wanted.use_up_next and up_next.is_there() or queue_entries.goes_on(session):
            return None
        choices = NextUpChoices(wanted.next_episode, wanted.next_episode_countdown, wanted.next_episode_before_end,
                                self._shared.clock.monotonic)
        machine = session.machine_identifier
        feature = NextUpFeature(session, choices, self._row, wanted.still_watching,
                                lambda episode: self._play(machine, episode))
        self._window = NextUpWindow(self._shared.addon, lambda one: self._texts(machine, one.item), feature.answered)
        feature.use(self._window)
        self._session, self._feature = session, feature
        return feature

    def stop(self) -> None:
        """Each playback has closed its window; that takes a moment."""
        if self._window is not None:
            self._window.wait_gone(_LONGEST_CLOSING_S)

    def _found(self, event: NextEpisodeFound) -> None:
        if self._feature is not None and self._session is event.session:
            self._feature.found(event.episode)

    def _texts(self, machine: str, item: PlexItem) -> NextUpTexts:
        picture = item_url.art_url(self._shared.port, machine, item.thumb)
        base = item_url.art_base(self._shared.port)
        if picture.startswith(base):
            self._shared.listed.add([picture[len(base):]])
        return NextUpTexts(item.title, item.grandparent_title, max(item.parent_index, 0), max(item.item_index, 0),
                           picture)

    def _play(self, machine: str, episode: PlayableItem) -> None:
        opening.play(self._shared, machine, episode.item)
