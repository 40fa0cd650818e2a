"""Full metadata in batches; a batch that the server chokes on is halved until the culprit stands alone."""
from __future__ import annotations

import logging
from typing import List, NamedTuple, Sequence, Tuple, Union

from ..plex_errors import PlexBadAnswer, PlexRejected, PlexServerError
from ..plex_functions import PMSClient, read_items
from ..plex_model import PlexItem
from .tasks import Collections, Fetch, Seen, Swept, Task, Watch

LOG = logging.getLogger('pkc.sync')


class Fetched(NamedTuple):
    """The answer to a :class:`Fetch`: records, ids that the server left out, and how many were unreadable."""

    task: Fetch
    items: Tuple[PlexItem, ...]
    absent: int
    unreadable: int


class Unread(NamedTuple):
    """The answer to a :class:`Fetch` as it came. What waits for the writer is bytes, for objects are ten times as
    large, and reading JSON keeps all other threads of Python waiting: not while a transaction is open.
    """

    task: Fetch
    body: bytes


class FetchedSwept(NamedTuple):
    """The end of a listing; ``gone`` are the missing items that the server, asked once more, does not have."""

    task: Swept
    gone: Tuple[str, ...]


Result = Union[Unread, Fetched, FetchedSwept, Watch, Seen, Collections]
#: Trouble with one answer, not with the server as such.
_BAD_ANSWER = (PlexServerError, PlexBadAnswer, PlexRejected)


class Fetcher:
    """Carries out tasks against the server; used from several threads at once."""

    def __init__(self, client: PMSClient, batch_size: int) -> None:
        self._client = client
        self._batch = batch_size

    def __call__(self, task: Task) -> Result:
        """Do what the task asks of the network. Raises :class:`PlexError` when the server cannot be used."""
        if isinstance(task, Fetch):
            try:
                return Unread(task, self._client.items_body(task.rating_keys))
            except _BAD_ANSWER:
                return self.fetched(task)
        if isinstance(task, Swept):
            return FetchedSwept(task, self._gone(task))
        return task

    def read(self, answer: Unread) -> Fetched:
        """The full records of an answer; one that cannot be read is asked for again."""
        try:
            return _fetched(answer.task, *read_items(answer.body))
        except PlexBadAnswer:
            return self.fetched(answer.task)

    def fetched(self, task: Fetch) -> Fetched:
        """The full records that a task wants."""
        return _fetched(task, *self.items(task.rating_keys))

    def items(self, rating_keys: Sequence[str]) -> Tuple[List[PlexItem], int]:
        """Records of these items, and how many could not be had although the server answers."""
        try:
            return self._client.items(rating_keys)
        except _BAD_ANSWER as error:
            if len(rating_keys) <= 1:
                LOG.warning('item %s is skipped: %s', ','.join(rating_keys), error)
                return [], len(rating_keys)
            LOG.info('a batch of %d items failed (%s), trying halves', len(rating_keys), error)
            middle = len(rating_keys) // 2
            left, left_bad = self.items(rating_keys[:middle])
            right, right_bad = self.items(rating_keys[middle:])
            if left_bad + right_bad == len(rating_keys) > 8:
                raise
            return left + right, left_bad + right_bad

    def _gone(self, task: Swept) -> Tuple[str, ...]:
        """Absence is believed only when a direct question confirms it."""
        if not task.complete or task.section.refreshing:
            return ()
        gone: List[str] = []
        for start in range(0, len(task.missing), self._batch):
            chunk = task.missing[start:start + self._batch]
            there = {str(raw.get('ratingKey')) for raw in self._client.metadata(chunk)}
            gone.extend(key for key in chunk if key not in there)
        return tuple(gone)


def _fetched(task: Fetch, items: List[PlexItem], unreadable: int) -> Fetched:
    return Fetched(task, tuple(items), len(task.rating_keys) - len(items) - unreadable, unreadable)
