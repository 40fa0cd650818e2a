"""Listings: filters and their encodings, paging, field filters, truncation."""

from __future__ import annotations

import pytest

MODERN = {"X-Plex-Pms-Api-Version": "1.2.0"}


def total(client, query):
    return client.get(f"/library/sections/1/all?type=1&X-Plex-Container-Start=0&X-Plex-Container-Size=0&{query}")[
        "totalSize"
    ]


@pytest.fixture
def cutoff(sim):
    stamps = sorted(item.updated_at for item in sim.library.items("movie") if item.updated_at)
    return stamps[40]


@pytest.mark.parametrize("name", ["updatedAt>>=", "updatedAt%3E%3E=", "updatedAt%3E=", "updatedAt>="])
def test_date_filter_is_honoured_in_the_right_encodings_and_strict(client, sim, cutoff, name):
    expected = sum(1 for item in sim.library.items("movie") if (item.updated_at or 0) > cutoff)
    assert 0 < expected < 60
    assert total(client, f"{name}{cutoff}") == expected


@pytest.mark.parametrize("name", ["updatedAt%3E%3D=", "updatedAt%3E%3E%3D=", "nonsense>>=", "updatedAt>>%3D"])
def test_wrong_encoding_returns_the_whole_library_without_an_error(client, cutoff, name):
    assert total(client, f"{name}{cutoff}") == 60


def test_requests_params_with_operator_key_work_only_without_the_equals_sign(client, sim, cutoff):
    paged = {"type": 1, "X-Plex-Container-Start": 0, "X-Plex-Container-Size": 0}
    good = client.get("/library/sections/1/all", params=dict(paged, **{"updatedAt>>": cutoff}))
    bad = client.get("/library/sections/1/all", params=dict(paged, **{"updatedAt>=": cutoff}))
    assert good["totalSize"] < bad["totalSize"] == 60


def test_items_without_updated_at_never_match_but_or_with_added_at_finds_them(client, sim):
    odd = next(sim.library.items("movie"))
    sim.library.update(odd.rating_key, updatedAt=None, addedAt=1_759_999_999)
    key = str(odd.rating_key)
    assert key not in client.keys("/library/sections/1/all?type=1&updatedAt>>=0")
    both = "/library/sections/1/all?type=1&push=1&updatedAt>>=1759999998&or=1&addedAt>>=1759999998&pop=1"
    assert key in client.keys(both)
    anded = "/library/sections/1/all?type=1&updatedAt>>=1&addedAt>>=1759999998"
    assert key not in client.keys(anded)


def test_unwatching_leaves_no_trace_but_the_unwatched_filter(client, sim):
    key = next(sim.library.items("movie")).rating_key
    before = client.get(f"/library/metadata/{key}")["Metadata"][0]
    sim.library.scrobble(key)
    assert client.keys("/library/sections/1/all?type=1&unwatched=0") == [str(key)]
    assert client.keys("/library/sections/1/all?type=1&lastViewedAt>>=1") == [str(key)]
    sim.library.unscrobble(key)
    after = client.get(f"/library/metadata/{key}")["Metadata"][0]
    assert after == before
    assert client.keys("/library/sections/1/all?type=1&lastViewedAt>>=1") == []


def test_progress_and_rating_have_their_own_filters(client, sim):
    one, two = [item.rating_key for item in sim.library.items("movie")][:2]
    sim.library.set_progress(one, 600_000)
    sim.library.rate(two, 7)
    assert client.keys("/library/sections/1/all?type=1&viewOffset>>=0") == [str(one)]
    assert client.keys("/library/sections/1/all?type=1&inProgress=1") == [str(one)]
    assert client.keys("/library/sections/1/all?type=1&lastRatedAt>>=5") == [str(two)]
    assert client.get(f"/library/metadata/{two}")["Metadata"][0]["userRating"] == 7


def test_keyset_paging_through_the_hidden_id_field(client, sim):
    keys = [str(item.rating_key) for item in sim.library.items("movie")]
    query = "/library/sections/1/all?type=1&sort=id&id>>={}&X-Plex-Container-Start=0&X-Plex-Container-Size=25"
    assert client.keys(query.format(0)) == keys[:25]
    assert client.keys(query.format(keys[24])) == keys[25:50]


