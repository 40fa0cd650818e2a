"""Child elements of generated items: media, people, tags, ratings, markers, chapters.

They are derived from the item's seed whenever they are needed, so a library of many thousand items
costs little memory. The shapes follow recorded answers of Plex Media Servers (2024 to 2026).
"""

from __future__ import annotations

import random
from typing import Any

from tools.plexsim.items import words
from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.media import build_media, path_name
from tools.plexsim.items.people import people
from tools.plexsim.items.records import Item


def named_tags(kind: str, base: int, names: list[str], every: list[str]) -> list[dict[str, Any]]:
    """Return genre or country tags with ids that are stable over the library."""
    result = []
    for name in names:
        tag_id = base + every.index(name) if name in every else base + 500 + int(hexdigest(name)[:6], 16)
        result.append({"id": tag_id, "filter": f"{kind}={tag_id}", "tag": name})
    return result


def images(title: str, urls: dict[str, Any]) -> list[dict[str, str]]:
    """Return the Image elements for the artwork URLs that exist."""
    kinds = (("thumb", "coverPoster"), ("art", "background"))
    return [{"alt": title, "type": kind, "url": urls[name]} for name, kind in kinds if urls.get(name)]


def blur_colors(seed: int) -> dict[str, str]:
    """Return UltraBlurColors made from a seed."""
    digest = hexdigest("blur", seed)
    corners = ("topLeft", "topRight", "bottomRight", "bottomLeft")
    return {corner: digest[index * 6 : index * 6 + 6] for index, corner in enumerate(corners)}


def build_elements(item: Item) -> dict[str, Any]:
    """Return the stored child elements of a generated item, in full."""
    rng = random.Random(item.seed * 1_000_003 + item.rating_key)
    elements: dict[str, Any] = {}
    if item.is_leaf:
        elements["Media"] = build_media(item, rng)
    if item.type in ("movie", "show", "episode"):
        elements["UltraBlurColors"] = blur_colors(item.rating_key)
    if item.type in ("movie", "show"):
        elements["Genre"] = named_tags("genre", 100, rng.sample(words.GENRES, rng.choice((1, 2, 3, 5))), words.GENRES)
        country = rng.sample(words.COUNTRIES, rng.choice((1, 1, 2, 4)))
        elements["Country"] = named_tags("country", 300, country, words.COUNTRIES)
    if item.type != "season" and item.guid.startswith("plex://"):
        digest = hexdigest("guid", item.seed, item.guid)
        number = int(digest[:6], 16)
        elements["Guid"] = [
            {"id": f"imdb://tt{number:07d}"},
            {"id": f"tmdb://{number // 7}"},
            {"id": f"tvdb://{number // 11}"},
        ]
        elements["Rating"] = [
            {"image": "imdb://image.rating", "value": round(rng.uniform(2, 9.9), 1), "type": "audience"},
            {"image": "rottentomatoes://image.rating.ripe", "value": round(rng.uniform(2, 9.9), 1), "type": "critic"},
        ]
    if item.type == "movie":
        elements["Director"] = people(rng, "director", rng.choice((1, 1, 1, 2)))
        elements["Writer"] = people(rng, "writer", rng.choice((1, 2, 4)))
        elements["Role"] = people(rng, "actor", rng.randrange(4, 40), with_role=True)
        elements["Producer"] = people(rng, "producer", rng.choice((0, 1, 3)))
    elif item.type == "show":
        elements["Role"] = people(rng, "actor", rng.randrange(3, 25), with_role=True)
        elements["Location"] = [{"path": f"{item.section.path}/{path_name(item)}"}]
    elif item.type == "episode":
        elements["Director"] = people(rng, "director", rng.choice((0, 1)))
        elements["Writer"] = people(rng, "writer", rng.choice((0, 1, 2)))
        elements["Role"] = people(rng, "actor", rng.choice((0, 3, 6)), with_role=True)
    return {name: value for name, value in elements.items() if value}


def markers(item: Item) -> list[dict[str, Any]]:
    """Return intro and credits markers of an item (times in milliseconds)."""
    result = []
    base = item.rating_key * 10
    if item.duration > 300_000:
        if item.type == "episode":
            result.append(
                {
                    "id": base,
                    "type": "intro",
                    "startTimeOffset": 15_000,
                    "endTimeOffset": 60_000,
                    "Attributes": {"id": base, "version": 5},
                }
            )
        start = item.duration * 95 // 100
        result.append(
            {
                "final": True,
                "id": base + 1,
                "type": "credits",
                "startTimeOffset": start,
                "endTimeOffset": item.duration,
                "Attributes": {"id": base + 1, "version": 4},
            }
        )
    return result


def chapters(item: Item) -> list[dict[str, Any]]:
    """Return chapters of about ten minutes each."""
    count = min(20, item.duration // 600_000)
    length = item.duration // count if count else 0
    return [
        {
            "id": item.rating_key * 100 + n,
            "filter": f"thumb={item.rating_key * 100 + n}",
            "index": n + 1,
            "startTimeOffset": n * length,
            "endTimeOffset": (n + 1) * length,
            "thumb": f"/library/media/{item.rating_key * 10}/chapterImages/{n + 1}",
        }
        for n in range(count)
    ]
