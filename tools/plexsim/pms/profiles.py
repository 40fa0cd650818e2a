"""Client profiles, and the directives with which a client adds to one (X-Plex-Client-Profile-Extra)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.plexsim.http.messages import HttpError, Request

NAMES = ("Generic", "Web", "Chrome", "Android", "iOS", "tvOS")
"""Profiles that a client may name."""
PLATFORMS = ("Chrome", "Safari", "Firefox", "iOS", "Android", "Roku", "tvOS")
"""Platforms with a profile of their own; any other has none, so that its clients must name one."""
_TYPES = ("videoProfile", "musicProfile", "photoProfile", "subtitleProfile")
_SCOPES = (
    *("videoContainer", "musicContainer", "photoContainer", "videoCodec", "videoAudioCodec", "musicCodec"),
    *("subtitleCodec", "transcodeTarget"),
)
_KINDS = ("match", "notMatch", "upperBound", "lowerBound")
_REQUIRED = {
    "add-direct-play-profile": ("type", "container"),
    "add-limitation": ("scope", "scopeName", "type", "name"),
    "add-transcode-target": ("type", "context", "protocol", "container"),
    "add-transcode-target-codec": ("type",),
    "append-transcode-target-codec": ("type",),
    "append-transcode-target-audio-codec": ("type",),
    "add-settings": (),
}
_DIRECTIVE = re.compile(r"([a-z-]+)\(([^()]*)\)\Z")


class Limitation(NamedTuple):
    """A condition on streams; ``codec`` may be ``*``."""

    scope: str
    codec: str
    kind: str
    name: str
    value: str

    def allows(self, codec: str, have: float | None) -> bool:
        """Whether a stream of this codec whose attribute has this value (None: not known) passes."""
        if self.codec not in ("*", codec) or have is None:
            return True
        wanted = float(self.value) if re.fullmatch(r"-?\d+(\.\d+)?", self.value) else None
        if wanted is None:
            return True
        tests = {"upperBound": have <= wanted, "lowerBound": have >= wanted, "match": have == wanted}
        return tests.get(self.kind, have != wanted)


@dataclass
class Profile:
    """What a client can play: codecs of the HLS target, and limitations."""

    video: list[str] = field(default_factory=lambda: ["h264"])
    audio: list[str] = field(default_factory=lambda: ["aac"])
    limitations: list[Limitation] = field(default_factory=list)

    def allows(self, scope: str, codec: str, name: str, have: float | None) -> bool:
        """Whether all limitations of a scope allow a stream."""
        rules = [rule for rule in self.limitations if rule.scope == scope and rule.name == name]
        return all(rule.allows(codec, have) for rule in rules)


def profile_of(request: Request) -> Profile:
    """Return the profile of a request. Raises HttpError(400) for a client without one, and for odd directives."""
    name = request.values.get("X-Plex-Client-Profile-Name")  # one in a header is not seen by the transcoder
    if name not in NAMES and request.values.get("X-Plex-Platform") not in PLATFORMS:
        raise HttpError(400)
    profile = Profile()
    extra = request.plex("Client-Profile-Extra") or ""
    for text in extra.split("+") if extra else ():
        verb, arguments = _directive(text)
        if verb == "add-limitation":
            profile.limitations.append(_limitation(arguments))
        elif arguments.get("type") == "videoProfile" and arguments.get("protocol") == "hls":
            _change_target(profile, verb, arguments)
    return profile


def _directive(text: str) -> tuple[str, dict[str, str]]:
    match = _DIRECTIVE.match(text)
    if not match or match.group(1) not in _REQUIRED:
        raise HttpError(400)
    pairs = [pair.partition("=") for pair in match.group(2).split("&") if pair]
    arguments = {name: value for name, _, value in pairs}
    if any(not arguments.get(name) for name in _REQUIRED[match.group(1)]):
        raise HttpError(400)
    if match.group(1) not in ("add-limitation", "add-settings") and arguments["type"] not in _TYPES:
        raise HttpError(400)
    return match.group(1), arguments


def _limitation(arguments: dict[str, str]) -> Limitation:
    values = [arguments[name] for name in ("value", "substring", "regex") if name in arguments]
    if arguments["scope"] not in _SCOPES or arguments["type"] not in _KINDS or len(values) != 1:
        raise HttpError(400)
    return Limitation(arguments["scope"], arguments["scopeName"], arguments["type"], arguments["name"], values[0])


def _change_target(profile: Profile, verb: str, arguments: dict[str, str]) -> None:
    """Apply a directive to the HLS target."""
    video, audio = (arguments.get(name, "").split(",") for name in ("videoCodec", "audioCodec"))
    if verb == "add-transcode-target":
        if arguments.get("replace") != "true":
            return  # there is one already
        if not (video[0] and audio[0]):
            raise HttpError(400)
        profile.video, profile.audio = video, audio
    elif verb.startswith("append-"):
        profile.video += filter(None, video)
        profile.audio += filter(None, audio)
    elif verb == "add-transcode-target-codec":
        profile.video[:0] = filter(None, video)
        profile.audio[:0] = filter(None, audio)