def test_paging_needs_start_and_size_and_tells_the_total(client):
    path = "/library/sections/1/all?type=1&sort=id"
    assert "totalSize" not in client.get(path)
    ignored = client.get(path, headers={"X-Plex-Container-Size": "10"})
    assert ignored["size"] == 60
    answer = client.raw(path, headers={"X-Plex-Container-Start": "55", "X-Plex-Container-Size": "10"})
    container = answer.json()["MediaContainer"]
    assert (container["size"], container["totalSize"], container["offset"]) == (5, 60, 55)
    assert answer.headers["X-Plex-Container-Total-Size"] == "60"
    assert answer.headers["X-Plex-Container-Start"] == "55"
    beyond = client.get(path + "&X-Plex-Container-Start=100&X-Plex-Container-Size=10")
    assert (beyond["size"], beyond["totalSize"]) == (0, 60)
    assert "Metadata" not in beyond
    assert client.get(path + "&X-Plex-Container-Size=0")["totalSize"] == 60


@pytest.mark.parametrize("order,field", [("updatedAt", "updatedAt"), ("addedAt", "addedAt")])
def test_sorting_and_its_reverse(client, order, field):
    up = [row.get(field, 0) for row in client.get(f"/library/sections/1/all?type=1&sort={order}")["Metadata"]]
    down = [row.get(field, 0) for row in client.get(f"/library/sections/1/all?type=1&sort={order}:desc")["Metadata"]]
    assert up == sorted(up)
    assert down == sorted(up, reverse=True)


def test_only_a_version_header_makes_include_fields_narrow(client):
    query = "/library/sections/1/all?type=1&includeFields=updatedAt,addedAt&includeElements=None"
    fat = client.get(query)["Metadata"][0]
    slim = client.get(query, headers=MODERN)["Metadata"][0]
    assert "title" in fat
    assert "Media" in fat
    assert set(slim) <= {"ratingKey", "key", "guid", "type", "updatedAt", "addedAt"}


def test_exclude_lists_work_in_every_version(client):
    row = client.get("/library/sections/1/all?type=1&excludeElements=Media,Role,Genre&excludeFields=summary")[
        "Metadata"
    ][0]
    assert "title" in row
    assert not {"Media", "Role", "Genre", "summary"} & set(row)


def test_listing_is_cut_and_metadata_is_complete(client, sim):
    for row in client.get("/library/sections/1/all?type=1")["Metadata"]:
        full = client.get(f"/library/metadata/{row['ratingKey']}")["Metadata"][0]
        assert len(row["Role"]) <= 3 < len(full["Role"])
        assert all(list(tag) == ["tag"] for tag in row["Role"] + row["Genre"])
        assert len(row["Genre"]) <= 2
        assert "Guid" not in row
        assert ("Guid" in full) == row["guid"].startswith("plex://")
        assert "Stream" not in row["Media"][0]["Part"][0]
        assert full["Media"][0]["Part"][0]["Stream"]
        assert "Marker" not in full
        assert full == sim.library.truth(row["ratingKey"])
    asked = client.get("/library/metadata/1?includeMarkers=1&includeChapters=1")["Metadata"][0]
    assert asked["Marker"]
    assert asked["Chapter"]
    assert client.get("/library/sections/1/all?type=1&includeGuids=1")["Metadata"][0]["Guid"]
    streams = client.get("/library/sections/1/all?type=1&includeElements=Stream")["Metadata"][0]
    assert streams["Media"][0]["Part"][0]["Stream"]


def test_missing_ids_are_left_out_and_none_at_all_is_404(client):
    assert client.keys("/library/metadata/1,2,999999") == ["1", "2"]
    answer = client.raw("/library/metadata/999998,999999")
    assert answer.status_code == 404
    assert "<h1>404 Not Found</h1>" in answer.text


def test_hierarchy(client, sim):
    show = next(sim.library.items("show"))
    seasons = client.get(f"/library/metadata/{show.rating_key}/children")["Metadata"]
    assert [row["ratingKey"] for row in seasons] == [str(child.rating_key) for child in show.children]
    leaves = client.keys(f"/library/metadata/{show.rating_key}/allLeaves")
    assert leaves == client.keys(f"/library/metadata/{show.rating_key}/grandchildren")
    row = client.get(f"/library/metadata/{show.rating_key}")["Metadata"][0]
    assert row["leafCount"] == len(leaves)
    episode = client.get(f"/library/metadata/{leaves[0]}")["Metadata"][0]
    assert episode["grandparentRatingKey"] == str(show.rating_key)
    assert episode["grandparentThumb"] == row["thumb"]
    in_show = client.keys(f"/library/sections/2/all?type=4&show.id={show.rating_key}")
    assert sorted(in_show) == sorted(leaves)


