"""A client of a server that renews its connection and asks once more when the token is not taken any more."""
from __future__ import annotations

from typing import Any, Callable, List, Mapping, Optional, Sequence, Tuple, TypeVar

from ..plex_body import Answer
from ..plex_errors import PlexError, PlexUnauthorized
from ..plex_functions import PMSClient
from ..plex_limits import Limits
from ..plex_model import ItemSummary, PlayableItem
from ..plex_preferences import PlayedRule

Result = TypeVar('Result')


class RenewingClient:
    """What playback and marks ask of a server. A 401 or 498 was not carried out, so nothing is done twice.

    ``get_client`` gives the client as of now; ``report_failure`` lets the next one have another token. All threads
    that meet the same refusal share one renewal (:class:`~..auth.manager.AuthManager`).
    """

    def __init__(self, get_client: Callable[[], PMSClient], report_failure: Callable[[PlexError], None]) -> None:
        self._get_client = get_client
        self._report_failure = report_failure
        self._client = get_client()

    @property
    def server_time(self) -> float:
        """See :attr:`PMSRequests.server_time`."""
        return self._client.server_time

    def playable(self, rating_key: str) -> Optional[PlayableItem]:
        """See :meth:`PMSClient.playable`."""
        return self._asked(lambda client: client.playable(rating_key))

    def summaries(self, rating_keys: Sequence[str]) -> List[ItemSummary]:
        """See :meth:`PMSClient.summaries`."""
        return self._asked(lambda client: client.summaries(rating_keys))

    def leaves(self, rating_key: str) -> List[ItemSummary]:
        """See :meth:`PMSClient.leaves`."""
        return self._asked(lambda client: client.leaves(rating_key))

    def played_rule(self) -> PlayedRule:
        """See :meth:`PMSClient.played_rule`."""
        return self._asked(lambda client: client.played_rule())

    def timeline(self, rating_key: str, state: str, time_ms: int, duration_ms: int, session_id: str,
                 **extra: Any) -> None:
        """See :meth:`PMSClient.timeline`."""
        self._asked(lambda client: client.timeline(rating_key, state, time_ms, duration_ms, session_id, **extra))

    def scrobble(self, rating_key: str) -> None:
        """See :meth:`PMSClient.scrobble`."""
        self._asked(lambda client: client.scrobble(rating_key))

    def unscrobble(self, rating_key: str) -> None:
        """See :meth:`PMSClient.unscrobble`."""
        self._asked(lambda client: client.unscrobble(rating_key))

    def rate(self, rating_key: str, rating: float) -> None:
        """See :meth:`PMSClient.rate`."""
        self._asked(lambda client: client.rate(rating_key, rating))

    def progress(self, rating_key: str, time_ms: int) -> None:
        """See :meth:`PMSClient.progress`."""
        self._asked(lambda client: client.progress(rating_key, time_ms))

    def open(self, path: str, limits: Limits, *, params: Any = None, headers: Optional[Mapping[str, str]] = None,
             timeout: Optional[Tuple[float, float]] = None, retries: int = 1) -> Answer:
        """See :meth:`PMSRequests.open`."""
        return self._asked(lambda client: client.open(path, limits, params=params, headers=headers, timeout=timeout,
                                                      retries=retries))

    def _asked(self, ask: Callable[[PMSClient], Result]) -> Result:
        try:
            return ask(self._client)
        except PlexUnauthorized as error:
            self._report_failure(error)
            self._client = self._get_client()
            return ask(self._client)


def renewing(get_client: Callable[[str], PMSClient],
             report_failure: Callable[[str, PlexError], None]) -> Callable[[str], RenewingClient]:
    """``get_client`` (by machineIdentifier) with clients that renew their connection."""
    def get(machine_identifier: str) -> RenewingClient:
        return RenewingClient(lambda: get_client(machine_identifier),
                              lambda error: report_failure(machine_identifier, error))
    return get
