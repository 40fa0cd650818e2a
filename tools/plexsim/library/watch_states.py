"""Watch states of all users, and what is derived from them: counts, on deck, Continue Watching.

A PMS stores view count, position, last view and rating by (account, guid), not with the item; no change
of these changes ``updatedAt``, and marking as unwatched leaves no time stamp.
"""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple

from tools.plexsim.items.records import Item, WatchState
from tools.plexsim.library.store import Store

MINIMUM_MS = 60_000


class Report(NamedTuple):
    """A player's report. ``played_at`` is the position from which on the item counts as watched (0: never);
    ``counted``: this playback has been counted; ``viewed_at``: the time of an earlier playback.
    """

    milliseconds: int
    played_at: float
    counted: bool
    viewed_at: int | None = None


class WatchBook:
    """States by user and guid of the items in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.states: dict[int, dict[str, WatchState]] = {}
        self.removed: dict[int, dict[int, int]] = {}

    def get(self, user: int, item: Item) -> WatchState | None:
        """Return the user's state of an item, None when there is none."""
        return self.states.get(user, {}).get(item.guid)

    def edit(self, user: int, item: Item) -> WatchState:
        """Return the user's state of an item, which is added if missing."""
        return self.states.setdefault(user, {}).setdefault(item.guid, WatchState())

    def touch(self, items: Iterable[Item]) -> None:
        """Tell listeners that all items with the same guids as these have changed."""
        for item in items:
            for same in self._store.by_guid.get(item.guid) or [item]:
                same.drop_cache()
                self._store.announce_watched(same)

    def scrobble(self, user: int, item: Item, viewed_at: int | None = None) -> None:
        """Mark an item, or everything below a season or show, as watched, now or at a time in the past."""
        now = viewed_at if viewed_at is not None else self._store.clock.stamp()
        leaves = list(item.leaves())
        for leaf in leaves:
            state = self.edit(user, leaf)
            state.view_count += 1
            state.view_offset = 0
            state.last_viewed_at = now
        self.touch(leaves)

    def unscrobble(self, user: int, item: Item) -> None:
        """Mark as unwatched: count, position and time are removed."""
        leaves = list(item.leaves())
        for leaf in leaves:
            state = self.edit(user, leaf)
            state.view_count = 0
            state.view_offset = 0
            state.last_viewed_at = None
        self.touch(leaves)

    def set_progress(self, user: int, item: Item, milliseconds: int, viewed_at: int | None = None) -> None:
        """Set the position without any rules; 0 removes it."""
        state = self.edit(user, item)
        state.view_offset = max(0, milliseconds)
        if milliseconds:
            state.last_viewed_at = viewed_at if viewed_at is not None else self._store.clock.stamp()
        self.touch([item])

    def report(self, user: int, item: Item, report: Report) -> bool:
        """Apply a player's report; returns whether this playback has been counted as a view.

        The first minute is ignored; from ``played_at`` on the item counts as watched, once, and has no position.
        """
        if report.milliseconds <= MINIMUM_MS:
            return report.counted
        if report.played_at and report.milliseconds >= report.played_at:
            if not report.counted:
                self.scrobble(user, item, report.viewed_at)
            return True
        self.set_progress(user, item, report.milliseconds, report.viewed_at)
        return False

    def rate(self, user: int, item: Item, rating: float) -> None:
        """Store the user's rating, 0 to 10; a negative one removes it."""
        state = self.edit(user, item)
        state.user_rating = None if rating < 0 else rating
        state.last_rated_at = None if rating < 0 else self._store.clock.stamp()
        self.touch([item])

    def is_watched(self, user: int, item: Item) -> bool:
        """Whether the item, or everything below it, was watched."""
        if item.is_leaf:
            state = self.get(user, item)
            return bool(state and state.view_count)
        leaves = list(item.leaves())
        return bool(leaves) and all(self.is_watched(user, leaf) for leaf in leaves)

    def in_progress(self, user: int, item: Item) -> bool:
        """Whether the item has a position, or some but not all of its episodes were watched."""
        if item.is_leaf:
            state = self.get(user, item)
            return bool(state and state.view_offset)
        seen = [self.is_watched(user, leaf) for leaf in item.leaves()]
        return (any(seen) and not all(seen)) or any(self.in_progress(user, leaf) for leaf in item.leaves())

    def attributes(self, user: int, item: Item) -> dict[str, Any]:
        """Return the attributes that the state adds to an item; zero and unknown are left out."""
        own = self.get(user, item)
        result: dict[str, Any] = {}
        if item.is_leaf:
            if own:
                _put(
                    result,
                    viewCount=own.view_count,
                    viewOffset=own.view_offset,
                    skipCount=own.skip_count,
                    lastViewedAt=own.last_viewed_at,
                )
        elif item.type in ("show", "season"):
            leaves = list(item.leaves())
            states = [state for state in (self.get(user, leaf) for leaf in leaves) if state]
            times = [state.last_viewed_at for state in states if state.last_viewed_at]
            _put(result, viewCount=sum(state.view_count for state in states), lastViewedAt=max(times, default=0))
            result["leafCount"] = len(leaves)
            result["viewedLeafCount"] = sum(1 for state in states if state.view_count)
            if item.type == "show":
                result["childCount"] = len(item.children)
        if own:
            _put(result, userRating=own.user_rating, lastRatedAt=own.last_rated_at)
        return result

    def remove_from_continue_watching(self, user: int, item: Item) -> None:
        """Hide a film or a show from Continue Watching until it is watched again."""
        self.removed.setdefault(user, {})[item.root().rating_key] = self._store.clock.stamp()

    def continue_watching(self, user: int) -> list[Item]:
        """Return items in progress and the next episodes of shows in progress, last viewed first.

        A show appears once: with its last episode in progress, else with the one after the last
        watched episode (specials are skipped).
        """
        films: list[tuple[int, Item]] = []
        shows: dict[int, list[tuple[int, Item, WatchState]]] = {}
        for guid, state in self.states.get(user, {}).items():
            if not (state.view_offset or state.view_count):
                continue
            for item in self._store.by_guid.get(guid, []):
                if item.type == "episode":
                    shows.setdefault(item.root().rating_key, []).append((state.last_viewed_at or 0, item, state))
                elif item.type == "movie" and state.view_offset:
                    films.append((state.last_viewed_at or 0, item))
        for touched in shows.values():
            entry = self._of_show(user, touched)
            if entry:
                films.append(entry)
        hidden = self.removed.get(user, {})
        rows = [(seen, item) for seen, item in films if seen > hidden.get(item.root().rating_key, -1)]
        rows.sort(key=lambda row: (-row[0], row[1].rating_key))
        return [item for _, item in rows]

    def _of_show(self, user: int, touched: list[tuple[int, Item, WatchState]]) -> tuple[int, Item] | None:
        """Return (time, episode) for a show, None when all is watched."""
        touched.sort(key=lambda row: (row[0], row[1].rating_key))
        begun = [row for row in touched if row[2].view_offset]
        if begun:
            return begun[-1][0], begun[-1][1]
        seen_at, last, _ = touched[-1]
        episodes = [leaf for leaf in last.root().leaves() if leaf.parent and leaf.parent.fields.get("index") != 0]
        position = episodes.index(last) + 1 if last in episodes else 0
        for episode in episodes[position:]:
            if not self.is_watched(user, episode):
                return seen_at, episode
        return None


def _put(target: dict[str, Any], **values: Any) -> None:
    """Add the values that are not None."""
    target.update({name: value for name, value in values.items() if value})
