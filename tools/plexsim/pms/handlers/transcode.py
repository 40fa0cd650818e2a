"""The universal transcoder: decision, start (HLS), playlists, segments, ping, stop, subtitles."""

from __future__ import annotations

import re
from typing import Any

from tools.plexsim.config import SimConfig
from tools.plexsim.http.messages import Answer, HttpError, Request, empty
from tools.plexsim.http.routes import Routes
from tools.plexsim.items.records import Item
from tools.plexsim.library.rendering import FULL
from tools.plexsim.library.store import Store
from tools.plexsim.pms.access import Access
from tools.plexsim.pms.containers import IDENTIFIER, Containers
from tools.plexsim.pms.profiles import Profile, profile_of
from tools.plexsim.pms.transcoder import Transcode, Transcoder

BASE = "/video/:/transcode/universal"
SUBTITLES = ("auto", "burn", "none", "sidecar", "embedded", "segmented", "unknown")
PROTOCOLS = ("http", "hls", "dash")
PLAYLIST = "application/vnd.apple.mpegurl"
PICTURES = ("pgs", "vobsub", "dvd_subtitle", "dvb_subtitle")
SUBTITLE = "1\n00:00:01,000 --> 00:00:04,000\nStream %s\n"
_PATH = re.compile(r"/library/metadata/\d+\Z")
_SIZE = re.compile(r"(\d+)[x:](\d+)\Z")


