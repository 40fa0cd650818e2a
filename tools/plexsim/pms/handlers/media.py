"""Artwork, part files with ranges, subtitle files; and selecting the streams of a part."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.plexsim.config import SimConfig
from tools.plexsim.formats.png import png
from tools.plexsim.http.file_range import FileRange
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.store import Store
from tools.plexsim.pms.access import Access

RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
CONTAINER_TYPES = {"mkv": "video/x-matroska", "mp4": "video/mp4", "avi": "video/x-msvideo"}
SUBTITLE = "1\n00:00:01,000 --> 00:00:04,000\nStream %d\n\n2\n00:00:05,000 --> 00:00:09,000\nSecond line\n"


class MediaHandlers:
    """Handlers that serve pictures and files."""

    def __init__(self, config: SimConfig, store: Store, access: Access) -> None:
        self.config = config
        self.store = store
        self.access = access

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", r"/library/(?:metadata|collections)/(\d+)/(thumb|art|theme|composite)(?:/\d+)?", self.artwork)
        routes.add("GET", r"/library/media/(\d+)/chapterImages/\d+", self.artwork)
        routes.add("GET", r"/(?::/resources|library/sections/\d+/composite)/.+", self.artwork)
        routes.add("GET", r"/playlists/(\d+)/composite/\d+", self.playlist_composite)
        routes.add("GET", r"/photo/:/transcode", self.transcode)
        routes.add("PUT", r"/library/parts/(\d+)", self.select)
        routes.add("GET", r"/library/parts/(\d+)(?:/.*)?", self.part)
        routes.add("GET", r"/services/iva/assets/(\d+)/video\.mp4", self.part)
        routes.add("GET", r"/library/streams/(\d+)(?:\.\w+)?", self.subtitle)

    # ------------------------------------------------------------------ pictures

    def artwork(self, request: Request) -> Answer:
        """Thumbs, arts, composites and chapter pictures by their own URL; each URL has its own colour."""
        kind = request.match[1] if len(request.match) > 1 else "chapter"
        if kind in ("thumb", "art", "theme", "composite"):
            self.access.item(request, request.match[0])
        if kind == "theme":
            path = self.config.theme_file
            return Answer(200, [Path(path).read_bytes() if path else b"ID3" + b"\0" * 509], "audio/mpeg")
        size = (320, 180) if kind in ("art", "chapter") else (200, 300)
        return self._picture(request.path, *size)

    def transcode(self, request: Request) -> Answer:
        """/photo/:/transcode?url=&width=&height=: 400 without these, 404 for a picture that does not exist."""
        path = urlsplit(request.values.get("url", "")).path
        width, height = request.values.get("width", ""), request.values.get("height", "")
        if not path or not width.isdigit() or not height.isdigit():
            raise HttpError(400)
        match = re.match(r"/library/(?:metadata|collections)/(\d+)/", path)
        if match:
            self.access.item(request, match.group(1))
        match = re.match(r"/playlists/(\d+)/", path)
        if match:
            self._need_playlist(request, match.group(1))
        return self._picture(path, int(width), int(height))

    def playlist_composite(self, request: Request) -> Answer:
        """/playlists/{id}/composite/{stamp}: a composite of the items' pictures."""
        self._need_playlist(request, request.match[0])
        return self._picture(request.path, 400, 400)

    def _need_playlist(self, request: Request, number: str) -> None:
        found = self.store.playlists.get(int(number))
        if found is None or found.user != request.user:
            raise HttpError(404)

    def _picture(self, key: str, width: int, height: int) -> Answer:
        drawn = self._drawn(key)
        body, kind = (drawn, "image/jpeg") if drawn else (png(key, width, height), "image/png")
        return Answer(200, [body], kind, {"Cache-Control": "max-age=31536000"})

    def _drawn(self, key: str) -> bytes:
        """The file of the folder of pictures for a picture's path, b"" without one."""
        match = re.match(r"/library/(?:metadata|collections)/(\d+)/(thumb|art|composite)", key)
        if self.config.pictures is None or match is None:
            return b""
        kind = "art" if match.group(2) == "art" else "thumb"
        path = Path(self.config.pictures) / f"{match.group(1)}-{kind}.jpg"
        return path.read_bytes() if path.is_file() else b""

    # ------------------------------------------------------------------ files

    def part_of(self, request: Request, number: int) -> tuple[Item, dict[str, Any]]:
        """Return (item, part) of a part id. Raises HttpError(404)."""
        item = self.store.extra_parts.get(number) or self.store.get(number // 100)
        if item is not None and item.rating_key in self.store.by_key and self.access.visible(request, item.section):
            for media in self.store.medias(item):
                for part in media.get("Part", []):
                    if str(part.get("id")) == str(number):
                        return item, part
        raise HttpError(404)

    def part(self, request: Request) -> Answer:
        """A part file, whole or a range: the configured video, else generated bytes."""
        _, part = self.part_of(request, int(request.match[0]))
        path = self.config.media_file
        size = os.path.getsize(path) if path else self.config.part_bytes
        kind = CONTAINER_TYPES.get(str(part.get("container")), "application/octet-stream")
        headers = {"Accept-Ranges": "bytes"}
        if "Range" not in request.headers:
            return Answer(200, [], kind, headers, file=FileRange(path, 0, size), compress=False)
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
        return Answer(206, [], kind, headers, file=FileRange(path, start, end - start + 1), compress=False)

    def subtitle(self, request: Request) -> Answer:
        """/library/streams/{id}[.ext]: an external subtitle."""
        number = int(request.match[0])
        for part_id in {number // 100, *self.store.extra_parts}:
            try:
                _, part = self.part_of(request, part_id)
            except HttpError:
                continue
            for stream in part.get("Stream", []):
                if str(stream.get("id")) == str(number) and stream.get("key"):
                    return Answer(200, [(SUBTITLE % number).encode("ascii")], "application/x-subrip; charset=utf-8")
        raise HttpError(404)

    def select(self, request: Request) -> Answer:
        """PUT /library/parts/{id}?audioStreamID=&subtitleStreamID=: 0: no subtitles; 400 for another part's stream."""
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
        elements = dict(self.store.stored(item))
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
