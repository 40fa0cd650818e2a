"""Query strings as a Plex Media Server reads them: parameters, filters and sorts.

A filter is ``field<op>value`` where the last ``=`` of the operator is the separator between name and value.
So ``updatedAt>>=1`` and ``updatedAt%3E%3E=1`` filter, while ``updatedAt%3E%3D=1`` (what urlencode makes of the
key ``updatedAt>=``) names an unknown operator and is silently ignored: measured on live servers.
"""

from __future__ import annotations

import calendar
import re
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple
from urllib.parse import unquote_plus

from tools.plexsim.items import TYPE_CODES, Item

if TYPE_CHECKING:
    from tools.plexsim.store import Store

Predicate = Callable[[Item], bool]
NAME = re.compile(r"^((?:[a-z]+\.)?[A-Za-z]+)(>>|<<|>|<|!=|!|=)?$")
RELATIVE = re.compile(r"^([+-]?\d+)(s|m|h|d|w|mon|y)$")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mon": 2_592_000, "y": 31_536_000}
NUMBERS = {
    "id",
    "year",
    "decade",
    "updatedAt",
    "addedAt",
    "lastViewedAt",
    "lastRatedAt",
    "originallyAvailableAt",
    "viewCount",
    "viewOffset",
    "userRating",
    "rating",
    "audienceRating",
    "duration",
    "index",
}
STRINGS = {"title", "titleSort", "studio", "editionTitle", "originalTitle"}
TAGS = {
    "genre": "Genre",
    "country": "Country",
    "director": "Director",
    "writer": "Writer",
    "actor": "Role",
    "producer": "Producer",
    "label": "Label",
}
EXACT = {"contentRating", "guid", "resolution", "collection"}
BOOLEANS = {"unwatched", "inProgress", "trash", "duplicate", "unmatched", "hdr"}
STATE_FIELDS = {
    "viewCount": "view_count",
    "viewOffset": "view_offset",
    "lastViewedAt": "last_viewed_at",
    "userRating": "user_rating",
    "lastRatedAt": "last_rated_at",
}


class Param(NamedTuple):
    """One decoded ``name=value`` of a query string; ``doubled`` when the raw text had ``==`` there."""

    name: str
    value: str
    doubled: bool = False


def parse_query(raw: str) -> list[Param]:
    """Split a raw query string. The first literal ``=`` separates, escapes are decoded afterwards; but the raw
    operator ``>>=`` and friends keep all of their signs in the name.
    """
    params = []
    for piece in raw.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            doubled = value.startswith("=")
            params.append(Param(unquote_plus(name), unquote_plus(value[1:] if doubled else value), doubled))
    return params


