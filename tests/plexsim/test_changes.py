"""Extras, moved items, further versions, files of two episodes."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree
from plexapi.exceptions import NotFound
from plexapi.server import PlexServer

from tools.plexsim import Library

MODERN = {"X-Plex-Pms-Api-Version": "1.2.0"}


@pytest.fixture
def plex(sim):
    return PlexServer(sim.pms_url, sim.owner_token)


@pytest.fixture
def movie(sim):
    return next(sim.library.items("movie"))


@pytest.fixture
def episode(sim):
    return next(sim.library.items("episode"))


def row_of(client, key, query=""):
    return client.get(f"/library/metadata/{key}{query}")["Metadata"][0]


# ---- extras


def test_a_trailer_is_with_its_owner_only_when_asked_for_and_in_no_listing(client, sim, movie):
    count = client.get("/library/sections/1/all?type=1")["size"]
    stamp = movie.updated_at or 0
    clip = sim.library.add_extra(movie.rating_key, "Teaser")
    other = sim.library.add_extra(movie.rating_key, "The making", subtype="behindTheScenes", duration=600_000)
    assert movie.updated_at > stamp
    plain = row_of(client, movie.rating_key)
    assert "Extras" not in plain
    assert plain["primaryExtraKey"] == f"/library/metadata/{clip.rating_key}"
    listed = [row for row in client.get("/library/sections/1/all?type=1")["Metadata"] if "primaryExtraKey" in row]
    assert [row["ratingKey"] for row in listed] == [str(movie.rating_key)]
    assert client.get("/library/sections/1/all?type=1")["size"] == count
    assert client.keys("/library/sections/1/all?type=12") == []
    extras = row_of(client, movie.rating_key, "?includeExtras=1")["Extras"]
    assert extras["size"] == 2
    rows = {row["ratingKey"]: row for row in extras["Metadata"]}
    assert (rows[str(clip.rating_key)]["subtype"], rows[str(clip.rating_key)]["extraType"]) == ("trailer", 1)
    assert rows[str(other.rating_key)]["extraType"] == 5
    assert client.keys(f"/library/metadata/{movie.rating_key}/extras") == list(rows)
    assert row_of(client, 2, "?includeExtras=1")["Extras"] == {"size": 0}
    many = client.get(f"/library/metadata/{movie.rating_key},2?includeExtras=1")["Metadata"]
    assert [row["Extras"]["size"] for row in many] == [2, 0]


def test_a_trailer_has_a_key_of_its_own_and_plays(client, sim, movie):
    online = row_of(client, sim.library.add_extra(movie.rating_key, "Online").rating_key)
    assert online["type"] == "clip"
    assert online["guid"].startswith("iva://")
    assert "parentRatingKey" not in online
    part = online["Media"][0]["Part"][0]
    assert "?" in part["key"]
    assert "file" not in part
    local = row_of(client, sim.library.add_extra(movie.rating_key, "Local", guid="file:///f/a-trailer.mkv").rating_key)
    assert local["Media"][0]["Part"][0]["file"] == "/f/a-trailer.mkv"
    for row in (online, local):
        key = row["Media"][0]["Part"][0]["key"]
        assert client.raw(key, headers={"Range": "bytes=0-9"}).status_code == 206
    assert client.raw("/services/iva/assets/999999/video.mp4").status_code == 404


def test_without_a_trailer_there_is_no_primary_extra(client, sim, movie):
    sim.library.add_extra(movie.rating_key, "Cut", subtype="deletedScene")
    assert "primaryExtraKey" not in row_of(client, movie.rating_key)
    first = sim.library.add_extra(movie.rating_key, "One")
    second = sim.library.add_extra(movie.rating_key, "Two")
    sim.library.delete(first.rating_key)
    assert row_of(client, movie.rating_key)["primaryExtraKey"] == f"/library/metadata/{second.rating_key}"
    with pytest.raises(ValueError, match="subtype"):
        sim.library.add_extra(movie.rating_key, "What", subtype="selfie")


def test_extras_leave_with_their_owner(client, sim, movie):
    clip = sim.library.add_extra(movie.rating_key, "Teaser")
    sim.library.delete(movie.rating_key)
    assert client.raw(f"/library/metadata/{clip.rating_key}").status_code == 404
    gone = [event["payload"]["itemID"] for event in sim.events.history if event["payload"].get("state") == 9]
    assert {str(key) for key in gone} == {str(movie.rating_key), str(clip.rating_key)}
    show = next(sim.library.items("show"))
    clip = sim.library.add_extra(show.rating_key, "Series trailer")
    sim.library.remove_section(2)
    assert sim.library.get(clip.rating_key) is None


def test_a_watched_trailer_shows_it_also_with_its_owner(client, sim, movie):
    clip = sim.library.add_extra(movie.rating_key, "Teaser")
    path = f"/library/metadata/{movie.rating_key}?includeExtras=1"
    assert "viewCount" not in client.get(path)["Metadata"][0]["Extras"]["Metadata"][0]
    sim.library.scrobble(clip.rating_key)
    assert client.get(path)["Metadata"][0]["Extras"]["Metadata"][0]["viewCount"] == 1
    assert "viewCount" not in row_of(client, movie.rating_key)


def test_extras_with_plexapi_and_in_xml(client, plex, sim, movie):
    clip = sim.library.add_extra(movie.rating_key, "Teaser")
    found = plex.fetchItem(movie.rating_key)
    assert found.primaryExtraKey == f"/library/metadata/{clip.rating_key}"
    (extra,) = found.extras()
    assert (extra.ratingKey, extra.title, extra.subtype, extra.extraType) == (clip.rating_key, "Teaser", "trailer", 1)
    assert plex.fetchItem(clip.rating_key).media[0].parts[0].key.startswith("/services/iva/")
    xml = client.raw(f"/library/metadata/{movie.rating_key}?includeExtras=1", headers={"Accept": "text/xml"})
    video = ElementTree.fromstring(xml.content).find("Video/Extras/Video")
    assert video is not None
    assert video.get("extraType") == "1"


# ---- moved


def test_a_moved_film_is_a_new_item_with_the_old_content_and_watch_state(client, sim, movie):
    library = sim.library
    library.add_extra(movie.rating_key, "Teaser")
    library.scrobble(movie.rating_key)
    library.rate(movie.rating_key, 8)
    old = library.truth(movie.rating_key)
    new = library.move(movie.rating_key)
    assert client.raw(f"/library/metadata/{old['ratingKey']}").status_code == 404
    row = row_of(client, new.rating_key)
    changed = {name for name in old if row.get(name) != old[name]}
    assert changed <= {
        "ratingKey", "key", "addedAt", "updatedAt", "thumb", "art", "Media", "Image", "primaryExtraKey", "Collection",
    }  # fmt: skip
    assert row["viewCount"] == 1
    assert row["userRating"] == 8
    assert row["addedAt"] > old["addedAt"]
    before, after = old["Media"][0], row["Media"][0]
    assert before["id"] != after["id"]
    assert before["Part"][0]["file"] == after["Part"][0]["file"]
    assert [stream["displayTitle"] for stream in before["Part"][0]["Stream"]] == [
        stream["displayTitle"] for stream in after["Part"][0]["Stream"]
    ]
    assert client.raw(after["Part"][0]["key"]).status_code == 200
    assert client.raw(before["Part"][0]["key"]).status_code == 404
    extra = client.get(row["primaryExtraKey"])["Metadata"][0]
    assert (extra["title"], row["primaryExtraKey"] == old["primaryExtraKey"]) == ("Teaser", False)
    states = [event["payload"]["state"] for event in sim.events.history[-6:]]
    assert states == [9, 9, 0, 5, 0, 5]


def test_a_film_moves_to_another_section_of_its_type_only(client, sim, movie):
    target = sim.library.add_section("movie", "Attic")
    new = sim.library.move(movie.rating_key, target.id, addedAt=1_500_000_000)
    assert client.keys(f"/library/sections/{target.id}/all?type=1") == [str(new.rating_key)]
    row = row_of(client, new.rating_key)
    assert (row["librarySectionTitle"], row["addedAt"]) == ("Attic", 1_500_000_000)
    assert row["Media"][0]["Part"][0]["file"].startswith("/media/Attic/")
    with pytest.raises(ValueError, match="section of type show"):
        sim.library.move(new.rating_key, 2)


def test_a_moved_show_takes_its_seasons_and_episodes_along(client, plex, sim):
    show = next(sim.library.items("show"))
    leaves = list(show.leaves())
    sim.library.scrobble(leaves[1].rating_key)
    titles = [leaf.title for leaf in leaves]
    new = sim.library.move(show.rating_key)
    assert all(sim.library.get(leaf.rating_key) is None for leaf in leaves)
    found = plex.fetchItem(new.rating_key)
    assert [one.title for one in found.episodes()] == titles
    assert [one.isPlayed for one in found.episodes()][:3] == [False, True, False]
    assert found.episodes()[0].grandparentKey == f"/library/metadata/{new.rating_key}"
    with pytest.raises(NotFound):
        plex.fetchItem(show.rating_key)


def test_an_only_episode_moves_without_losing_its_season(client, sim):
    show = sim.library.add_show("Short")
    season = sim.library.add_season(show.rating_key, 1)
    only = sim.library.add_episode(season.rating_key, 1)
    new = sim.library.move(only.rating_key)
    assert client.keys(f"/library/metadata/{season.rating_key}/children") == [str(new.rating_key)]
    with pytest.raises(ValueError, match="only films and shows"):
        sim.library.move(new.rating_key, sim.library.add_section("show", "Other").id)


def test_recorded_items_move_too(recorded):
    library = Library.from_recorded([recorded[name] for name in ("movie_full", "show_full", "episode_full")])
    for item in [*library.items("movie"), *library.items("show")]:
        before = library.truth(item.rating_key)
        after = library.truth(library.move(item.rating_key).rating_key)
        assert (after["guid"], after.get("Role")) == (before["guid"], before.get("Role"))
    (episode,) = library.items("episode")
    row = library.truth(episode.rating_key)
    assert row["grandparentRatingKey"] == str(episode.root().rating_key)
    assert row["grandparentThumb"].startswith(f"/library/metadata/{episode.root().rating_key}/")


# ---- versions


@pytest.mark.parametrize("kind", ["movie", "episode"])
def test_another_version_has_its_own_ids_and_file(client, plex, sim, kind):
    item = next(sim.library.items(kind))
    stamp = item.updated_at or 0
    before = row_of(client, item.rating_key)
    sim.library.add_version(item.rating_key)
    sim.library.add_version(item.rating_key, 1280, 720, bitrate=3333, container="mp4")
    row = row_of(client, item.rating_key)
    assert row["updatedAt"] > stamp
    assert row["Media"][: len(before["Media"])] == before["Media"]
    *_, large, small = row["Media"]
    assert (large["width"], large["height"], large["videoResolution"]) == (3840, 2160, "4k")
    assert (small["videoResolution"], small["bitrate"], small["container"]) == ("720", 3333, "mp4")
    parts = [media["Part"][0] for media in row["Media"]]
    for name in ("id", "key", "file"):
        assert len({part[name] for part in parts}) == len(parts)
    ids = [stream["id"] for part in parts for stream in part["Stream"]]
    assert len(set(ids)) == len(ids)
    assert all(client.raw(part["key"]).status_code == 200 for part in parts)
    assert [stream["width"] for stream in large["Part"][0]["Stream"] if stream["streamType"] == 1] == [3840]
    found = plex.fetchItem(item.rating_key)
    assert [media.id for media in found.media] == [media["id"] for media in row["Media"]]
    query = f"type={1 if kind == 'movie' else 4}&duplicate=1"
    assert str(item.rating_key) in client.keys(f"/library/sections/{item.section.id}/all?{query}")


def test_versions_have_an_end_and_shows_have_none(sim, movie):
    with pytest.raises(ValueError, match="no files"):
        sim.library.add_version(next(sim.library.items("show")).rating_key)
    with pytest.raises(ValueError, match="ten versions"):
        for _ in range(11):
            sim.library.add_version(movie.rating_key)


def test_one_file_of_two_episodes(client, plex, sim, episode):
    other = episode.parent.children[1]
    stamp, first_stamp = other.updated_at or 0, episode.updated_at
    sim.library.share_file(episode.rating_key, other.rating_key)
    one, two = (row_of(client, item.rating_key) for item in (episode, other))
    assert (two["updatedAt"] > stamp, episode.updated_at) == (True, first_stamp)
    first, second = one["Media"][0]["Part"][0], two["Media"][0]["Part"][0]
    assert (first["file"], first["size"]) == (second["file"], second["size"])
    assert one["Media"][0]["id"] != two["Media"][0]["id"]
    assert {first["id"], first["key"]}.isdisjoint({second["id"], second["key"]})
    assert client.raw(second["key"]).status_code == 200
    assert plex.fetchItem(episode.rating_key).locations[0] == plex.fetchItem(other.rating_key).locations[0]


def test_a_new_title_renames_no_file(client, sim, movie):
    before = row_of(client, movie.rating_key)["Media"]
    sim.library.update(movie.rating_key, title="Renamed", year=1901)
    assert row_of(client, movie.rating_key)["Media"] == before
    show = next(sim.library.items("show"))
    leaf = next(show.leaves()).rating_key
    before = row_of(client, leaf)["Media"]
    sim.library.update(show.rating_key, title="Renamed")
    assert row_of(client, leaf)["Media"] == before
