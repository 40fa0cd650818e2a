"""What an action of the context menu is, and what it may answer."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Protocol, Sequence, Tuple

from ...library_sync.kinds import EPISODE, SEASON
from ...plex_functions import PMSClient
from ...plex_model import PlexItem
from ..shared import Shared

#: What the plugin is told: made by the functions below.
Answer = Dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """The item that the menu is about. ``kodi_id`` is that of its row in Kodi's library, 0 without one."""

    shared: Shared
    client: PMSClient
    machine_identifier: str
    item: PlexItem
    kodi_id: int = 0

    @property
    def title(self) -> str:
        """How the item is named in a question: an episode with its show and numbers."""
        item = self.item
        if item.plex_type == EPISODE.name:
            return '%s %dx%02d · %s' % (item.grandparent_title, max(item.parent_index, 0), max(item.item_index, 0),
                                        item.title)
        return '%s · %s' % (item.parent_title, item.title) if item.plex_type == SEASON.name else item.title


class ItemAction(Protocol):
    """One or several actions that belong together. Lives as long as the service; called in several threads."""

    @property
    def names(self) -> Sequence[str]:
        """All that it can do; each is also the name of the text in the menu."""

    def offered(self, subject: Subject) -> Sequence[str]:
        """Those that make sense with the item, in the menu's order. May ask the server; must not raise for it."""

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Do it. ``arguments`` hold the user's answers to what was asked: ``choice``, ``confirmed``, ``typed``.

        Raises :class:`ApiError`, and :class:`PlexError` for the server's refusals.
        """


def changed(text: str = '') -> Answer:
    """It is done at the server: Kodi's rows and lists follow. ``text`` names a text for the corner of the screen."""
    return {'changed': True, 'text': text} if text else {'changed': True}


def opens(url: str) -> Answer:
    """Kodi shows the list of this URL."""
    return {'open': url}


def plays(url: str) -> Answer:
    """Kodi plays this URL."""
    return {'play': url}


def choose(heading: str, options: Sequence[Tuple[str, str]]) -> Answer:
    """The user chooses one of (value, label); then the action is called again with the value as ``choice``."""
    return {'choose': {'heading': heading, 'values': [value for value, _ in options],
                       'labels': [label for _, label in options]}}


def confirm(heading: str, question: str, yes: str) -> Answer:
    """The user is asked; only if he presses ``yes`` the action is called again, with ``confirmed``."""
    return {'confirm': {'heading': heading, 'question': question, 'yes': yes}}


def type_text(heading: str, default: str = '') -> Answer:
    """The user types a line; then the action is called again with it as ``typed``."""
    return {'type': {'heading': heading, 'default': default}}
