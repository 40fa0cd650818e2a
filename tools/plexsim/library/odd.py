"""Items with all oddities that were seen on real servers, or that are not forbidden.

They are added only on demand.
"""

from __future__ import annotations

from typing import Any

from tools.plexsim.items.digests import hexdigest
from tools.plexsim.items.elements import build_elements
from tools.plexsim.items.records import Item, Section
from tools.plexsim.items.streams import audio_stream, subtitle_stream, video_stream
from tools.plexsim.items.types import PERSONAL
from tools.plexsim.library import files
from tools.plexsim.library.sections import Sections

ADDED = 1_750_000_000
PEOPLE = [{"tag": "Ada Same", "role": role} for role in ("Twin", "Twin", "Other")]
GENRE = {"id": 9001, "filter": "genre=9001", "tag": "Alone"}

# Attributes by the name of the oddity; None: the attribute is absent.
FIELDS: dict[str, dict[str, Any]] = {
    "title-nul": {"title": "Nul\0inside\0"},
    "title-controls": {"title": "\x01Bell\x07 \x1b[31mred\x7f \u202ebackwards\ufffe"},
    "title-emoji": {"title": "\U0001f3ac \U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea"},
    "title-long": {"title": "Long " * 10_000},
    "title-surrogate": {"title": "Half a \ud83d pair \udc00"},
    "title-none": {"title": None},
    "title-empty": {"title": ""},
    "rating-2049": {"rating": 2049, "audienceRating": 1521628},
    "rating-negative": {"rating": -1, "audienceRating": -0.5},
    "year-0": {"year": 0},
    "year-none": {"year": None, "originallyAvailableAt": None},
    "available-1888": {"year": 1888, "originallyAvailableAt": "1888-10-14"},
    "available-zeros": {"originallyAvailableAt": "0000-00-00"},
    "available-garbage": {"originallyAvailableAt": "garbage"},
    "updated-none": {"updatedAt": None},
    "stamps-none": {"addedAt": None, "updatedAt": None},
    "added-negative": {"addedAt": -946_684_800},
    "added-huge": {"addedAt": 32_503_680_000_000},
    "added-text": {"addedAt": str(ADDED)},
    "section-id-text": {"librarySectionID": "1", "librarySectionKey": None},
    "edition": {"editionTitle": "Director's Cut"},
    "trashed": {"deletedAt": ADDED + 50},
}
# Child elements by the name of the oddity; None: the element is absent.
ELEMENTS: dict[str, dict[str, Any]] = {
    "media-none": {"Media": None},
    "media-empty": {"Media": []},
    "tags-nameless": {"Genre": [{"id": 9002, "filter": "genre=9002"}, {"tag": ""}], "Role": [{"role": "Nobody"}, {}]},
    "role-bare": {"Role": [{"tag": "Only A Name"}]},
    "role-twice": {"Role": PEOPLE},
    "genre-object": {"Genre": GENRE, "Country": {"tag": "Nowhere"}, "Director": {"tag": "One Only"}},
    "guid-garbage": {
        "Guid": [{"id": "garbage"}, {"id": ""}, {}, {"id": 123}, {"id": "imdb://"}, {"id": "tmdb://not-a-number"}]
    },
    "labels": {"Label": [{"id": 9003, "tag": "Kids"}, {"id": 9004, "tag": "Überall & <mehr>"}]},
}
EPISODES: dict[str, dict[str, Any]] = {
    "episode-ordinary": {"index": 1},
    "episode-no-index": {"index": None},
    "episode-no-parent-index": {"index": 3, "parentIndex": None},
    "episode-number-keys": {"index": 4},
    "episode-no-numbers": {"index": None, "parentIndex": None, "originallyAvailableAt": None},
}


