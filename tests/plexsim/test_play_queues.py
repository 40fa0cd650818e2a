"""Play queues of the simulated server: read by PlexAPI, and in the odd ways of a real one."""

from __future__ import annotations

import pytest
from plexapi.playqueue import PlayQueue
from plexapi.server import PlexServer

from tests.plexsim.conftest import Client
from tools.plexsim import Library, PlexSim, SimConfig


@pytest.fixture
def sim():
    library = Library.empty()
    show = library.add_show("The Show", library.add_section("show", "Shows").id)
    movies = library.add_section("movie", "Movies")
    for number in (1, 2):
        season = library.add_season(show.rating_key, number)
        for index in range(1, 31):
            library.add_episode(season.rating_key, index, f"{number}x{index}")
    films = [library.add_movie(title, movies.id) for title in ("One", "Two", "Three")]
    for film in films:
        library.add_extra(film.rating_key, f"Trailer of {film.title}")
    library.add_extra(films[2].rating_key, "Gag reel", "deletedScene")
    library.add_collection(films[0].section.id, "Both", members=[films[1].rating_key, films[0].rating_key])
    library.add_playlist("Mixed", [films[2].rating_key, next(library.items("episode")).rating_key])
    with PlexSim(library, SimConfig()) as running:
        yield running


@pytest.fixture
def client(sim):
    return Client(sim)


@pytest.fixture
def plex(sim):
    return PlexServer(sim.pms_url, sim.owner_token)


def _uri(sim, key):
    return f"server://{sim.machine_identifier}/com.plexapp.plugins.library/library/metadata/{key}"


def _create(client, **params):
    return client.raw("/playQueues", "POST", params=dict({"type": "video"}, **params))


def test_plexapi_plays_from_an_episode_on(plex):
    episode = plex.library.section("Shows").searchEpisodes(title="1x3")[0]
    queue = PlayQueue.create(plex, episode, continuous=True)
    assert queue.playQueueTotalCount == 60
    assert queue.selectedItem == episode
    assert [item.title for item in queue.items][:4] == ["1x1", "1x2", "1x3", "1x4"]
    assert len(queue.items) == 23, "the window: all before it, and twenty after it"
    assert not queue.playQueueShuffled


def test_plexapi_shuffles_a_show_and_reads_on(plex):
    show = plex.library.section("Shows").get("The Show")
    queue = PlayQueue.create(plex, show, shuffle=True)
    assert queue.playQueueShuffled
    assert queue.playQueueTotalCount == 60
    again = PlayQueue.get(plex, queue.playQueueID, window=100)
    titles = [item.title for item in again.items]
    assert len(set(titles)) == 60
    assert titles != sorted(titles)
    assert titles[: len(queue.items)] == [item.title for item in queue.items]


def test_plexapi_plays_a_collection_and_a_playlist(plex):
    collection = plex.library.section("Movies").collection("Both")
    assert [item.title for item in PlayQueue.create(plex, collection).items] == ["Two", "One"]
    assert [item.title for item in PlayQueue.create(plex, plex.playlist("Mixed")).items] == ["Three", "1x1"]


def test_the_window_after_an_entry_does_not_have_the_entry(client, sim):
    show = next(sim.library.items("show"))
    made = _create(client, uri=_uri(sim, show.rating_key)).json()["MediaContainer"]
    last = made["Metadata"][-1]["playQueueItemID"]
    assert made["size"] == 21
    assert made["playQueueTotalCount"] == 60
    page = client.get(f"/playQueues/{made['playQueueID']}?center={last}&window=10&includeBefore=0")
    assert [row["playQueueItemID"] for row in page["Metadata"]] == list(range(last + 1, last + 11))
    assert page["playQueueSelectedItemID"] == made["playQueueSelectedItemID"]


def test_a_report_moves_the_queue_on(client, sim):
    show = next(sim.library.items("show"))
    made = _create(client, uri=_uri(sim, show.rating_key)).json()["MediaContainer"]
    second = made["Metadata"][1]
    for entry, offset in ((second["playQueueItemID"], 1), (made["Metadata"][5]["playQueueItemID"], 1)):
        client.get(f"/:/timeline?ratingKey={second['ratingKey']}&state=playing&time=0&playQueueItemID={entry}")
        again = client.get(f"/playQueues/{made['playQueueID']}")
        assert again["playQueueSelectedItemOffset"] == offset, "an entry with another item is none"
    assert again["playQueueSelectedMetadataItemID"] == second["ratingKey"]


def test_trailers_come_before_a_film_only(client, sim):
    film = next(item for item in sim.library.items("movie") if item.title == "One")
    made = _create(client, uri=_uri(sim, film.rating_key), extrasPrefixCount=5).json()["MediaContainer"]
    rows = [(row["type"], row["title"]) for row in made["Metadata"]]
    assert rows == [("clip", "Trailer of Two"), ("clip", "Trailer of Three"), ("movie", "One")]
    assert made["playQueueSelectedItemOffset"] == 0
    for asked in ({}, {"extrasPrefixCount": 0}):
        assert _create(client, uri=_uri(sim, film.rating_key), **asked).json()["MediaContainer"]["size"] == 1
    episode = next(sim.library.items("episode"))
    assert _create(client, uri=_uri(sim, episode.rating_key), extrasPrefixCount=3).json()["MediaContainer"]["size"] == 1


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"uri": "nonsense"},
        {"uri": "server://another/com.plexapp.plugins.library/library/metadata/1"},
        {"uri": "library://x/item/%2Flibrary%2Fmetadata%2F1", "type": "film"},
        {"uri": "library://x/item/%2Flibrary%2Fmetadata%2F1", "key": "/library/metadata/999"},
        {"uri": "library://x/item/%2Flibrary%2Fmetadata%2F1", "extrasPrefixCount": "two"},
    ],
)
def test_what_makes_no_queue_is_refused(client, params):
    assert _create(client, **params).status_code == 400


def test_unknown_items_queues_and_entries(client, sim):
    assert _create(client, uri=_uri(sim, 4711)).status_code == 404
    assert _create(client, playlistID=4711).status_code == 404
    assert client.raw("/playQueues/1").status_code == 404
    show = next(sim.library.items("show"))
    made = _create(client, uri=_uri(sim, show.rating_key)).json()["MediaContainer"]
    assert client.raw(f"/playQueues/{made['playQueueID']}?center=1").status_code == 400
