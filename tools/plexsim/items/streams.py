"""Video, audio and subtitle streams, in the shapes of recorded answers."""

from __future__ import annotations

from typing import Any

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
    """Return one subtitle stream; external ones have a key (path) and no index."""
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