class OddMaker:
    """Adds odd items to a library; ``made`` are those by the name of their oddity."""

    def __init__(self, library: Sections) -> None:
        self.library = library
        self.made: dict[str, Item] = {}

    def section(self, kind: str, title: str) -> Section:
        """Return the first section of a type, which is added if there is none."""
        for section in self.library.sections.values():
            if section.type == kind and section.agent != PERSONAL:
                return section
        return self.library.add_section(kind, title)

    def add(
        self,
        name: str,
        kind: str,
        section: Section,
        fields: dict[str, Any],
        elements: dict[str, Any] | None = None,
        parent: Item | None = None,
    ) -> Item:
        """Add an ordinary item and make it odd; its files keep their names."""
        values: dict[str, Any] = {
            "guid": f"plex://{kind}/{hexdigest('odd', name, section.id, len(self.library.by_key))[:24]}",
            "title": f"Odd {name}",
            "summary": f"An item for: {name}.",
            "addedAt": ADDED,
            "updatedAt": ADDED + 100,
        }
        if kind != "season":
            values.update(year=1999, duration=5_400_000, originallyAvailableAt="1999-03-31")
        item = self.library.insert(kind, section, dict(values), parent)
        kept = dict(build_elements(item), **(elements or {}))
        item.elements = {key: value for key, value in kept.items() if value is not None}
        item.fields.update(fields)
        self.made[name] = item
        return item

    # ------------------------------------------------------------------ films

    def films(self) -> None:
        """Add odd films."""
        section = self.section("movie", "Movies")
        for name, fields in FIELDS.items():
            self.add(name, "movie", section, fields)
        for name, elements in ELEMENTS.items():
            self.add(name, "movie", section, {}, elements)
        for name in ("part-none", "stream-none", "streams-absurd", "parts-many", "hdr10", "hlg", "dovi"):
            item = self.add(name, "movie", section, {})
            media = dict(self.library.medias(item)[0])
            getattr(self, "_" + name.replace("-", "_"))(media)
            assert item.elements is not None
            item.elements["Media"] = [media]

    def _part_none(self, media: dict[str, Any]) -> None:
        del media["Part"]

    def _stream_none(self, media: dict[str, Any]) -> None:
        media["Part"] = [{key: value for key, value in media["Part"][0].items() if key != "Stream"}]

    def _streams_absurd(self, media: dict[str, Any]) -> None:
        media.update(width="wide", height=-1, aspectRatio="", audioChannels=None, bitrate="9000", duration="long")
        part = dict(media["Part"][0], size="many", container=None)
        first = part["id"] * 100
        picture = dict(video_stream(first, "1080", "h264", "sdr", 9000), width="1920", height=None, frameRate="fast")
        sound = dict(audio_stream(first + 1, 1, "aac", 2, ("English", "en", "eng")), channels=None, samplingRate="")
        text = dict(subtitle_stream(first + 2, 2, ("English", "en", "eng"), False, False), codec=None, index="x")
        part["Stream"] = [picture, sound, text, {"id": first + 3, "streamType": 99}, {"id": first + 4}]
        media["Part"] = [part]

    def _parts_many(self, media: dict[str, Any]) -> None:
        media["Part"] = files.in_parts(media, 3)

    def _hdr(self, media: dict[str, Any], kind: str) -> None:
        media.update(width=3840, height=2160, videoResolution="4k", videoCodec="hevc", videoProfile="main 10")
        part = dict(media["Part"][0], videoProfile="main 10")
        rest = [stream for stream in part["Stream"] if stream["streamType"] != 1]
        part["Stream"] = [video_stream(part["id"] * 100, "4k", "hevc", kind, 25_000), *rest]
        media["Part"] = [part]

    def _hdr10(self, media: dict[str, Any]) -> None:
        self._hdr(media, "hdr10")

    def _hlg(self, media: dict[str, Any]) -> None:
        self._hdr(media, "hlg")

    def _dovi(self, media: dict[str, Any]) -> None:
        self._hdr(media, "dovi")

    def home_videos(self) -> None:
        """Add a section of home videos: films of subtype clip without guids and summary."""
        section = self.library.add_section("movie", "Home Videos", agent=PERSONAL)
        for number, name in enumerate(("home-video", "home-video-2")):
            fields = {
                "guid": f"{PERSONAL}://{hexdigest(name)}?lang=xn",
                "subtype": "clip",
                "summary": None,
                "year": 2020 + number,
                "originallyAvailableAt": f"{2020 + number}-07-14",
            }
            absent = dict.fromkeys(("Guid", "Genre", "Country", "Role", "Director", "Writer", "Producer", "Rating"))
            self.add(name, "movie", section, fields, absent)

    # ------------------------------------------------------------------ shows

    def shows(self) -> None:
        """Add a show with odd seasons and episodes, and one with an episode directly below it."""
        section = self.section("show", "TV Shows")
        show = self.add("show", "show", section, {"index": 1, "theme": True})
        season = self.add("season", "season", section, {"index": 1, "title": "Season 1"}, parent=show)
        for name, fields in EPISODES.items():
            self.add(name, "episode", section, fields, parent=season)
        self.made["episode-number-keys"].fields.update(
            parentRatingKey=season.rating_key, grandparentRatingKey=show.rating_key, librarySectionID=str(section.id)
        )
        odd = self.add("season-no-index", "season", section, {"index": None, "title": "Extras"}, parent=show)
        self.add("episode-in-it", "episode", section, {"index": 1}, parent=odd)
        flat = self.add("show-flat", "show", section, {"index": 1, "skipChildren": True, "flattenSeasons": "1"})
        self.add("episode-of-show", "episode", section, {"index": 1, "skipParent": True}, parent=flat)


def make_odd(library: Sections) -> dict[str, Item]:
    """Add odd items of all kinds to a library, without telling its listeners; returns them by name."""
    with library.lock:
        maker = OddMaker(library)
        maker.films()
        maker.home_videos()
        maker.shows()
        return maker.made
