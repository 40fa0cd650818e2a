"""Fetching full metadata in batches; a batch that fails is halved until the failing item is found."""
from __future__ import annotations

import logging
from functools import partial
from typing import List, NamedTuple, Sequence, Tuple, Union

from ..batches import by_halves, chunks
from ..plex_errors import PlexBadAnswer, PlexConnectionError, PlexRejected, PlexServerError, PlexTooSlow
from ..plex_functions import PMSClient, read_items
from ..plex_model import PlexItem
from .gate import RequestGate
from .request_pace import RequestPace
from .tasks import Collections, Fetch, HomeReady, ListingCursor, ListingSummary, Task, Watch

LOG = logging.getLogger('pkc.sync')


class FetchedItems(NamedTuple):
    """The answer to a :class:`Fetch`: records, ids that the server left out, and how many were unreadable."""

    task: Fetch
    items: Tuple[PlexItem, ...]
    absent: int
    unreadable: int


class MetadataAnswer(NamedTuple):
    """The unparsed answer to a :class:`Fetch`. It is kept as bytes until it is written: objects take ten times the
    memory, and parsing JSON blocks all other threads, which must not happen while a transaction is open.
    """

    task: Fetch
    body: bytes


class CheckedListing(NamedTuple):
    """The end of a listing; ``gone`` are the missing items that the server, asked for each, does not have."""

    task: ListingSummary
    gone: Tuple[str, ...]


Result = Union[MetadataAnswer, FetchedItems, CheckedListing, Watch, ListingCursor, Collections, HomeReady]
#: Errors of one answer, not of the server as a whole.
_BAD_ANSWER = (PlexServerError, PlexBadAnswer, PlexRejected)
#: If more items than this fail one by one, the error is taken as one of the server.
_HOPELESS = 8


class Fetcher:
    """Makes the requests of tasks, batches of items at the pace of ``gate``. Safe to use from several threads."""

    def __init__(self, client: PMSClient, batch_size: int, gate: RequestGate) -> None:
        self._client = client
        self._batch = batch_size
        self._gate = gate

    @property
    def pace(self) -> RequestPace:
        """How many requests run at a time, and how many items each asks for."""
        return self._gate.pace

    def __call__(self, task: Task) -> Result:
        """The result of a task. Raises :class:`PlexError` when the server cannot be used."""
        if isinstance(task, Fetch):
            try:
                return MetadataAnswer(task, self._body(task.rating_keys))
            except _BAD_ANSWER:
                return self.fetched(task)
        if isinstance(task, ListingSummary):
            if task.cursor_later is not None:
                task = task._replace(cursor=task.cursor_later(), cursor_later=None)
            return CheckedListing(task, self._gone(task))
        return task

    def _body(self, rating_keys: Sequence[str]) -> bytes:
        """Once without repetitions, since the gate must hear of a refusal; after a lost connection with them."""
        try:
            return self._gate.ask(len(rating_keys), partial(self._client.items_body, rating_keys, retries=0))
        except PlexTooSlow:
            raise
        except PlexConnectionError:
            return self._gate.ask(len(rating_keys), partial(self._client.items_body, rating_keys))

    def read(self, answer: MetadataAnswer) -> FetchedItems:
        """Parse an answer; one that cannot be parsed is requested again, in smaller parts."""
        try:
            return _fetched(answer.task, *read_items(answer.body))
        except PlexBadAnswer:
            return self.fetched(answer.task)

    def fetched(self, task: Fetch) -> FetchedItems:
        """Fetch the items of a task."""
        return _fetched(task, *self.items(task.rating_keys))

    def items(self, rating_keys: Sequence[str]) -> Tuple[List[PlexItem], int]:
        """These items, and how many could not be read although the server answers."""
        answers, failed = by_halves(rating_keys, self._client.items, _BAD_ANSWER, hopeless=_HOPELESS)
        for key, error in failed:
            LOG.warning('item %s is skipped: %s', key, error)
        return ([item for items, _ in answers for item in items],
                len(failed) + sum(unreadable for _, unreadable in answers))

    def _gone(self, task: ListingSummary) -> Tuple[str, ...]:
        """The missing items that the server does not have when asked for them by ratingKey."""
        if not task.complete or task.section.refreshing:
            return ()
        gone: List[str] = []
        for chunk in chunks(task.missing, self._batch):
            existing = {item.rating_key for item in self._client.summaries(chunk)}
            gone.extend(key for key in chunk if key not in existing)
        return tuple(gone)


def _fetched(task: Fetch, items: List[PlexItem], unreadable: int) -> FetchedItems:
    return FetchedItems(task, tuple(items), len(task.rating_keys) - len(items) - unreadable, unreadable)
