"""PMS: artwork, part files with ranges, subtitle files, stream selection."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlsplit

from tools.plexsim.images import png
from tools.plexsim.items import Item
from tools.plexsim.pms import Pms
from tools.plexsim.web import Answer, HttpError, Request, Routes, empty

RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
CONTAINER_TYPES = {"mkv": "video/x-matroska", "mp4": "video/mp4", "avi": "video/x-msvideo"}
SUBTITLE = "1\n00:00:01,000 --> 00:00:04,000\nStream %d\n\n2\n00:00:05,000 --> 00:00:09,000\nSecond line\n"


class MediaHandlers:
    """Handlers that serve bytes."""

    def __init__(self, pms: Pms) -> None:
        self.pms = pms

    # ------------------------------------------------------------------ pictures

    def artwork(self, request: Request) -> Answer:
        """Thumbs, arts, composites and chapter pictures by their own URL: a colour per URL."""
        kind = request.match[1] if len(request.match) > 1 else "chapter"
        if kind in ("thumb", "art", "theme", "composite"):
            self.pms.item(request, request.match[0])
        if kind == "theme":
            return Answer(200, [b"ID3" + b"\0" * 509], "audio/mpeg")
        size = (320, 180) if kind in ("art", "chapter") else (200, 300)
        return self._picture(request.path, *size)

    def transcode(self, request: Request) -> Answer:
        """/photo/:/transcode?url=&width=&height=: 400 without them, 404 for pictures of nothing."""
        path = urlsplit(request.values.get("url", "")).path
        width, height = request.values.get("width", ""), request.values.get("height", "")
        if not path or not width.isdigit() or not height.isdigit():
            raise HttpError(400)
        match = re.match(r"/library/(?:metadata|collections)/(\d+)/", path)
        if match:
            self.pms.item(request, match.group(1))
        return self._picture(path, int(width), int(height))

    def _picture(self, key: str, width: int, height: int) -> Answer:
        return Answer(200, [png(key, width, height)], "image/png", {"Cache-Control": "max-age=31536000"})

    # ------------------------------------------------------------------ files

    def part_of(self, request: Request, number: int) -> tuple[Item, dict[str, Any]]:
        """Return (item, part) of a part id. Raises HttpError(404)."""
        item = self.pms.library.extra_parts.get(number) or self.pms.library.get(number // 100)
        if item is not None and item.rating_key in self.pms.library.by_key and self.pms.visible(request, item.section):
            for media in self.pms.library.medias(item):
                for part in media.get("Part", []):
                    if str(part.get("id")) == str(number):
                        return item, part
        raise HttpError(404)

    def part(self, request: Request) -> Answer:
        """A part file, whole or in ranges; the configured video, else bytes that depend on their position."""
        _, part = self.part_of(request, int(request.match[0]))
        path = self.pms.config.media_file
        size = os.path.getsize(path) if path else self.pms.config.part_bytes
        kind = CONTAINER_TYPES.get(str(part.get("container")), "application/octet-stream")
        headers = {"Accept-Ranges": "bytes"}
        if "Range" not in request.headers:
            return Answer(200, [], kind, headers, stream=(path, 0, size), compress=False)
        match = RANGE.match(request.headers["Range"])
        if not match or not (match.group(1) or match.group(2)):
            raise HttpError(416)
        if match.group(1):
            start, end = int(match.group(1)), int(match.group(2) or size - 1)
        else:
            start, end = max(0, size - int(match.group(2))), size - 1
        end = min(end, size - 1)
        if start > end:
            return Answer(416, [], kind, dict(headers, **{"Content-Range": f"bytes */{size}"}))
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        return Answer(206, [], kind, headers, stream=(path, start, end - start + 1), compress=False)

    def subtitle(self, request: Request) -> Answer:
        """/library/streams/{id}[.ext]: an external subtitle."""
        number = int(request.match[0])
        for part_id in {number // 100, *self.pms.library.extra_parts}:
            try:
                _, part = self.part_of(request, part_id)
            except HttpError:
                continue
            for stream in part.get("Stream", []):
                if str(stream.get("id")) == str(number) and stream.get("key"):
                    return Answer(200, [(SUBTITLE % number).encode("ascii")], "application/x-subrip; charset=utf-8")
        raise HttpError(404)

    def select(self, request: Request) -> Answer:
        """PUT /library/parts/{id}?audioStreamID=&subtitleStreamID=: 0 means no subtitles; 400 for foreign streams."""
        item, part = self.part_of(request, int(request.match[0]))
        streams: list[dict[str, Any]] = part.get("Stream", [])
        wanted: dict[int, int] = {}
        for name, kind in (("audioStreamID", 2), ("subtitleStreamID", 3)):
            text = request.values.get(name)
            if text is None:
                continue
            known = [int(stream["id"]) for stream in streams if stream.get("streamType") == kind]
            if not text.isdigit() or (int(text) not in known and not (kind == 3 and text == "0")):
                raise HttpError(400)
            wanted[kind] = int(text)
        changed = []
        for stream in streams:
            copy = {
                name: value
                for name, value in stream.items()
                if name != "selected" or stream.get("streamType") not in wanted
            }
            if wanted.get(stream.get("streamType", 0)) == int(stream["id"]):
                copy["selected"] = True
            changed.append(copy)
        elements = dict(self.pms.library.stored(item))
        elements["Media"] = [
            dict(
                media,
                Part=[
                    dict(entry, Stream=changed) if entry["id"] == part["id"] else entry
                    for entry in media.get("Part", [])
                ],
            )
            for media in elements["Media"]
        ]
        item.elements = elements
        item.drop_cache()
        return empty()


def register(routes: Routes, pms: Pms) -> None:
    """Add the handlers to the routes."""
    own = MediaHandlers(pms)
    routes.add("GET", r"/library/(?:metadata|collections)/(\d+)/(thumb|art|theme|composite)(?:/\d+)?", own.artwork)
    routes.add("GET", r"/library/media/(\d+)/chapterImages/\d+", own.artwork)
    routes.add("GET", r"/(?::/resources|library/sections/\d+/composite)/.+", own.artwork)
    routes.add("GET", r"/photo/:/transcode", own.transcode)
    routes.add("PUT", r"/library/parts/(\d+)", own.select)
    routes.add("GET", r"/library/parts/(\d+)(?:/.*)?", own.part)
    routes.add("GET", r"/services/iva/assets/(\d+)/video\.mp4", own.part)
    routes.add("GET", r"/library/streams/(\d+)(?:\.\w+)?", own.subtitle)