class TranscodeHandlers:
    """Handlers of the transcoder."""

    def __init__(
        self, config: SimConfig, store: Store, access: Access, containers: Containers, transcoder: Transcoder
    ) -> None:
        self.config = config
        self.store = store
        self.access = access
        self.containers = containers
        self.transcoder = transcoder

    def register(self, routes: Routes) -> None:
        """Add the handlers to the routes."""
        routes.add("GET", BASE + "/decision", self.decision)
        routes.add("GET", BASE + r"/start\.m3u8", self.start)
        routes.add("GET", BASE + r"/session/([\w-]+)/base/index\.m3u8", self.index)
        routes.add("GET", BASE + r"/session/([\w-]+)/base/(\d{5})\.ts", self.segment)
        routes.add("GET", BASE + "/subtitles", self.subtitles)
        routes.add("GET", BASE + "/ping", self.ping)
        routes.add("GET", BASE + "/stop", self.stop)
        routes.add("GET", "/transcode/sessions", self.sessions)
        routes.add("DELETE", r"/transcode/sessions/([\w-]+)", self.delete)

    # ------------------------------------------------------------------ decision and start

    def decision(self, request: Request) -> Answer:
        """What would be done. ``directPlay=0`` asks for a conversion, without it everything is played as it is."""
        if request.values.get("directPlay") != "0":
            return self._direct_play(request)
        item, media, profile = self._wanted(request)
        answer = self._converted(request, media, profile)
        container: dict[str, Any] = {
            "size": 1,
            "allowSync": "1",
            "identifier": IDENTIFIER,
            "directPlayDecisionCode": 3000,
            "directPlayDecisionText": "App cannot direct play this item. Direct play is disabled.",
        }
        if self.config.transcode_refusal:
            text = self.config.transcode_refusal
            container.update(generalDecisionCode=2000, generalDecisionText="Neither direct play nor conversion.")
            container.update(transcodeDecisionCode=4005, transcodeDecisionText=text)
            return self.containers.container(request, container)
        text = "Direct play not available; Conversion OK."
        container.update(generalDecisionCode=1001, generalDecisionText=text)
        container.update(transcodeDecisionCode=1001, transcodeDecisionText=text)
        self.transcoder.decide(
            Transcode(self._key(request), request.user, item, self._identifier(request), _kept(request), answer)
        )
        row: dict[str, Any] = {"ratingKey": str(item.rating_key), "key": f"/library/metadata/{item.rating_key}"}
        row.update(type=item.type, title=item.title, duration=item.duration, Media=[_shown(media, answer)])
        return self.containers.container(request, container, tail={"Metadata": [row]})

    def _direct_play(self, request: Request) -> Answer:
        item = self.access.item(request, request.values.get("path", "").rstrip("/"))
        codes = {"generalDecisionCode": 1000, "generalDecisionText": "Direct play OK."}
        codes.update(directPlayDecisionCode=1000, directPlayDecisionText="Direct play OK.")
        attributes = {"size": 1, "allowSync": True, "identifier": IDENTIFIER, **codes}
        return self.containers.container(request, attributes, [item], FULL)

    def start(self, request: Request) -> Answer:
        """The first playlist, and the encoder at work."""
        self._wanted(request)
        session = self.transcoder.start(self._key(request), _kept(request), _number(request, "offset"))
        bandwidth = 1000 * int(session.answer["bitrate"])
        size = f"{session.answer['width']}x{session.answer['height']}"
        text = f"#EXTM3U\n#EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH={bandwidth},RESOLUTION={size},FRAME-RATE=24.000000\n"
        text += f"session/{session.key}/base/index.m3u8\n"
        return Answer(200, [text.encode()], PLAYLIST, compress=False)

    def _wanted(self, request: Request) -> tuple[Item, dict[str, Any], Profile]:
        """Return item, version and profile. Raises HttpError: 400 for what a PMS does not understand."""
        values = request.values
        if not _PATH.match(values.get("path", "")) or not request.plex("Client-Identifier"):
            raise HttpError(400)
        if values.get("protocol", "hls") not in PROTOCOLS or values.get("subtitles", "auto") not in SUBTITLES:
            raise HttpError(400)
        if "videoResolution" in values and not _SIZE.match(values["videoResolution"]):
            raise HttpError(400)
        _number(request, "offset")
        profile = profile_of(request)
        item = self.access.item(request, values["path"])
        medias = self.store.medias(item)
        number, part = int(_number(request, "mediaIndex")), int(_number(request, "partIndex"))
        if not -1 <= number < len(medias) or not -1 <= part < max(len(medias[number].get("Part", [])), 1):
            raise HttpError(400)
        return item, medias[max(number, 0)], profile

    def _key(self, request: Request) -> str:
        names = [request.values[name] for name in ("transcodeSessionId", "session") if name in request.values]
        if len(set(names)) > 1:
            raise HttpError(400)
        return names[0] if names else str(request.plex("Client-Identifier"))

    def _identifier(self, request: Request) -> str:
        return request.plex("Session-Identifier") or ""

    def _converted(self, request: Request, media: dict[str, Any], profile: Profile) -> dict[str, Any]:
        """Return what becomes of a version: bitrate (kbit/s), size, codecs, decisions."""
        values = request.values
        streams = media.get("Part", [{}])[0].get("Stream", [])
        picture: dict[str, Any] = next((one for one in streams if one.get("streamType") == 1), {})
        sound = _selected(streams, 2)
        codec, audio = str(media.get("videoCodec", "")), str(sound.get("codec", media.get("audioCodec", "")))
        most = int(_number(request, "maxVideoBitrate") or _number(request, "videoBitrate"))
        size = _SIZE.match(values.get("videoResolution", "")) or _SIZE.match("99999x99999")
        assert size is not None
        width, height = int(media.get("width", 1920)), int(media.get("height", 1080))
        scale = min(1.0, int(size.group(1)) / width, int(size.group(2)) / height)
        bitrate = int(media.get("bitrate", 8000))
        have = {name: picture.get(name) for name in ("bitDepth", "DOVIProfile", "DOVIPresent")}
        have.update(width=width, height=height)
        fits = all(profile.allows("videoCodec", codec, "video." + name, value) for name, value in have.items())
        burn = values.get("subtitles") == "burn" and bool(_selected(streams, 3, default=False))
        copy = request.flag("directStream") and codec in profile.video and fits and scale == 1.0 and not burn
        copy = copy and (not most or bitrate <= most)
        channels = int(sound.get("channels", 2))
        keep = request.flag("directStreamAudio") and audio in profile.audio
        keep = keep and profile.allows("videoAudioCodec", audio, "audio.channels", channels)
        return {
            "bitrate": bitrate if copy else min(bitrate, most or bitrate),
            "width": width if copy else int(width * scale) // 2 * 2,
            "height": height if copy else int(height * scale) // 2 * 2,
            "videoCodec": codec if copy else profile.video[0],
            "audioCodec": audio if keep else profile.audio[0],
            "videoDecision": "copy" if copy else "transcode",
            "audioDecision": "copy" if keep else "transcode",
            "subtitleDecision": "burn" if burn else "",
        }

    # ------------------------------------------------------------------ a running session

    def _session(self, request: Request, key: str) -> Transcode:
        session = self.transcoder.find(key)
        if session is None or session.user != request.user:
            raise HttpError(404)
        return session

    def index(self, request: Request) -> Answer:
        """The playlist of the segments."""
        session = self._session(request, request.match[0])
        if not session.running:
            raise HttpError(404)
        return Answer(200, [self.transcoder.playlist(session).encode()], PLAYLIST)

    def segment(self, request: Request) -> Answer:
        """One segment."""
        session = self._session(request, request.match[0])
        body = self.transcoder.segment(session, int(request.match[1]))
        return Answer(200, [body], "video/mp2t", compress=False)

    def subtitles(self, request: Request) -> Answer:
        """The selected subtitle as text; 404 for none, or a picture."""
        _, media, _ = self._wanted(request)
        found = _selected(media.get("Part", [{}])[0].get("Stream", []), 3, default=False)
        if not found or str(found.get("codec")) in PICTURES:
            raise HttpError(404)
        return Answer(200, [(SUBTITLE % found["id"]).encode()], "text/srt")

    def ping(self, request: Request) -> Answer:
        """Keeps a session alive; newer servers have no such request."""
        self._only_classic()
        self.transcoder.touch(self._session(request, request.values.get("session", "")))
        return empty()

    def stop(self, request: Request) -> Answer:
        """Ends a session; newer servers have no such request."""
        self._only_classic()
        self.transcoder.end(self._session(request, request.values.get("session", "")).key)
        return empty()

    def delete(self, request: Request) -> Answer:
        """Ends a session."""
        self.transcoder.end(self._session(request, request.match[0]).key)
        return empty(204)

    def _only_classic(self) -> None:
        if self.config.transcode_delete_only:
            raise HttpError(404)

    def sessions(self, request: Request) -> Answer:
        """The running sessions; for the owner only."""
        self.access.require_owner(request)
        rows = [session_row(session) for session in self.transcoder.running()]
        return self.containers.container(request, {"size": len(rows)}, tail={"TranscodeSession": rows})


