"""Media and parts of generated items, in the shapes of recorded answers."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from tools.plexsim.items.records import Item
from tools.plexsim.items.streams import LANGUAGES, VIDEO, audio_stream, subtitle_stream, video_stream

HDR_KINDS = ("sdr", "sdr", "hdr10", "hlg", "dovi")


def path_name(item: Item) -> str:
    """Return the file system name of an item."""
    if item.type == "episode":
        season = item.parent.fields.get("index") or 0 if item.parent else 0
        return f"{path_name(item.root())} - S{season:02d}E{item.fields.get('index', 0) or 0:02d}"
    name = item.title.replace("/", "-")
    return f"{name} ({item.fields['year']})" if item.fields.get("year") else name


class Encoding(NamedTuple):
    """How a version of an item is encoded; ``audio`` is (codec, channels), ``bitrate`` in kbit/s."""

    resolution: str
    codec: str
    hdr: str
    audio: tuple[str, int]
    bitrate: int
    container: str

    @property
    def profile(self) -> str:
        """The profile of the video codec."""
        return "main 10" if self.hdr != "sdr" else "main"


def build_media(item: Item, rng: random.Random) -> list[dict[str, Any]]:
    """Return Media elements. A media id is rating key * 10 + n, a part id rating key * 100 + n."""
    versions = 2 if item.seed and rng.random() < 0.04 else 1
    part_count = 2 if item.seed and rng.random() < 0.02 else 1
    result = []
    for version in range(versions):
        encoding = random_encoding(rng)
        media = media_element(item, version, encoding)
        for number in range(part_count):
            name = "{}{}{}.{}".format(
                path_name(item),
                f" - {encoding.resolution}" if versions > 1 else "",
                f" - pt{number + 1}" if part_count > 1 else "",
                encoding.container,
            )
            part_id = item.rating_key * 100 + version * 10 + number
            part = part_element(item, part_id, name, encoding, part_count)
            part["Stream"] = build_streams(part_id, encoding, rng)
            if encoding.container == "mp4":
                part.update(has64bitOffsets=False, optimizedForStreaming=False)
            if item.seed and rng.random() < 0.005:
                part.update(id=str(part_id), size=str(part["size"]))
            media["Part"].append(part)
        result.append(media)
    return result


def random_encoding(rng: random.Random) -> Encoding:
    """Return a common encoding."""
    resolution = rng.choices(list(VIDEO), (15, 60, 15, 10))[0]
    return Encoding(
        resolution=resolution,
        codec="hevc" if resolution == "4k" else rng.choice(("h264", "hevc", "h264")),
        hdr=rng.choice(HDR_KINDS) if resolution == "4k" else "sdr",
        audio=rng.choice((("aac", 2), ("ac3", 6), ("eac3", 6), ("dca-ma", 8))),
        bitrate={"4k": 25000, "1080": 9000, "720": 4000, "sd": 1500}[resolution] + rng.randrange(900),
        container="mkv" if rng.random() < 0.85 else "mp4",
    )


def media_element(item: Item, version: int, encoding: Encoding) -> dict[str, Any]:
    """Return a Media element whose list of parts is still empty."""
    width, height, _ = VIDEO[encoding.resolution]
    media: dict[str, Any] = {
        "id": item.rating_key * 10 + version,
        "duration": item.duration,
        "bitrate": encoding.bitrate,
        "width": width,
        "height": height,
        "aspectRatio": 1.78,
        "audioChannels": encoding.audio[1],
        "audioCodec": encoding.audio[0],
        "videoCodec": encoding.codec,
        "videoResolution": encoding.resolution,
        "container": encoding.container,
        "videoFrameRate": "24p",
        "videoProfile": encoding.profile,
        "hasVoiceActivity": False,
    }
    if encoding.container == "mp4":
        media.update(optimizedForStreaming=0, has64bitOffsets=False)
    media["Part"] = []
    return media


def part_element(item: Item, part_id: int, name: str, encoding: Encoding, part_count: int) -> dict[str, Any]:
    """Return a Part element without streams: the file ``name`` in the folder of the film or show."""
    return {
        "id": part_id,
        "key": f"/library/parts/{part_id}/{item.added_at or 0}/file.{encoding.container}",
        "duration": item.duration // part_count,
        "file": f"{item.section.path}/{path_name(item.root())}/{name}",
        "size": encoding.bitrate * 125 * max(item.duration, 1000) // 1000 // part_count,
        "container": encoding.container,
        "videoProfile": encoding.profile,
    }


def build_streams(part_id: int, encoding: Encoding, rng: random.Random) -> list[dict[str, Any]]:
    """Return the streams of a part: the picture, one to three languages, up to four subtitles."""
    first = part_id * 100
    streams = [video_stream(first, encoding.resolution, encoding.codec, encoding.hdr, encoding.bitrate - 640)]
    for index in range(rng.choice((1, 1, 2, 3))):
        codec, channels = encoding.audio if index == 0 else ("aac", 2)
        number = len(streams)
        streams.append(audio_stream(first + number, number, codec, channels, LANGUAGES[index]))
    for index in range(rng.choice((0, 1, 2, 4))):
        number = len(streams)
        streams.append(
            subtitle_stream(first + number, number, LANGUAGES[index % 5], external=index == 3, forced=index == 2)
        )
    return streams