class Selector:
    """Evaluates filters and sorts for one user."""

    def __init__(self, library: Store, user: int) -> None:
        self.library = library
        self.user = user

    # ------------------------------------------------------------------ values

    def value(self, item: Item, field: str) -> Any:
        """Return the value a numeric or sort field has for an item, None when it has none."""
        if field in STATE_FIELDS:
            if item.is_leaf:
                state = self.library.watch.get(self.user, item)
                found = getattr(state, STATE_FIELDS[field]) if state else None
            else:
                found = self.library.watch.attributes(self.user, item).get(field)
            return (found or 0) if field in ("viewCount", "viewOffset") else found
        if field == "id":
            return item.rating_key
        if field == "decade":
            year = item.fields.get("year")
            return int(year) // 10 * 10 if year else None
        if field == "originallyAvailableAt":
            return _date(str(item.fields.get(field, "")))
        if field in ("titleSort", "title"):
            return str(item.fields.get("titleSort") or item.title).lower()
        return _numeric(item.fields.get(field)) if field in NUMBERS else item.fields.get(field)

    def tags(self, item: Item, element: str) -> list[str]:
        """Return names and ids of an item's tags, lower case, for comparison."""
        cached = item.cache.get("tags")
        if cached is None:
            cached = {
                name: [str(text).lower() for tag in listed(value) for text in (tag.get("tag"), tag.get("id"))]
                for name, value in self.library.stored(item).items()
                if name in TAGS.values()
            }
            item.cache["tags"] = cached
        found: list[str] = cached.get(element, [])
        return found

    def exact(self, item: Item, field: str) -> list[str]:
        """Return the values of a field that is compared as a whole."""
        if field == "collection":
            own = self.library.collections_of.get(item.rating_key, [])
            return [text.lower() for entry in own for text in (entry.title, str(entry.rating_key))]
        if field == "resolution":
            return [str(media.get("videoResolution")) for media in self.library.stored(item).get("Media", [])]
        found = item.guid if field == "guid" else item.fields.get(field)
        return [str(found).lower()] if found is not None else []

    def flag(self, item: Item, field: str) -> bool:
        """Return the value of a boolean filter field."""
        watch = self.library.watch
        if field == "unwatched":
            return not watch.is_watched(self.user, item)
        if field == "inProgress":
            return watch.in_progress(self.user, item)
        if field == "trash":
            return bool(item.fields.get("deletedAt"))
        if field == "unmatched":
            return item.guid.startswith("local://")
        if field == "hdr":
            medias = self.library.stored(item).get("Media", [])
            return any("10" in str(media.get("videoProfile")) for media in medias)
        return len(self.library.stored(item).get("Media", [])) > 1

    # ------------------------------------------------------------------ filters

    def predicate(self, param: Param, type_name: str) -> Predicate | None:
        """Return the test a parameter stands for, None when the server would ignore it."""
        match = NAME.match(param.name)
        if not match:
            return None
        field, sign = match.group(1), match.group(2) or ("=" if param.doubled else "")
        scope, _, field = field.rpartition(".")
        if scope and scope not in TYPE_CODES:
            return None
        test = self._test(field, sign, param.value)
        if test is None or not scope or scope == type_name:
            return test
        return lambda item: any(test(other) for other in _relatives(item, scope))

    def _test(self, field: str, sign: str, text: str) -> Predicate | None:
        if field in NUMBERS:
            return self._number_test(field, sign, text)
        wanted = [part.lower() for part in text.split(",")]
        negative = sign.startswith("!")
        if field in TAGS and sign in ("", "!", "="):
            return lambda item: negative != any(part in self.tags(item, TAGS[field]) for part in wanted)
        if field in EXACT and sign in ("", "!", "="):
            return lambda item: negative != any(part in self.exact(item, field) for part in wanted)
        if field in BOOLEANS and sign in ("", "!"):
            expected = (text not in ("0", "false", "")) != negative
            return lambda item: self.flag(item, field) == expected
        if field in STRINGS:
            low = text.lower()
            tests: dict[str, Callable[[str], bool]] = {
                "": lambda have: low in have,
                "!": lambda have: low not in have,
                "=": lambda have: have == low,
                "!=": lambda have: have != low,
                "<": lambda have: have.startswith(low),
                ">": lambda have: have.endswith(low),
            }
            check = tests.get(sign)
            return None if check is None else lambda item: check(str(item.fields.get(field, "")).lower())
        return None

    def _number_test(self, field: str, sign: str, text: str) -> Predicate | None:
        numbers = [self._number(part) for part in text.split(",")]
        if any(number is None for number in numbers):
            return None
        limit: float = numbers[0]  # type: ignore[assignment]
        if sign in (">>", ">"):
            return lambda item: _greater(self.value(item, field), limit)
        if sign in ("<<", "<"):
            return lambda item: self.value(item, field) is not None and self.value(item, field) < limit
        if sign in ("", "!"):
            return lambda item: (sign == "!") != (self.value(item, field) in numbers)
        return None

    def _number(self, text: str) -> float | None:
        relative = RELATIVE.match(text)
        if relative:
            return self.library.clock.now() + int(relative.group(1)) * SECONDS[relative.group(2)]
        try:
            return float(text)
        except ValueError:
            return _date(text)

    def compile(self, params: list[Param], type_name: str) -> Predicate | None:
        """Return the test of a whole query (push, or, pop; plain ampersands mean AND), None when it has none."""
        test, _ = self._level(params, 0, type_name)
        return test

    def _level(self, params: list[Param], position: int, type_name: str) -> tuple[Predicate | None, int]:
        alternatives: list[list[Predicate]] = [[]]
        while position < len(params):
            param = params[position]
            position += 1
            if param.name == "push":
                inner, position = self._level(params, position, type_name)
                if inner is not None:
                    alternatives[-1].append(inner)
            elif param.name == "pop":
                break
            elif param.name == "or":
                alternatives.append([])
            else:
                test = self.predicate(param, type_name)
                if test is not None:
                    alternatives[-1].append(test)
        groups = [group for group in alternatives if group]
        if not groups:
            return None, position
        if len(groups) == 1:
            only = groups[0]
            return (only[0] if len(only) == 1 else lambda item: all(test(item) for test in only)), position
        return (lambda item: any(all(test(item) for test in group) for group in groups)), position

    # ------------------------------------------------------------------ sorting

    def sort(self, items: list[Item], order: str | None, type_name: str) -> list[Item]:
        """Return the items sorted by a ``sort`` parameter; items without the value come first, or last with desc."""
        if not order:
            if type_name in ("episode", "season"):
                return sorted(items, key=_episode_order)
            order = "titleSort"
        result = items
        for part in reversed(order.split(",")):
            name, _, direction = part.partition(":")
            scope, _, field = name.rpartition(".")

            def key(item: Item, scope: str = scope, field: str = field) -> tuple[bool, Any, int]:
                subject = next(iter(_relatives(item, scope)), item) if scope and scope != item.type else item
                found = self.value(subject, field)
                return (found is not None, found if found is not None else 0, item.rating_key)

            result = sorted(result, key=key, reverse=direction == "desc")
        return result

    def select(self, items: list[Item], params: list[Param], type_name: str, order: str | None) -> list[Item]:
        """Return the items that pass the filters, sorted; ``items`` come in the order of their keys."""
        test = self.compile(params, type_name)
        chosen = items if test is None else [item for item in items if test(item)]
        return chosen if order == "id" else self.sort(chosen, order, type_name)