def test_adding_an_episode_does_not_stamp_its_show(client, sim):
    show = next(sim.library.items("show"))
    before = client.get(f"/library/metadata/{show.rating_key}")["Metadata"][0]
    sim.library.add_episode(show.children[-1].rating_key, 99)
    after = client.get(f"/library/metadata/{show.rating_key}")["Metadata"][0]
    assert after["leafCount"] == before["leafCount"] + 1
    assert after.get("updatedAt") == before.get("updatedAt")


def test_collections_plain_and_smart(client, sim):
    plain, *_ = sim.library.items("collection")
    smart = sim.library.add_collection(1, "Since the nineties", smart="type=1&year>>=1989&sort=year")
    listed = client.get("/library/sections/1/collections")["Metadata"]
    assert listed == client.get("/library/sections/1/all?type=18&sort=id")["Metadata"]
    assert {row["ratingKey"] for row in listed} >= {str(plain.rating_key), str(smart.rating_key)}
    assert client.keys(f"/library/collections/{plain.rating_key}/items") == [str(key) for key in plain.members]
    years = [row["year"] for row in client.get(f"/library/collections/{smart.rating_key}/children")["Metadata"]]
    assert years
    assert years == sorted(years)
    assert min(years) > 1989
    member = client.get(f"/library/metadata/{plain.members[0]}")["Metadata"][0]
    assert plain.title in [tag["tag"] for tag in member["Collection"]]
    sim.library.remove_from_collection(plain.rating_key, plain.members[0])
    assert client.get(f"/library/collections/{plain.rating_key}")["Metadata"][0]["childCount"] == len(plain.members)


def test_oddities_exist_and_can_be_left_out():
    from tools.plexsim import Library

    odd = Library.generate(seed=1, movies=800, shows=40)
    items = list(odd.items())
    assert any(item.updated_at is None for item in items)
    assert any(item.updated_at and item.updated_at < (item.added_at or 0) for item in items)
    assert any((item.fields.get("audienceRating") or 0) > 10 for item in items)
    assert any("year" not in item.fields for item in odd.items("movie"))
    assert any(item.fields.get("index") == 0 for item in odd.items("season"))
    transfers, versions, parts = set(), 0, 0
    for item in odd.items("movie"):
        medias = odd.stored(item)["Media"]
        versions += len(medias) > 1
        parts += len(medias[0]["Part"]) > 1
        stream = medias[0]["Part"][0]["Stream"][0]
        transfers.add((stream["colorTrc"], "DOVIPresent" in stream))
    assert versions
    assert parts
    assert {("smpte2084", False), ("arib-std-b67", False), ("smpte2084", True), ("bt709", False)} <= transfers
    clean = Library.generate(seed=1, movies=300, shows=10, oddities=False)
    dated = [item for item in clean.items() if item.type != "collection"]
    assert all(item.updated_at and item.updated_at >= (item.added_at or 0) for item in dated)


def test_rows_never_go_stale(client, sim):
    collection = next(sim.library.items("collection"))
    member = collection.members[0]

    def tags():
        return [tag["tag"] for tag in client.get(f"/library/metadata/{member}")["Metadata"][0].get("Collection", [])]

    assert tags() == [collection.title]
    sim.library.update(collection.rating_key, title="Renamed")
    assert tags() == ["Renamed"]
    sim.library.delete(collection.rating_key)
    assert tags() == []
    show = next(sim.library.items("show"))
    episode = list(show.leaves())[-1].rating_key
    before = client.get(f"/library/metadata/{episode}")["Metadata"][0]
    sim.library.update(show.rating_key, title="Another name")
    after = client.get(f"/library/metadata/{episode}")["Metadata"][0]
    assert after["grandparentTitle"] == "Another name"
    assert after["grandparentThumb"] != before["grandparentThumb"]
    assert after.get("updatedAt") == before.get("updatedAt")
