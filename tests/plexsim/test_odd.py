"""Items that are odd in every known way: opt-in, and answered in JSON and XML all the same."""

from __future__ import annotations

import json

import pytest
from defusedxml import ElementTree
from plexapi.server import PlexServer

from tests.plexsim.conftest import Client
from tools.plexsim import Library, PlexSim


@pytest.fixture(scope="module")
def stage():
    library = Library.generate(seed=3, movies=10, shows=2, seasons=1, episodes=2)
    made = library.make_odd()
    with PlexSim(library) as sim:
        yield sim, made


@pytest.fixture
def odd(stage):
    return stage[1]


@pytest.fixture
def client(stage):
    return Client(stage[0])


def row_of(client, item):
    """The JSON row; lone surrogates come as they are kept, as bytes that are no UTF-8."""
    body = client.raw(f"/library/metadata/{item.rating_key}?checkFiles=1").content
    return json.loads(body)["MediaContainer"]["Metadata"][0]


def test_oddities_are_opt_in_and_leave_ordinary_items_alone():
    plain = Library.generate(seed=5, movies=20, shows=2)
    more = Library.generate(seed=5, movies=20, shows=2, oddities="more")
    assert len(more.by_key) > len(plain.by_key) + 40
    for key in plain.by_key:
        assert more.truth(key) == plain.truth(key)


def test_everything_is_answered_in_json_and_xml(stage, client, odd):
    sim, _ = stage
    for item in odd.values():
        assert row_of(client, item)["ratingKey"] == str(item.rating_key)
    paths = [f"/library/sections/{section.id}/all?type={kind}&sort={sort}"
             for section in sim.library.sections.values() for kind in (1, 2, 3, 4)
             for sort in ("id", "titleSort", "addedAt:desc", "year", "originallyAvailableAt", "rating")]  # fmt: skip
    paths += ["/library/metadata/" + ",".join(str(item.rating_key) for item in odd.values()) + "?includeExtras=1"]
    paths += ["/hubs", "/library/recentlyAdded", "/library/sections/1/all?type=1&genre=alone&includeGuids=1"]
    paths += [f"/library/sections/1/{name}" for name in ("genre", "country", "director", "decade", "year")]
    for path in paths:
        assert "MediaContainer" in json.loads(client.raw(path).content)
        xml = client.raw(path, headers={"Accept": "text/xml"})
        assert ElementTree.fromstring(xml.content).tag == "MediaContainer"


def test_titles(client, odd):
    assert row_of(client, odd["title-nul"])["title"] == "Nul\0inside\0"
    assert len(row_of(client, odd["title-long"])["title"]) == 50_000
    assert "\ud83d" in row_of(client, odd["title-surrogate"])["title"]
    assert "title" not in row_of(client, odd["title-none"])
    assert row_of(client, odd["title-empty"])["title"] == ""
    part = row_of(client, odd["title-long"])["Media"][0]["Part"][0]
    assert len(part["file"]) < 200
    xml = client.raw(f"/library/metadata/{odd['title-nul'].rating_key}", headers={"Accept": "text/xml"})
    assert ElementTree.fromstring(xml.content)[0].get("title") == "Nulinside"


def test_numbers_and_dates(client, odd):
    assert row_of(client, odd["rating-2049"])["rating"] == 2049
    assert row_of(client, odd["rating-negative"])["rating"] == -1
    assert row_of(client, odd["year-0"])["year"] == 0
    assert "year" not in row_of(client, odd["year-none"])
    dates = [row_of(client, odd["available-" + name])["originallyAvailableAt"] for name in ("1888", "zeros", "garbage")]
    assert dates == ["1888-10-14", "0000-00-00", "garbage"]
    assert "updatedAt" not in row_of(client, odd["updated-none"])
    assert row_of(client, odd["added-negative"])["addedAt"] < 0
    assert row_of(client, odd["added-huge"])["addedAt"] > 2**40
    assert isinstance(row_of(client, odd["added-text"])["addedAt"], str)
    found = client.keys("/library/sections/1/all?type=1&addedAt>>=31000000000&sort=id")
    assert found == [str(odd["added-huge"].rating_key)]
    assert str(odd["added-text"].rating_key) in client.keys("/library/sections/1/all?type=1&addedAt>>=1749999999")


def test_keys_are_numbers_or_text(client, odd):
    row = row_of(client, odd["episode-number-keys"])
    assert isinstance(row["parentRatingKey"], int)
    assert isinstance(row["librarySectionID"], str)
    assert isinstance(row_of(client, odd["episode-ordinary"])["parentRatingKey"], str)
    assert isinstance(row_of(client, odd["episode-ordinary"])["librarySectionID"], int)


