"""Filters: the parameters of a query string as conditions on items.

A filter is ``field<op>value``; one with an unknown field or operator is ignored without an error, as on live servers.
"""

from __future__ import annotations

import re
from typing import Callable

from tools.plexsim.config import Clock
from tools.plexsim.formats.query_string import Param
from tools.plexsim.formats.times import date_seconds
from tools.plexsim.items.records import Item
from tools.plexsim.items.types import TYPE_CODES
from tools.plexsim.library.fields import BOOLEANS, EXACT, NUMBERS, STRINGS, TAGS, Fields

Predicate = Callable[[Item], bool]
NAME = re.compile(r"^((?:[a-z]+\.)?[A-Za-z]+)(>>|<<|>|<|!=|!|=)?$")
RELATIVE = re.compile(r"^([+-]?\d+)(s|m|h|d|w|mon|y)$")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mon": 2_592_000, "y": 31_536_000}


class Conditions:
    """Makes predicates of parameters, for one user. Relative times (-30d) are relative to ``clock``."""

    def __init__(self, fields: Fields, clock: Clock) -> None:
        self.fields = fields
        self.clock = clock

    def predicate(self, param: Param, type_name: str) -> Predicate | None:
        """Return the predicate of a parameter, None when a server would ignore it."""
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
        return lambda item: any(test(other) for other in item.relatives(scope))

    def _test(self, field: str, sign: str, text: str) -> Predicate | None:
        if field in NUMBERS:
            return self._number_test(field, sign, text)
        wanted = [part.lower() for part in text.split(",")]
        negative = sign.startswith("!")
        if field in TAGS and sign in ("", "!", "="):
            return lambda item: negative != any(part in self.fields.tags(item, TAGS[field]) for part in wanted)
        if field in EXACT and sign in ("", "!", "="):
            return lambda item: negative != any(part in self.fields.exact(item, field) for part in wanted)
        if field in BOOLEANS and sign in ("", "!"):
            expected = (text not in ("0", "false", "")) != negative
            return lambda item: self.fields.flag(item, field) == expected
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
        parts = text.split(",")
        numbers = [number for number in map(self._number, parts) if number is not None]
        if len(numbers) < len(parts):
            return None
        limit = numbers[0]
        if sign in (">>", ">"):
            return lambda item: _greater(self.fields.value(item, field), limit)
        if sign in ("<<", "<"):
            return lambda item: self.fields.value(item, field) is not None and self.fields.value(item, field) < limit
        if sign in ("", "!"):
            return lambda item: (sign == "!") != (self.fields.value(item, field) in numbers)
        return None

    def _number(self, text: str) -> float | None:
        relative = RELATIVE.match(text)
        if relative:
            return self.clock.now() + int(relative.group(1)) * SECONDS[relative.group(2)]
        try:
            return float(text)
        except ValueError:
            return date_seconds(text)

    def compile(self, params: list[Param], type_name: str) -> Predicate | None:
        """Return the predicate of a whole query (push, or, pop; plain ampersands mean AND), None without conditions."""
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


def _greater(value: float | None, limit: float) -> bool:
    """Return value > limit, strictly; a missing value (an item without updatedAt) is never greater."""
    return value is not None and value > limit
