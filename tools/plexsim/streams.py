"""Media, parts and streams of generated items, in the shapes of recorded answers."""

from __future__ import annotations

import random
from typing import Any

from tools.plexsim.items import Item

VIDEO: dict[str, tuple[int, int, str]] = {
    "4k": (3840, 2160, "4K"),
    "1080": (1920, 1080, "1080p"),
    "720": (1280, 720, "720p"),
    "sd": (720, 576, "576p"),
}
LANGUAGES = (
    ("English", "en", "eng"),
    ("French", "fr", "fra"),
    ("German", "de", "deu"),
    ("Japanese", "ja", "jpn"),
    ("Spanish", "es", "spa"),
)
HDR_KINDS = ("sdr", "sdr", "hdr10", "hlg", "dovi")


def path_name(item: Item) -> str:
    """Return the file system name of an item."""
    if item.type == "episode":
        season = item.parent.fields.get("index") or 0 if item.parent else 0
        return f"{path_name(item.root())} - S{season:02d}E{item.fields.get('index', 0) or 0:02d}"
    name = item.title.replace("/", "-")
    return f"{name} ({item.fields['year']})" if item.fields.get("year") else name


def video_stream(stream_id: int, resolution: str, codec: str, hdr: str, bitrate: int) -> dict[str, Any]:
    """Return the video stream, with the colour attributes of its dynamic range."""
    width, height, label = VIDEO[resolution]
    ten_bit = hdr != "sdr"
    stream: dict[str, Any] = {
        "id": stream_id,
        "streamType": 1,
        "default": True,
        "codec": codec,
        "index": 0,
        "bitrate": bitrate,
        "language": "English",
        "languageTag": "en",
        "languageCode": "eng",
    }
    if hdr == "dovi":
        stream.update(
            DOVIBLCompatID=1,
            DOVIBLPresent=True,
            DOVIELPresent=False,
            DOVILevel=6,
            DOVIPresent=True,
            DOVIProfile=8,
            DOVIRPUPresent=True,
            DOVIVersion="1.0",
        )
    transfer = {"sdr": "bt709", "hlg": "arib-std-b67"}.get(hdr, "smpte2084")
    stream.update(
        bitDepth=10 if ten_bit else 8,
        chromaLocation="topleft" if ten_bit else "left",
        chromaSubsampling="4:2:0",
        codedHeight=(height + 15) // 16 * 16,
        codedWidth=width,
        colorPrimaries="bt2020" if ten_bit else "bt709",
        colorRange="tv",
        colorSpace="bt2020nc" if ten_bit else "bt709",
        colorTrc=transfer,
        frameRate=23.976,
        height=height,
        level=150 if codec == "hevc" else 41,
        original=True,
        profile="main 10" if ten_bit else "main",
        refFrames=1,
        scanType="progressive",
        width=width,
    )
    dynamic = {"sdr": "", "hdr10": " HDR10", "hlg": " HLG", "dovi": " DoVi/HDR10"}[hdr]
    title = "{}{} ({})".format(label, dynamic, "HEVC Main 10" if ten_bit else codec.upper())
    stream.update(displayTitle=title, extendedDisplayTitle=title)
    return stream


def audio_stream(
    stream_id: int, index: int, codec: str, channels: int, language: tuple[str, str, str]
) -> dict[str, Any]:
    """Return one audio stream; the first is the selected one."""
    layout = {1: "mono", 2: "stereo", 6: "5.1(side)", 8: "7.1"}[channels]
    shown = {1: "Mono", 2: "Stereo", 6: "5.1", 8: "7.1"}[channels]
    stream: dict[str, Any] = {"id": stream_id, "streamType": 2}
    if index == 1:
        stream.update(selected=True, default=True)
    title = f"{language[0]} ({codec.upper()} {shown})"
    stream.update(
        codec=codec,
        index=index,
        channels=channels,
        bitrate=128 * channels,
        language=language[0],
        languageTag=language[1],
        languageCode=language[2],
        audioChannelLayout=layout,
        samplingRate=48000,
        displayTitle=title,
        extendedDisplayTitle=title,
    )
    return stream


