"""Choosing how many requests run at a time, and how many items each asks for, by how long the answers take.

A server works on as many requests at a time as it has processors for; any further one waits in its queue, raises
nothing and only makes it slow for others. What waits is seen by the times: with ``n`` requests under way, of which each
takes ``seconds`` where it could take ``shortest``, ``n * (1 - shortest / seconds)`` of them are waiting. One that waits
keeps the server busy while an answer is on its way, more are of no use.
"""
from __future__ import annotations

from typing import List, Optional

#: Parallel requests at first: with several at once, the times of the first answers tell how many are worked on.
FIRST_PARALLEL = 4
#: Requests that wait at the server: with fewer than the first number one more is sent, with more than the second one
#: less. The distance between both is more than one request makes, so that there is no coming and going.
_FEW, _MANY = 0.5, 1.8
#: An answer that takes this many times longer than all our requests together explain: the server itself is slower.
_SLOWER = 1.3
#: Answers after which the shortest time is measured anew, with half as many requests.
_RENEW = 64
#: Seconds that a request should take at most: longer ones cannot be cancelled, come near the limit of time, and at the
#: end of a sync all of them arrive at once.
_LONGEST = 0.8
#: Items of one request.
_FEWEST_ITEMS, _MOST_ITEMS = 20, 100
#: A size is changed if the better one differs by this share.
_DIFFERENT = 0.25
#: Seconds of the pause after the first refusal (each further one doubles it), and its limit.
_PAUSE, _LONGEST_PAUSE = 0.4, 20.0
#: Rounds without a further request after a refusal; doubled by each further refusal up to the second number.
_CALM, _LONGEST_CALM = 4, 64


class RequestPace:
    """Takes the time of each answer; knows no clock and no threads. ``most`` is the limit of parallel requests.

    ``parallel`` and ``batch`` are the number of requests at a time and the number of items of each, now.
    """

    def __init__(self, most: int, first: int = FIRST_PARALLEL) -> None:
        self._most = max(1, most)
        self.parallel = max(1, min(first, self._most))
        self.batch = _MOST_ITEMS
        self._shortest: Optional[float] = None
        self._round: List[float] = []
        self._answers = 0
        self._before: Optional[int] = None
        self._refusals = 0
        self._until = 0.0
        self._calm = 0
        self._next_calm = _CALM

    def pause(self, now: float) -> float:
        """Seconds until the next request may be sent, because the server refused one."""
        return max(0.0, self._until - now)

    def took(self, items: int, seconds: float, at_a_time: int) -> None:
        """Report an answer: the items asked for, its time, and how many requests were under way at most meanwhile."""
        self._refusals = 0
        each = max(seconds, 1e-6) / max(items, 1)
        if seconds > _LONGEST:
            self._resize(each)
        if items * 2 < self.batch:
            return  # mostly the time of the way
        self._shortest = each if self._shortest is None else min(each, self._shortest)
        if at_a_time != self.parallel:
            return
        self._round.append(each)
        self._answers += 1
        if len(self._round) >= self.parallel:
            mean = sum(self._round) / len(self._round)
            self._round = []
            self._judge(mean)

    def refused(self, now: float, retry_after: float = 0.0) -> None:
        """Report a refusal (429, 503); ``retry_after`` are the seconds that the server demands."""
        if self.pause(now):
            self._until = max(self._until, now + retry_after)
            return  # of the same moment
        pause = min(_PAUSE * 2.0 ** self._refusals, _LONGEST_PAUSE)
        self._refusals += 1
        self._until = now + max(pause, retry_after)
        self._calm, self._next_calm = self._next_calm, min(2 * self._next_calm, _LONGEST_CALM)
        self._before = None
        self._set(self.parallel // 2)

    def lost(self) -> None:
        """Report a request that got no answer, perhaps because it took too long."""
        self.batch = max(_FEWEST_ITEMS, self.batch // 2)
        self._before = None
        self._set(self.parallel // 2)

    def _judge(self, mean: float) -> None:
        """Choose anew after a round, whose answers took ``mean`` seconds for each item."""
        self._resize(mean)
        self._calm = max(0, self._calm - 1)
        if self._before is not None:  # the shortest time was measured
            before, self._before = self._before, None
            self._set(before)
            return
        if self.parallel == 1:
            self._shortest = mean
        shortest = self._shortest or mean
        if self._answers >= _RENEW or mean > shortest * self.parallel * _SLOWER:
            self._renew()
            return
        waiting = self.parallel * (1.0 - shortest / mean)
        if waiting < _FEW and not self._calm:
            self._set(self.parallel + 1)
        elif waiting > _MANY:
            self._set(self.parallel - 1)

    def _renew(self) -> None:
        self._answers, self._shortest = 0, None
        if self.parallel > 1:
            self._before = self.parallel
            self._set(self.parallel // 2)

    def _set(self, parallel: int) -> None:
        self.parallel = max(1, min(parallel, self._most))
        self._round = []

    def _resize(self, mean: float) -> None:
        ideal = max(_FEWEST_ITEMS, min(_MOST_ITEMS, int(_LONGEST / mean), 2 * self.batch))
        if abs(ideal - self.batch) > _DIFFERENT * self.batch or ideal == _MOST_ITEMS:
            self.batch = ideal
