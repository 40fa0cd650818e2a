"""Full metadata in batches; a batch that the server chokes on is halved until the culprit stands alone."""
from __future__ import annotations

import logging
from typing import List, NamedTuple, Sequence, Tuple, Union

from ..batches import by_halves, chunks
from ..plex_errors import PlexBadAnswer, PlexRejected, PlexServerError
from ..plex_functions import PMSClient, read_items
from ..plex_model import PlexItem
from .tasks import Collections, Fetch, ListingCursor, ListingSummary, Task, Watch

LOG = logging.getLogger('pkc.sync')


class FetchedItems(NamedTuple):
    """The answer to a :class:`Fetch`: records, ids that the server left out, and how many were unreadable."""

    task: Fetch
    items: Tuple[PlexItem, ...]
    absent: int
    unreadable: int


class MetadataAnswer(NamedTuple):
    """The answer to a :class:`Fetch` as it came. What waits for the writer is bytes, for objects are ten times as
    large, and reading JSON keeps all other threads of Python waiting: not while a transaction is open.
    """

    task: Fetch
    body: bytes


class CheckedListing(NamedTuple):
    """The end of a listing; ``gone`` are the missing items that the server, asked once more, does not have."""

    task: ListingSummary
    gone: Tuple[str, ...]


Result = Union[MetadataAnswer, FetchedItems, CheckedListing, Watch, ListingCursor, Collections]
#: Trouble with one answer, not with the server as such.
_BAD_ANSWER = (PlexServerError, PlexBadAnswer, PlexRejected)
#: Of more items than this that fail one by one it is the server that is to blame.
_HOPELESS = 8


class Fetcher:
    """Carries out tasks against the server; used from several threads at once."""

    def __init__(self, client: PMSClient, batch_size: int) -> None:
        self._client = client
        self._batch = batch_size

    def __call__(self, task: Task) -> Result:
        """Do what the task asks of the network. Raises :class:`PlexError` when the server cannot be used."""
        if isinstance(task, Fetch):
            try:
                return MetadataAnswer(task, self._client.items_body(task.rating_keys))
            except _BAD_ANSWER:
                return self.fetched(task)
        if isinstance(task, ListingSummary):
            return CheckedListing(task, self._gone(task))
        return task

    def read(self, answer: MetadataAnswer) -> FetchedItems:
        """The full records of an answer; one that cannot be read is asked for again."""
        try:
            return _fetched(answer.task, *read_items(answer.body))
        except PlexBadAnswer:
            return self.fetched(answer.task)

    def fetched(self, task: Fetch) -> FetchedItems:
        """The full records that a task wants."""
        return _fetched(task, *self.items(task.rating_keys))

    def items(self, rating_keys: Sequence[str]) -> Tuple[List[PlexItem], int]:
        """Records of these items, and how many could not be had although the server answers."""
        answers, failed = by_halves(rating_keys, self._client.items, _BAD_ANSWER, hopeless=_HOPELESS)
        for key, error in failed:
            LOG.warning('item %s is skipped: %s', key, error)
        return ([item for items, _ in answers for item in items],
                len(failed) + sum(unreadable for _, unreadable in answers))

    def _gone(self, task: ListingSummary) -> Tuple[str, ...]:
        """Absence is believed only when a direct question confirms it."""
        if not task.complete or task.section.refreshing:
            return ()
        gone: List[str] = []
        for chunk in chunks(task.missing, self._batch):
            there = {one.rating_key for one in self._client.summaries(chunk)}
            gone.extend(key for key in chunk if key not in there)
        return tuple(gone)


def _fetched(task: Fetch, items: List[PlexItem], unreadable: int) -> FetchedItems:
    return FetchedItems(task, tuple(items), len(task.rating_keys) - len(items) - unreadable, unreadable)