def _greater(value: Any, limit: float) -> bool:
    """Return value > limit, strictly; a missing value (an item without updatedAt) is never greater."""
    return value is not None and value > limit


def _numeric(value: Any) -> Any:
    """Return a number that is kept as text as a number, text that is none as None."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def listed(value: Any) -> list[dict[str, Any]]:
    """Return child elements as a list, also when there is but one that is no list."""
    return [value] if isinstance(value, dict) else value


def _date(text: str) -> float | None:
    """Return the seconds of a ``YYYY-MM-DD`` date, None when the text is none."""
    try:
        return float(calendar.timegm(time.strptime(text[:10], "%Y-%m-%d")))
    except ValueError:
        return None


def _relatives(item: Item, type_name: str) -> list[Item]:
    """Return the ancestor of a type, or all descendants of it."""
    current: Item | None = item
    while current is not None:
        if current.type == type_name:
            return [current]
        current = current.parent
    found: list[Item] = []
    stack = list(item.children)
    while stack:
        child = stack.pop()
        if child.type == type_name:
            found.append(child)
        stack.extend(child.children)
    return found


def _episode_order(item: Item) -> tuple[str, int, int, int]:
    root = item.root()
    season = item.parent if item.type == "episode" and item.parent else item
    title = str(root.fields.get("titleSort") or root.title).lower()
    number = item.fields.get("index") or 0
    return title, season.fields.get("index") or 0, 0 if season is item else number, item.rating_key
