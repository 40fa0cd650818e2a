"""Making Media elements with new ids: copies of files, other versions, the files of extras."""

from __future__ import annotations

import copy
import random
from typing import Any

from tools.plexsim.items.media import build_media
from tools.plexsim.items.records import Item
from tools.plexsim.items.streams import VIDEO, video_stream
from tools.plexsim.library.store import Store

SLOTS = 10  # limit of versions of one item, and of parts of one version, because of the numbering of ids


def resolution_of(width: int, height: int) -> str:
    """Return Plex's name of a picture size."""
    for name, (wide, high, _) in VIDEO.items():
        if width >= wide * 0.95 or height >= high * 0.95:
            return name
    return "sd"


def renumbered(store: Store, item: Item, media: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a Media element, with its parts and streams, with ids that the item has not used.

    Raises ValueError when the item has ten versions already.
    """
    taken = {str(one.get("id")) for one in store.medias(item)}
    parts = media.get("Part", [])[:SLOTS]
    for slot in range(SLOTS):
        first = item.rating_key * 100 + slot * 10
        free = not any(first + number in store.extra_parts for number in range(len(parts)))
        if free and str(item.rating_key * 10 + slot) not in taken:
            break
    else:
        raise ValueError(f"{item!r} has ten versions")
    result = dict(media, id=item.rating_key * 10 + slot)
    if "Part" in media:
        result["Part"] = [_part(part, first + number, item) for number, part in enumerate(parts)]
    return result


def _part(part: dict[str, Any], number: int, item: Item) -> dict[str, Any]:
    """Return a copy of a part with another id."""
    result = copy.deepcopy(part)
    result["id"] = number
    if "key" in part:
        name = str(part["key"]).rsplit("/", 1)[-1]
        result["key"] = f"/library/parts/{number}/{item.added_at or 0}/{name}"
        if part["key"].startswith("/services/"):
            result["key"] = f"/services/iva/assets/{number}/{name}"
    for index, stream in enumerate(result.get("Stream", [])):
        stream["id"] = number * 100 + index
        if "key" in stream:
            stream["key"] = f"/library/streams/{stream['id']}"
    return result


def version_of(store: Store, item: Item, width: int, height: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return another Media element for an item, modelled on its first one, with its own file and video stream."""
    known = store.medias(item)
    model = known[0] if known and known[0].get("Part") else build_media(item, random.Random(item.rating_key))[0]
    name = resolution_of(width, height)
    codec = str(fields.get("videoCodec", "hevc" if name == "4k" else "h264"))
    bitrate = int(fields.get("bitrate", {"4k": 25000, "1080": 9000, "720": 4000}.get(name, 1500)))
    media = dict(model, width=width, height=height, videoResolution=name, videoCodec=codec, bitrate=bitrate)
    media.update(videoProfile="main", Part=model["Part"][:1])
    media.update(fields)
    result = renumbered(store, item, media)
    part = result["Part"][0]
    container = str(media.get("container", "mkv"))
    stem, _, _ = str(part.get("file", "/media/file.mkv")).rpartition(".")
    part.update(
        file=f"{stem} - {name} v{result['id'] % 10}.{container}",
        size=bitrate * 125 * max(item.duration, 1000) // 1000,
        container=container,
        videoProfile=media["videoProfile"],
        key=f"/library/parts/{part['id']}/{item.added_at or 0}/file.{container}",
    )
    picture = video_stream(part["id"] * 100, name, codec, "sdr", bitrate - 640)
    picture.update(width=width, height=height)
    part["Stream"] = [picture, *[stream for stream in part.get("Stream", []) if stream.get("streamType") != 1]]
    return result


def in_parts(media: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the parts of a Media element whose first file is cut into several of the same length."""
    whole = media["Part"][0]
    stem, _, ending = whole["file"].rpartition(".")
    parts = []
    for number in range(count):
        part = dict(
            whole,
            id=whole["id"] + number,
            key=whole["key"].replace(f"/{whole['id']}/", f"/{whole['id'] + number}/"),
            file=f"{stem} - pt{number + 1}.{ending}",
            Stream=[dict(one, id=one["id"] + number * 100) for one in whole["Stream"]],
        )
        if isinstance(media.get("duration"), int):
            part["duration"] = media["duration"] // count
        parts.append(part)
    return parts


def extra_media(extra: Item) -> dict[str, Any]:
    """Return the Media element of an extra: a file of the server, or for iva:// a stream that the server passes on."""
    media = build_media(extra, random.Random(extra.rating_key))[0]
    part = media["Part"][0]
    if extra.guid.startswith("file://"):
        part["file"] = extra.guid[len("file://") :]
        return media
    media["premium"] = True
    part.pop("file")
    part["key"] = f"/services/iva/assets/{part['id']}/video.mp4?fmt=4&bitrate=5000"
    return media
