"""Collections: tags of members, listings, paging, pictures, time stamps."""

from __future__ import annotations

import pytest
from plexapi.server import PlexServer


@pytest.fixture
def smart(sim):
    return sim.library.add_collection(1, "Since the nineties", smart="type=1&year>>=1989&sort=year")


@pytest.fixture
def plain(sim):
    return next(sim.library.items("collection"))


def row_of(client, key):
    return client.get(f"/library/collections/{key}")["Metadata"][0]


def test_members_of_a_smart_collection_carry_no_tag_for_it(client, sim, smart):
    members = client.keys(f"/library/collections/{smart.rating_key}/items")
    rows = client.get(f"/library/metadata/{','.join(members)}")["Metadata"]
    rows += client.get("/library/sections/1/all?type=1")["Metadata"]
    assert not [row for row in rows if smart.title in [tag["tag"] for tag in row.get("Collection", [])]]
    assert client.keys(f"/library/sections/1/all?type=1&collection={smart.rating_key}") == []
    with pytest.raises(ValueError, match="takes no members"):
        sim.library.add_to_collection(smart.rating_key, 1)
    with pytest.raises(ValueError, match="itself"):
        sim.library.add_collection(1, "Both", [1], smart="type=1")


def test_the_listing_shows_what_there_is_to_show(client, sim, smart):
    sim.library.set_collection(
        smart.rating_key, summary="Young films.", titleSort="nineties", contentRating="PG", art=True
    )
    for path in ("/library/sections/1/collections", "/library/sections/1/all?type=18"):
        rows = {row["ratingKey"]: row for row in client.get(path)["Metadata"]}
        row = rows.pop(str(smart.rating_key))
        assert row["smart"] is True
        assert row["childCount"] == len(client.keys(f"/library/collections/{smart.rating_key}/items"))
        assert (row["summary"], row["titleSort"], row["contentRating"]) == ("Young films.", "nineties", "PG")
        assert row["updatedAt"] == smart.updated_at
        base = f"/library/collections/{smart.rating_key}"
        assert row["thumb"] == f"{base}/composite/{smart.updated_at}?width=400&height=600"
        assert row["art"] == f"{base}/art/{smart.updated_at}"
        assert not [other for other in rows.values() if "smart" in other]


@pytest.mark.parametrize("name", ["items", "children"])
def test_members_come_in_pages(client, smart, name):
    path = f"/library/collections/{smart.rating_key}/{name}"
    every = client.keys(path)
    page = client.get(path, headers={"X-Plex-Container-Start": "3", "X-Plex-Container-Size": "4"})
    assert [row["ratingKey"] for row in page["Metadata"]] == every[3:7]
    assert (page["totalSize"], page["offset"], page["size"]) == (len(every), 3, 4)


def test_a_smart_collection_changes_without_a_stamp(client, sim, smart):
    before = row_of(client, smart.rating_key)
    outside = next(item for item in sim.library.items("movie") if (item.fields.get("year") or 9999) < 1989)
    sim.library.update(outside.rating_key, year=2001)
    assert str(outside.rating_key) in client.keys(f"/library/collections/{smart.rating_key}/items")
    after = row_of(client, smart.rating_key)
    assert after["childCount"] == before["childCount"] + 1
    assert after["updatedAt"] == before["updatedAt"]
    assert after["thumb"] == before["thumb"]


def test_a_smart_collection_of_episodes_in_a_show_section(client, sim):
    found = sim.library.add_collection(2, "Pilots", smart="type=4&episode.title=a")
    rows = client.get(f"/library/collections/{found.rating_key}/items")["Metadata"]
    assert {row["type"] for row in rows} == {"episode"}
    assert row_of(client, found.rating_key)["subtype"] == "episode"


def test_renaming_a_collection_stamps_no_member(client, sim, plain):
    keys = ",".join(map(str, plain.members))
    before = client.get(f"/library/metadata/{keys}")["Metadata"]
    stamp = plain.updated_at
    sim.library.set_collection(plain.rating_key, title="Renamed")
    after = client.get(f"/library/metadata/{keys}")["Metadata"]
    assert [row.get("updatedAt") for row in after] == [row.get("updatedAt") for row in before]
    assert all(row["Collection"][0]["tag"] == "Renamed" for row in after)
    assert plain.updated_at > stamp
    with pytest.raises(ValueError, match="no collection"):
        sim.library.set_collection(1, title="A film")


def test_a_chosen_poster_stays_through_other_changes_until_taken_away(client, sim, plain):
    base = f"/library/collections/{plain.rating_key}"
    assert row_of(client, plain.rating_key)["thumb"].startswith(base + "/composite/")
    assert "art" not in row_of(client, plain.rating_key)
    sim.library.set_collection(plain.rating_key, thumb=True, art=True)
    sim.library.set_collection(plain.rating_key, summary="New")
    row = row_of(client, plain.rating_key)
    assert (row["thumb"], row["art"]) == (f"{base}/thumb/{row['updatedAt']}", f"{base}/art/{row['updatedAt']}")
    for name in ("thumb", "art"):
        assert client.raw(row[name]).headers["Content-Type"] == "image/png"
    sim.library.set_collection(plain.rating_key, thumb=None, art=None)
    row = row_of(client, plain.rating_key)
    assert "/composite/" in row["thumb"]
    assert "art" not in row
    assert client.raw(row["thumb"]).headers["Content-Type"] == "image/png"
    url = f"/photo/:/transcode?url={row['thumb'].replace('?', '%3F').replace('&', '%26')}&width=40&height=60"
    assert client.raw(url).status_code == 200


def test_collections_with_plexapi(sim, smart, plain):
    sim.library.set_collection(smart.rating_key, summary="Young films.", thumb=True)
    section = PlexServer(sim.pms_url, sim.owner_token).library.section("Movies")
    found = {one.ratingKey: one for one in section.collections()}
    one = found[smart.rating_key]
    assert (one.smart, one.summary, one.childCount) == (True, "Young films.", len(one.items()))
    assert "/thumb/" in one.thumb
    assert one.filters()["libtype"] == "movie"
    assert not found[plain.rating_key].smart
    assert "/composite/" in found[plain.rating_key].thumb
    assert section.search(collection=plain.title)
