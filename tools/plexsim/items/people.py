"""Actors, directors and other people of generated items; the same ones in all libraries."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

from tools.plexsim.items import words
from tools.plexsim.items.digests import hexdigest

PEOPLE_COUNT = len(words.FIRST_NAMES) * len(words.LAST_NAMES)


@lru_cache(maxsize=None)
def person(number: int) -> tuple[int, str, str, str]:
    """Return (tag id, name, tag key, picture URL) of the numbered person; stable over all libraries."""
    first = words.FIRST_NAMES[number % len(words.FIRST_NAMES)]
    last = words.LAST_NAMES[number // len(words.FIRST_NAMES) % len(words.LAST_NAMES)]
    digest = hexdigest("face", number)
    url = f"https://metadata-static.plex.tv/{digest[0]}/people/{digest}.jpg"
    return 10000 + number, f"{first} {last}", hexdigest("person", number)[:24], url


def people(rng: random.Random, kind: str, count: int, with_role: bool = False) -> list[dict[str, Any]]:
    """Return ``count`` different person tags as in full metadata; ``kind`` is the filter name."""
    tags = []
    for number in rng.sample(range(PEOPLE_COUNT), count):
        tag_id, name, tag_key, url = person(number)
        tag: dict[str, Any] = {"id": tag_id, "filter": f"{kind}={tag_id}", "tag": name, "tagKey": tag_key}
        chance = rng.random()
        if with_role:
            number = int(chance * 1e6)
            tag["role"] = f"{words.ADJECTIVES[number % 25]} {words.NOUNS[number // 25 % 27]}"
        if chance < 0.8:
            tag["thumb"] = url
        tags.append(tag)
    return tags
