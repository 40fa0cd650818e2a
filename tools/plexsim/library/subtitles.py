"""Subtitles that a provider on the internet has for items, and their way into the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from tools.plexsim.items.records import Item
from tools.plexsim.items.streams import LANGUAGES
from tools.plexsim.library.editing import Editing
from tools.plexsim.library.store import STATE_PROCESSED

PROVIDER = "OpenSubtitles"
_FIRST_CANDIDATE, _FIRST_SOURCE = 1929523, 6923797
#: Numbers of the streams of a part that are downloaded ones.
_DOWNLOADED = range(60, 100)


@dataclass(frozen=True)
class OnlineSubtitle:
    """A subtitle of the provider's. ``language`` is a tag of two letters, ``source`` the provider's own number."""

    language: str
    title: str
    score: int
    codec: str
    hearing_impaired: bool
    forced: bool
    perfect: bool
    source: int


class Wanted(NamedTuple):
    """What somebody searches for. 0 to 3: prefer none, prefer such, only such, only others."""

    language: str
    hearing_impaired: int
    forced: int


class Download(NamedTuple):
    """A subtitle on its way to a version of an item (0: the first one), for a user; it is there at ``due``."""

    item: Item
    subtitle: OnlineSubtitle
    media_id: int
    user: int
    due: float


class OnlineSubtitles(Editing):
    """A library to which subtitles can be downloaded. Each search makes new ids, and those of the last one end."""

    online_subtitles: dict[int, list[OnlineSubtitle]]
    subtitle_candidates: dict[int, dict[int, OnlineSubtitle]]
    subtitle_downloads: list[Download]
    _subtitle_searches = 0

    def add_online_subtitle(
        self,
        rating_key: Any,
        language: str = "de",
        title: str = "a.release.name",
        score: int = 2301,
        codec: str = "srt",
        marks: str = "",
    ) -> OnlineSubtitle:
        """Let the provider have a subtitle for an item; ``marks``: words among sdh, forced and perfect."""
        found = self.online_subtitles.setdefault(self.need(rating_key).rating_key, [])
        source = _FIRST_SOURCE + sum(map(len, self.online_subtitles.values()))
        words = marks.split()
        found.append(
            OnlineSubtitle(language, title, score, codec, "sdh" in words, "forced" in words, "perfect" in words, source)
        )
        return found[-1]

    def search_subtitles(self, item: Item, wanted: Wanted) -> dict[int, OnlineSubtitle]:
        """Return what the provider has by new ids, what is preferred and has a higher score first."""
        found = [
            one
            for one in self.online_subtitles.get(item.rating_key, [])
            if one.language == wanted.language.partition("-")[0]
            and _passes(one.hearing_impaired, wanted.hearing_impaired)
            and _passes(one.forced, wanted.forced)
        ]
        found.sort(
            key=lambda one: (
                one.forced != (wanted.forced == 1),
                one.hearing_impaired != (wanted.hearing_impaired == 1),
                -one.score,
            )
        )
        first = _FIRST_CANDIDATE + self._subtitle_searches * 100
        self._subtitle_searches += 1
        self.subtitle_candidates[item.rating_key] = {first + number: one for number, one in enumerate(found)}
        return self.subtitle_candidates[item.rating_key]

    def land_subtitles(self) -> None:
        """Put the downloads that are due into the library."""
        with self.lock:
            now = self.clock.now()
            due = [one for one in self.subtitle_downloads if one.due <= now]
            self.subtitle_downloads = [one for one in self.subtitle_downloads if one.due > now]
            for one in due:
                if one.item.rating_key in self.by_key:
                    self._land(one)

    def _land(self, download: Download) -> None:
        item, media_id = download.item, download.media_id
        medias = [dict(media) for media in self.medias(item)]
        media = next((one for one in medias if one["id"] == media_id), medias[0])
        parts = [dict(part) for part in media["Part"]]
        streams = list(parts[0].get("Stream", []))
        taken = {int(one["id"]) for one in streams}
        number = next(int(parts[0]["id"]) * 100 + n for n in _DOWNLOADED if int(parts[0]["id"]) * 100 + n not in taken)
        streams.append(_stream(number, download))
        parts[0]["Stream"] = streams
        media["Part"] = parts
        item.elements = dict(self.stored(item), Media=medias)
        item.drop_cache()
        self._emit("item", item=item, state=STATE_PROCESSED, metadata="")


def names_of(language: str) -> tuple[str, str, str]:
    """Return name, tag and code of three letters of a language."""
    return next((one for one in LANGUAGES if one[1] == language), (language, language, language))


def _passes(is_so: bool, wanted: int) -> bool:
    return wanted < 2 or is_so == (wanted == 2)


def _stream(number: int, download: Download) -> dict[str, Any]:
    """Return the stream of a downloaded subtitle: one with a file of its own, which is not selected."""
    subtitle = download.subtitle
    name, tag, code = names_of(subtitle.language)
    title = f"{name}{' Forced' if subtitle.forced else ''} ({subtitle.codec.upper()} External)"
    stream: dict[str, Any] = {
        "id": number,
        "key": f"/library/streams/{number}",
        "streamType": 3,
        "canAutoSync": True,
        "codec": subtitle.codec,
        "format": subtitle.codec,
        "language": name,
        "languageTag": tag,
        "languageCode": code,
        "providerTitle": PROVIDER,
        "score": str(subtitle.score),
        "sourceKey": f"/library/streams/{subtitle.source}",
        "userID": download.user,
        "title": subtitle.title,
        "displayTitle": title,
        "extendedDisplayTitle": f"{subtitle.title} ({title})",
    }
    if subtitle.forced:
        stream["forced"] = True
    if subtitle.hearing_impaired:
        stream["hearingImpaired"] = True
    return stream