def test_levels(client, odd):
    assert "index" not in row_of(client, odd["episode-no-index"])
    assert "parentIndex" not in row_of(client, odd["episode-no-parent-index"])
    assert "index" not in row_of(client, odd["season-no-index"])
    flat, episode = odd["show-flat"], row_of(client, odd["episode-of-show"])
    assert episode["parentRatingKey"] == str(flat.rating_key)
    assert not [name for name in episode if name.startswith("grandparent")]
    assert row_of(client, flat)["skipChildren"] is True
    for name in ("children", "grandchildren", "allLeaves"):
        assert client.keys(f"/library/metadata/{flat.rating_key}/{name}") == [episode["ratingKey"]]


def test_files(client, odd):
    assert "Media" not in row_of(client, odd["media-none"])
    assert row_of(client, odd["media-empty"])["Media"] == []
    assert "Part" not in row_of(client, odd["part-none"])["Media"][0]
    assert "Stream" not in row_of(client, odd["stream-none"])["Media"][0]["Part"][0]
    media = row_of(client, odd["streams-absurd"])["Media"][0]
    assert media["width"] == "wide"
    assert media["Part"][0]["Stream"][1]["channels"] is None
    parts = row_of(client, odd["parts-many"])["Media"][0]["Part"]
    assert len({part["key"] for part in parts}) == 3
    assert all(client.raw(part["key"]).status_code == 200 for part in parts)
    streams = {name: row_of(client, odd[name])["Media"][0]["Part"][0]["Stream"][0] for name in ("hdr10", "hlg", "dovi")}
    assert [streams[name]["colorTrc"] for name in streams] == ["smpte2084", "arib-std-b67", "smpte2084"]
    assert [name for name in streams if streams[name].get("DOVIPresent")] == ["dovi"]
    trashed = row_of(client, odd["trashed"])
    assert trashed["deletedAt"]
    assert not trashed["Media"][0]["Part"][0]["exists"]
    assert trashed["ratingKey"] in client.keys("/library/sections/1/all?type=1")
    assert client.keys("/library/sections/1/all?type=1&trash=1") == [trashed["ratingKey"]]


def test_tags(client, odd):
    nameless = row_of(client, odd["tags-nameless"])
    assert "tag" not in nameless["Genre"][0]
    assert row_of(client, odd["genre-object"])["Genre"]["tag"] == "Alone"
    assert client.keys("/library/sections/1/all?type=1&genre=alone") == [str(odd["genre-object"].rating_key)]
    assert row_of(client, odd["role-bare"])["Role"] == [{"tag": "Only A Name"}]
    assert len(row_of(client, odd["role-twice"])["Role"]) == 3
    assert {} in row_of(client, odd["guid-garbage"])["Guid"]
    assert row_of(client, odd["labels"])["Label"][0]["tag"] == "Kids"
    assert row_of(client, odd["edition"])["editionTitle"]


def test_home_videos(stage, client, odd):
    row = row_of(client, odd["home-video"])
    assert (row["type"], row["subtype"]) == ("movie", "clip")
    assert not {"Guid", "summary", "Genre", "Role"} & set(row)
    section = next(entry for entry in client.get("/library/sections")["Directory"] if entry["title"] == "Home Videos")
    assert section["agent"] == "com.plexapp.agents.none"
    assert len(client.keys(f"/library/sections/{section['key']}/all")) == 2


def test_plexapi_reads_them(stage, odd):
    sim, _ = stage
    plex = PlexServer(sim.pms_url, sim.owner_token)
    movies = {movie.ratingKey: movie for movie in plex.library.section("Movies").all()}
    assert {item.rating_key for item in odd.values() if item.section.id == 1} <= set(movies)
    assert movies[odd["available-garbage"].rating_key].originallyAvailableAt is None
    shows = {show.ratingKey: show for show in plex.library.section("TV Shows").all()}
    found = [episode.ratingKey for episode in shows[odd["show-flat"].rating_key].episodes()]
    assert found == [odd["episode-of-show"].rating_key]
    for name in odd:
        assert plex.fetchItem(odd[name].rating_key).ratingKey == odd[name].rating_key


def test_odd_items_live_on(stage, odd):
    library = stage[0].library
    for name in ("title-surrogate", "genre-object", "streams-absurd", "part-none", "media-none", "trashed"):
        new = library.move(odd[name].rating_key)
        library.scrobble(new.rating_key)
        library.update(new.rating_key, title="Mended")
        assert library.truth(new.rating_key)["viewCount"] == 1
        library.add_version(new.rating_key)
        assert library.truth(new.rating_key)["Media"][-1]["videoResolution"] == "4k"
        library.delete(new.rating_key)
    library.add_movie("Half a \ud83d pair")
