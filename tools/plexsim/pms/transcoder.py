"""The transcoder's sessions: what was decided, what runs, which segments there are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tools.plexsim.config import SimConfig
from tools.plexsim.formats.mpegts import NULL_PACKET
from tools.plexsim.http.messages import HttpError
from tools.plexsim.items.records import Item
from tools.plexsim.pms.encoder import SECONDS, Encoder

AHEAD = 6
"""Segments that the encoder is ahead of the last one that was fetched."""


@dataclass
class Transcode:
    """One session. ``identifier`` is that of the playback, ``first`` the segment at which the encoder began."""

    key: str
    user: int
    item: Item
    identifier: str
    params: dict[str, str]
    answer: dict[str, Any]
    running: bool = False
    listed: bool = False
    first: int = 0
    last: int = 0
    seen_at: float = 0.0
    starts: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The number of segments of the whole title, whatever the offset."""
        return max(1, math.ceil(self.item.duration / 1000 / SECONDS))

    @property
    def height(self) -> int:
        """The height of the picture."""
        return int(self.answer.get("height") or 0)


class Transcoder:
    """All sessions by their keys, which clients choose."""

    def __init__(self, config: SimConfig, encoder: Encoder) -> None:
        self.config = config
        self.encoder = encoder
        self.sessions: dict[str, Transcode] = {}
        self.ended: list[str] = []

    def decide(self, transcode: Transcode) -> None:
        """Remember a decision; a running session goes on until it is started anew."""
        old = self.find(transcode.key)
        if old is not None:
            transcode = self._changed(old, transcode)
        transcode.seen_at = self.config.clock.now()
        self.sessions[transcode.key] = transcode
        self.encoder.prepare(transcode.height)

    def _changed(self, old: Transcode, new: Transcode) -> Transcode:
        if old.user != new.user:
            raise HttpError(403)
        old.params, old.answer, old.identifier, old.item = new.params, new.answer, new.identifier, new.item
        return old

    def find(self, key: str) -> Transcode | None:
        """Return a session; one that nobody asked anything of for too long is gone."""
        session = self.sessions.get(key)
        if session and self.config.clock.now() - session.seen_at > self.config.transcode_timeout:
            self.end(key)
            return None
        return session

    def running(self) -> list[Transcode]:
        """Return the sessions that are encoding."""
        return [one for one in map(self.find, list(self.sessions)) if one is not None and one.running]

    def of_playback(self, identifier: str) -> Transcode | None:
        """Return the running session of a playback, by its X-Plex-Session-Identifier."""
        return next((one for one in self.running() if identifier and one.identifier == identifier), None)

    def start(self, key: str, params: dict[str, str], offset: float) -> Transcode:
        """Begin to encode at an offset (seconds). Raises HttpError(400) for what was not decided before."""
        session = self.find(key)
        if session is None or session.params != params:
            raise HttpError(400)
        session.running, session.listed = True, False
        session.first = session.last = min(int(offset // SECONDS), session.count - 1)
        session.starts.append(offset)
        self.touch(session)
        return session

    def touch(self, session: Transcode) -> None:
        """Note that somebody wants the session to go on."""
        session.seen_at = self.config.clock.now()

    def playlist(self, session: Transcode) -> str:
        """Return the media playlist, which spans the whole title; only then are there segments."""
        self.touch(session)
        session.listed = True
        left = session.item.duration / 1000
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{math.ceil(SECONDS)}"]
        lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-ALLOW-CACHE:NO"]
        for number in range(session.count):
            lines += [f"#EXTINF:{min(SECONDS, left):.6f}, nodesc", f"{number:05d}.ts"]
            left -= SECONDS
        return "\n".join([*lines, "#EXT-X-ENDLIST", ""])

    def segment(self, session: Transcode, number: int) -> bytes:
        """Return a segment: of those before the first nothing is left. Raises HttpError(404)."""
        self.touch(session)
        if not session.running or not session.listed or number >= session.count:
            raise HttpError(404)
        if number < session.first:
            return NULL_PACKET
        if number > session.last + AHEAD:
            raise HttpError(404)
        body = self.encoder.segment(number, session.height)
        if body is None:
            raise HttpError(404)
        session.last = max(session.last, number)
        return body

    def end(self, key: str) -> bool:
        """End a session; returns whether there was one."""
        found = self.sessions.pop(key, None)
        if found is not None and found.running:
            self.ended.append(key)
        return found is not None
