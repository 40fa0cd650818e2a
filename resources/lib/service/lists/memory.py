"""Answers to the plugin's questions for lists that were asked for lately, and what the server said to them."""
from __future__ import annotations

import threading
from typing import Dict, Mapping, NamedTuple, Optional, Tuple

from .description import Options
from .freshness import Moment

#: A home screen has about three lists, with hubs about twelve, and somebody browses beside it.
_MOST, _MOST_BYTES = 32, 4 * 1024 * 1024

#: What the server said of items in full, by the keys that it was asked for.
FullRecords = Mapping[Tuple[str, ...], bytes]
NOTHING_MORE: FullRecords = {}


class Question(NamedTuple):
    """Which list of which server, asked for in whose name."""

    machine_identifier: str
    user_id: str
    path: str
    options: Options


class Answer(NamedTuple):
    """What the plugin gets, and the pictures of ours that it names. ``source``: what it was made from, None when
    something could not be found out, so that it has to be made anew.
    """

    source: Optional[Tuple[object, ...]]
    body: bytes
    pictures: Tuple[str, ...]


class Kept(NamedTuple):
    """One list. ``said`` and ``own`` are the server's words: its answer, and of a list of plex.tv's what it has itself;
    ``full`` is what it said of items that are not in Kodi's library. ``short``: ``said`` has only those fields that
    Kodi's library does not know.
    """

    asked: Moment
    said: bytes
    own: Optional[bytes]
    full: FullRecords
    short: bool
    answer: Answer

    @property
    def size(self) -> int:
        """The bytes that it takes, about."""
        return len(self.said) + len(self.own or b'') + len(self.answer.body) + sum(map(len, self.full.values()))


class Memory:
    """Keeps those that were used last. Safe to use from several threads."""

    def __init__(self, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._lists: Dict[Question, Kept] = {}
        self._size = 0

    @property
    def size(self) -> int:
        """The bytes of all, about."""
        return self._size

    def __len__(self) -> int:
        return len(self._lists)

    def get(self, question: Question) -> Optional[Kept]:
        """What is known of a list."""
        with self._lock:
            found = self._lists.pop(question, None)
            if found is not None:
                self._lists[question] = found  # the last one is the one that was used last
            return found

    def put(self, question: Question, kept: Kept) -> None:
        """Keep it, unless somebody who asked later was quicker."""
        with self._lock:
            before = self._lists.get(question)
            if before is not None and before.asked > kept.asked:
                return
            self._drop(question)
            if kept.size > self._most_bytes:
                return
            while self._lists and (len(self._lists) >= self._most or self._size + kept.size > self._most_bytes):
                self._drop(next(iter(self._lists)))
            self._lists[question] = kept
            self._size += kept.size

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._lists, self._size = {}, 0

    def _drop(self, question: Question) -> None:
        dropped = self._lists.pop(question, None)
        if dropped is not None:
            self._size -= dropped.size
