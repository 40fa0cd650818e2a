"""Playlists, collections and matches are changed as python-plexapi does it, and nothing else is accepted."""

from __future__ import annotations

from typing import Any

import pytest
from plexapi.exceptions import BadRequest
from plexapi.server import PlexServer

from tools.plexsim import OWNER


@pytest.fixture
def plex(sim):
    return PlexServer(sim.pms_url, sim.owner_token)


def members(sim: Any, key: int) -> list[int]:
    return sim.library.playlists[key].members


def test_a_playlist_is_made_changed_and_deleted(plex, sim):
    films = plex.library.section("Movies").all()[:5]
    made = plex.createPlaylist("Evening 🎬", items=films[:3])
    keys = [film.ratingKey for film in films]
    assert members(sim, made.ratingKey) == keys[:3]
    made.addItems(films[3:])
    made.addItems(films[0])
    assert members(sim, made.ratingKey) == [*keys, keys[0]], "the same item may be there twice"
    made.reload()
    made.removeItems(films[1])
    made.reload()
    made.moveItem(films[4], after=films[2])
    made.reload()
    made.moveItem(films[3])
    assert members(sim, made.ratingKey) == [keys[3], keys[0], keys[2], keys[4], keys[0]]
    before = made.reload().updatedAt
    made.editTitle("Night").editSummary("late")
    made.reload()
    assert (made.title, made.summary, made.leafCount) == ("Night", "late", 5)
    assert made.updatedAt > before
    made.delete()
    assert plex.playlists() == []


def test_a_show_in_a_playlist_is_its_episodes(plex, sim):
    show = plex.library.section("TV Shows").all()[0]
    made = plex.createPlaylist("Series", items=[plex.library.section("Movies").all()[0]])
    made.addItems(show)
    assert members(sim, made.ratingKey)[1:] == [episode.ratingKey for episode in show.episodes()]


def test_places_in_a_playlist_have_ids_of_their_own(plex, sim, client):
    film = plex.library.section("Movies").all()[0]
    made = plex.createPlaylist("Twice", items=[film, film])
    rows = client.get(f"/playlists/{made.ratingKey}/items")["Metadata"]
    assert len({row["playlistItemID"] for row in rows}) == 2
    fields = {"includeFields": "title", "excludeElements": "Media"}
    short = client.get(f"/playlists/{made.ratingKey}/items", params=fields, headers={"X-Plex-Pms-Api-Version": "1.0.0"})
    assert "playlistItemID" not in short["Metadata"][0], "it has to be asked for like every field"
    paged = client.get(
        f"/playlists/{made.ratingKey}/items", params={"X-Plex-Container-Start": 1, "X-Plex-Container-Size": 1}
    )
    assert [row["playlistItemID"] for row in paged["Metadata"]] == [rows[1]["playlistItemID"]]
    assert paged["totalSize"] == 2


def test_a_smart_playlist_is_not_edited(plex, sim, client):
    smart = sim.library.add_playlist("Old", smart=(1, "type=1&year<<=1950"))
    uri = f"server://{sim.machine_identifier}/com.plexapp.plugins.library/library/metadata/1"
    assert client.raw(f"/playlists/{smart.rating_key}/items", "PUT", params={"uri": uri}).status_code == 400
    assert client.raw(f"/playlists/{smart.rating_key}/items/501", "DELETE").status_code == 400


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "1",
        "/library/metadata/1",
        "server://another/com.plexapp.plugins.library/library/metadata/1",
        "server://{}/com.plexapp.plugins.library/library/metadata/4711",
        "server://{}/tv.plex.provider/library/metadata/1",
    ],
)
def test_only_items_of_this_server_can_be_added(sim, client, uri):
    made = sim.library.add_playlist("Evening", [1])
    query = {"uri": uri.format(sim.machine_identifier)}
    assert client.raw(f"/playlists/{made.rating_key}/items", "PUT", params=query).status_code == 400
    assert members(sim, made.rating_key) == [1]