def subtitle_stream(
    stream_id: int, index: int, language: tuple[str, str, str], external: bool, forced: bool
) -> dict[str, Any]:
    """Return one subtitle stream; external ones have a key to fetch them by and no index."""
    stream: dict[str, Any] = {"id": stream_id, "streamType": 3, "canAutoSync": external, "codec": "srt"}
    if external:
        stream.update(format="srt", key=f"/library/streams/{stream_id}")
    else:
        stream.update(index=index, bitrate=0)
    if forced:
        stream["forced"] = True
    title = "{}{} (SRT{})".format(language[0], " Forced" if forced else "", " External" if external else "")
    stream.update(
        language=language[0],
        languageTag=language[1],
        languageCode=language[2],
        displayTitle=title,
        extendedDisplayTitle=title,
    )
    return stream


def build_media(item: Item, rng: random.Random) -> list[dict[str, Any]]:
    """Return Media elements. A media id is rating key * 10 + n, a part id rating key * 100 + n."""
    versions = 2 if item.seed and rng.random() < 0.04 else 1
    part_count = 2 if item.seed and rng.random() < 0.02 else 1
    folder = item.root()
    result = []
    for version in range(versions):
        resolution = rng.choices(list(VIDEO), (15, 60, 15, 10))[0]
        codec = "hevc" if resolution == "4k" else rng.choice(("h264", "hevc", "h264"))
        hdr = rng.choice(HDR_KINDS) if resolution == "4k" else "sdr"
        audio = rng.choice((("aac", 2), ("ac3", 6), ("eac3", 6), ("dca-ma", 8)))
        width, height, _ = VIDEO[resolution]
        bitrate = {"4k": 25000, "1080": 9000, "720": 4000, "sd": 1500}[resolution] + rng.randrange(900)
        container = "mkv" if rng.random() < 0.85 else "mp4"
        profile = "main 10" if hdr != "sdr" else "main"
        media: dict[str, Any] = {
            "id": item.rating_key * 10 + version,
            "duration": item.duration,
            "bitrate": bitrate,
            "width": width,
            "height": height,
            "aspectRatio": 1.78,
            "audioChannels": audio[1],
            "audioCodec": audio[0],
            "videoCodec": codec,
            "videoResolution": resolution,
            "container": container,
            "videoFrameRate": "24p",
            "videoProfile": profile,
            "hasVoiceActivity": False,
        }
        if container == "mp4":
            media.update(optimizedForStreaming=0, has64bitOffsets=False)
        media["Part"] = []
        for number in range(part_count):
            part_id = item.rating_key * 100 + version * 10 + number
            name = "{}{}{}.{}".format(
                path_name(item),
                f" - {resolution}" if versions > 1 else "",
                f" - pt{number + 1}" if part_count > 1 else "",
                container,
            )
            streams = [video_stream(part_id * 100, resolution, codec, hdr, bitrate - 640)]
            for index in range(rng.choice((1, 1, 2, 3))):
                channels = audio[1] if index == 0 else 2
                streams.append(
                    audio_stream(
                        part_id * 100 + len(streams),
                        len(streams),
                        audio[0] if index == 0 else "aac",
                        channels,
                        LANGUAGES[index],
                    )
                )
            for index in range(rng.choice((0, 1, 2, 4))):
                streams.append(
                    subtitle_stream(
                        part_id * 100 + len(streams),
                        len(streams),
                        LANGUAGES[index % 5],
                        external=index == 3,
                        forced=index == 2,
                    )
                )
            part: dict[str, Any] = {
                "id": part_id,
                "key": f"/library/parts/{part_id}/{item.added_at or 0}/file.{container}",
                "duration": item.duration // part_count,
                "file": f"{item.section.path}/{path_name(folder)}/{name}",
                "size": bitrate * 125 * max(item.duration, 1000) // 1000 // part_count,
                "container": container,
                "videoProfile": profile,
                "Stream": streams,
            }
            if container == "mp4":
                part.update(has64bitOffsets=False, optimizedForStreaming=False)
            if item.seed and rng.random() < 0.005:
                part.update(id=str(part_id), size=str(part["size"]))
            media["Part"].append(part)
        result.append(media)
    return result