def session_row(session: Transcode) -> dict[str, Any]:
    """Return a TranscodeSession element."""
    row = {name: value for name, value in session.answer.items() if value and name != "bitrate"}
    return {"key": f"/transcode/sessions/{session.key}", "protocol": "hls", "context": "streaming", **row}


def _shown(media: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return the Media element of a decision: what the client will get."""
    part = media.get("Part", [{}])[0]
    streams = [
        {"streamType": kind, "codec": answer[name + "Codec"], "decision": answer[name + "Decision"]}
        for kind, name in ((1, "video"), (2, "audio"))
    ]
    if answer["subtitleDecision"]:
        streams.append({"streamType": 3, "decision": answer["subtitleDecision"]})
    shown = {"id": str(media.get("id")), "container": "mpegts", "protocol": "hls", "selected": True}
    shown.update({name: answer[name] for name in ("bitrate", "width", "height", "videoCodec", "audioCodec")})
    shown.update(videoResolution=f"{answer['height']}p")
    shown["Part"] = [
        {"id": str(part.get("id")), "decision": "transcode", "protocol": "hls", "selected": True, "Stream": streams}
    ]
    return shown


def _selected(streams: list[dict[str, Any]], kind: int, default: bool = True) -> dict[str, Any]:
    found = [one for one in streams if one.get("streamType") == kind]
    chosen = [one for one in found if one.get("selected")]
    return (chosen or (found if default else []) or [{}])[0]


def _kept(request: Request) -> dict[str, str]:
    """Return the parameters that decision and start must share: all but the token."""
    return {name: value for name, value in request.values.items() if name != "X-Plex-Token"}


def _number(request: Request, name: str) -> float:
    try:
        return float(request.values.get(name) or 0)
    except ValueError:
        raise HttpError(400) from None