def test_what_is_not_there_is_not_found(sim, client):
    made = sim.library.add_playlist("Evening", [1])
    other = sim.library.add_playlist("Of another user", [1], user=99)
    assert client.raw(f"/playlists/{made.rating_key}/items/1", "DELETE").status_code == 404
    assert client.raw(f"/playlists/{made.rating_key}/items/1/move", "PUT").status_code == 404
    assert client.raw(f"/playlists/{other.rating_key}", "DELETE").status_code == 404
    assert client.raw("/playlists?title=Nameless", "POST").status_code == 400


def test_changes_of_playlists_are_pushed_as_items_of_no_section(plex, sim):
    film = plex.library.section("Movies").all()[0]
    made = plex.createPlaylist("Evening", items=[film])
    made.delete()
    told = [entry["payload"] for entry in sim.events.history if entry["type"] == "timeline"]
    ours = [entry for entry in told if int(entry["itemID"]) == made.ratingKey]
    assert [(entry["type"], entry["state"], int(entry["sectionID"])) for entry in ours] == [
        (15, 0, -1), (15, 5, -1), (15, 9, -1)]


def test_a_collection_is_made_changed_and_deleted(plex, sim):
    section = plex.library.section("Movies")
    films = section.all()[:3]
    made = section.createCollection("Best of", items=films[:2])
    assert [item.ratingKey for item in made.items()] == [film.ratingKey for film in films[:2]]
    made.addItems(films[2])
    made.reload().removeItems(films[0])
    assert sim.library.need(made.ratingKey).members == [film.ratingKey for film in films[1:]]
    with pytest.raises(BadRequest):
        made.removeItems(films[0])
    made.delete()
    assert sim.library.get(made.ratingKey) is None
    assert sim.library.get(films[1].ratingKey) is not None


def test_only_the_owner_edits_collections_and_matches(sim, client):
    guest = sim.accounts.add_user("Guest")
    token = sim.accounts.issue(guest.id, "guest-client", "server")
    key = next(sim.library.items("collection")).rating_key
    answers = [
        client.raw(f"/library/collections/{key}/items/1", "DELETE", headers={"X-Plex-Token": token}),
        client.raw("/library/collections?type=1&title=x&sectionId=1", "POST", headers={"X-Plex-Token": token}),
        client.raw("/library/metadata/1/matches?manual=1", headers={"X-Plex-Token": token}),
        client.raw("/library/metadata/1/match?guid=plex://movie/1", "PUT", headers={"X-Plex-Token": token}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert "augmentationKey" not in client.get(
        "/library/metadata/1?asyncAugmentMetadata=1", headers={"X-Plex-Token": token})


def test_an_item_is_matched_with_another_work(plex, sim, client):
    film = plex.library.section("Movies").all()[0]
    work = sim.library.add_work("Quite another film", 1931)
    assert [(one.name, one.score) for one in film.matches()] == [(film.title, 100)]
    found = film.matches(title="another", year="")
    assert [(one.guid, one.name, one.year) for one in found] == [(work.guid, work.name, "1931")]
    film.fixMatch(found[0])
    film.reload()
    assert (film.guid, film.title, film.year) == (work.guid, work.name, 1931)
    film.unmatch()
    assert film.reload().guid.startswith("local://")
    episode = next(sim.library.items("episode"))
    assert client.raw(f"/library/metadata/{episode.rating_key}/matches?manual=1").status_code == 400


def test_an_item_is_augmented_once_the_owner_waited_for_it(sim, client):
    sim.library.add_online_extra(1, "From the cloud")
    titles = [row["title"] for row in client.get("/library/metadata/1/extras").get("Metadata", [])]
    assert "From the cloud" not in titles
    assert "augmentationKey" not in client.get("/library/metadata/1,2?asyncAugmentMetadata=1")
    key = client.get("/library/metadata/1?asyncAugmentMetadata=1")["augmentationKey"]
    assert client.raw(key + "?wait=1").status_code == 204
    titles = [row["title"] for row in client.get("/library/metadata/1/extras")["Metadata"]]
    assert "From the cloud" in titles
    assert client.raw("/library/metadata/augmentations/77?wait=1").status_code == 404
    assert sim.library.truth(1, OWNER)
