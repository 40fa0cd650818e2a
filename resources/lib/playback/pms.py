"""What playback and the loopback server need of the Plex Media Server (PMS) client."""
from __future__ import annotations

from typing import Any, Callable, List, Mapping, Optional, Protocol, Sequence, Tuple

from ..plex_body import Answer
from ..plex_errors import PlexError
from ..plex_limits import Limits
from ..plex_model import ItemSummary, PlayableItem
from ..plex_preferences import PlayedRule
from ..plex_transcode import Decision


class FileOpener(Protocol):
    """Whoever can open a file of a server."""

    def open(self, path: str, limits: Limits, *, params: Any = None, headers: Optional[Mapping[str, str]] = None,
             timeout: Optional[Tuple[float, float]] = None, retries: int = 1) -> Answer:
        """An answer with a status below 400, whose body is read within ``limits``."""


class PMSClient(FileOpener, Protocol):
    """The part of ``plex_functions.PMSClient`` that is used here."""

    @property
    def base_url(self) -> str:
        """The server's address."""

    def playable(self, rating_key: str) -> Optional[PlayableItem]:
        """An item with all that playing needs, None when it is gone."""

    def summaries(self, rating_keys: Sequence[str]) -> List[ItemSummary]:
        """The short records of items; those that are gone are missing."""

    def played_rule(self) -> PlayedRule:
        """From which position on the server counts an item as watched."""

    def timeline(self, rating_key: str, state: str, time_ms: int, duration_ms: int, session_id: str,
                 **extra: Any) -> str:
        """Report playback; the server's words if it has ended it."""

    def transcode_decision(self, params: Mapping[str, Any], session_id: str) -> Decision:
        """What the server would do with an item."""

    def ping_transcode(self, transcode_id: str) -> None:
        """Keep a transcode alive."""

    def stop_transcode(self, transcode_id: str) -> None:
        """End a transcode."""

    def scrobble(self, rating_key: str) -> None:
        """Count the item as watched once more."""


#: The client of a server by its machineIdentifier. Raises PlexError, or LookupError for an unknown server.
GetClient = Callable[[str], PMSClient]
#: Tells the connection manager that a server failed, so that it may look for another address or token.
ReportFailure = Callable[[str, PlexError], None]
#: Playback of an item is over: machine_identifier, rating_key, position in ms, whether it counts as watched.
OnFinished = Callable[[str, str, int, bool], None]
