"""Odd server behaviours that are switched on, ratings with their time, the Date header."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest
import requests
import websocket
from plexapi.server import PlexServer

from tests.plexsim.conftest import Client

LIST = "/library/sections/1/all?type=1"
MODERN = {"X-Plex-Pms-Api-Version": "1.2.0"}


def page(client, start, size, query=""):
    return client.get(
        LIST + query, headers={"X-Plex-Container-Start": str(start), "X-Plex-Container-Size": str(size)}
    )


@pytest.mark.parametrize("name", ["updatedAt", "addedAt", "lastViewedAt", "lastRatedAt"])
@pytest.mark.parametrize("form", ["{}>>=4000000000", "{}%3E=4000000000", "movie.{}>>=4000000000"])
def test_conditions_on_dates_may_be_ignored_or_give_nothing(client, sim, name, form):
    query = "&" + form.format(name)
    assert client.keys(LIST + query) == []
    sim.config.ignore_filters = "dates"
    assert len(client.keys(LIST + query)) == 60
    assert len(client.keys(LIST + f"&push=1{query}&or=1&addedAt>>=5000000000&pop=1")) == 60
    sim.config.ignore_filters = "empty"
    assert client.keys(LIST + f"&{name}>>=0") == []
    assert page(client, 0, 0, f"&{name}>>=0")["totalSize"] == 0
    assert len(client.keys(LIST)) == 60
    assert len(client.keys(LIST + "&unwatched=1")) == 60


def test_other_conditions_count_even_when_dates_do_not(client, sim):
    sim.config.ignore_filters = "dates"
    sim.library.scrobble(5)
    assert client.keys(LIST + "&unwatched=0&updatedAt>>=4000000000") == ["5"]
    sim.config.ignore_filters = ""
    assert client.keys(LIST + "&unwatched=0&updatedAt>>=4000000000") == []


def test_watched_items_may_come_without_a_count(client, sim):
    sim.library.scrobble(5)
    assert client.get("/library/metadata/5")["Metadata"][0]["viewCount"] == 1
    sim.config.watched_without_count = True
    for path in ("/library/metadata/5", LIST + "&unwatched=0", LIST + "&id=5&includeFields=viewCount"):
        (row,) = client.get(path, headers=MODERN)["Metadata"]
        assert "viewCount" not in row
    assert row["ratingKey"] == "5"
    assert client.get("/library/metadata/5")["Metadata"][0]["lastViewedAt"]
    movies = PlexServer(sim.pms_url, sim.owner_token).library.section("Movies")
    assert [item.ratingKey for item in movies.search(unwatched=False)] == [5]


def test_totals_may_be_missing_or_run_away(client, sim):
    sim.config.moving_total = 3
    assert [page(client, start, 10)["totalSize"] for start in (0, 10, 20, 30, 40)] == [61, 62, 63, 63, 63]
    assert page(client, 0, 0)["totalSize"] == 63
    sim.config.moving_total = 0
    assert page(client, 0, 10)["totalSize"] == 60
    assert len(PlexServer(sim.pms_url, sim.owner_token).library.section("Movies").all(container_size=7)) == 60
    sim.config.no_totals = True
    answer = client.raw(LIST, headers={"X-Plex-Container-Start": "0", "X-Plex-Container-Size": "10"})
    assert "totalSize" not in answer.json()["MediaContainer"]
    assert answer.json()["MediaContainer"]["size"] == 10
    assert "X-Plex-Container-Total-Size" not in answer.headers
    assert "X-Plex-Container-Total-Size" not in client.raw(LIST, "HEAD").headers


def test_listings_may_leave_out_what_is_asked_for(client, sim):
    sim.config.omit_fields = ["updatedAt", "guid"]
    asked = client.get(LIST + "&includeFields=ratingKey,updatedAt,guid,title", headers=MODERN)["Metadata"]
    assert not [row for row in asked if "updatedAt" in row or "guid" in row]
    assert "title" in asked[0]
    assert "guid" not in client.get("/library/sections/1/collections")["Metadata"][0]
    assert "guid" in client.get("/library/metadata/1")["Metadata"][0]
    sim.config.omit_fields = []
    assert "guid" in client.get(LIST)["Metadata"][0]


def test_switches_and_new_mutators_through_the_control_api(client, sim):
    def post(name, body):
        return requests.post(f"{sim.plex_tv_url}/__sim__/{name}", json=body, timeout=30).json()

    wanted = {"ignore_filters": "dates", "watched_without_count": True, "no_totals": True, "moving_total": 2,
              "omit_fields": ["year"]}  # fmt: skip
    assert post("config", wanted)["ok"]
    assert {name: getattr(sim.config, name) for name in wanted} == wanted
    clip = post("mutate", {"op": "add_extra", "args": {"rating_key": 1, "title": "Teaser"}})["item"]
    assert clip["type"] == "clip"
    assert post("mutate", {"op": "add_version", "args": {"rating_key": 2}})["ok"]
    episodes = [item.rating_key for item in sim.library.items("episode")]
    assert post("mutate", {"op": "share_file", "args": {"rating_key": episodes[0], "other_key": episodes[1]}})["ok"]
    assert post("mutate", {"op": "move", "args": {"rating_key": 3, "addedAt": 5}})["item"]["addedAt"] == 5
    collection = next(sim.library.items("collection")).rating_key
    assert post("mutate", {"op": "set_collection", "args": {"collection_key": collection, "title": "X"}})["ok"]
    assert post("mutate", {"op": "make_odd"})["ok"]
    assert not post("mutate", {"op": "move", "args": {"rating_key": 4, "section_id": 2}})["ok"]
    assert any(item.title == "Odd labels" for item in sim.library.items("movie"))


def test_ratings_carry_their_time_and_can_be_searched_by_it(client, sim):
    show = next(sim.library.items("show"))
    before = sim.clock.stamp()
    for key, section, kind in ((4, 1, 1), (show.rating_key, 2, 2)):
        sim.library.rate(key, 7)
        (row,) = client.get(f"/library/sections/{section}/all?type={kind}&lastRatedAt>>={before - 1}")["Metadata"]
        assert (row["ratingKey"], row["userRating"]) == (str(key), 7)
        assert row["lastRatedAt"] >= before
        assert client.keys(f"/library/sections/{section}/all?type={kind}&lastRatedAt>>={row['lastRatedAt']}") == []
    item = PlexServer(sim.pms_url, sim.owner_token).fetchItem(4)
    assert (item.userRating, item.lastRatedAt.timestamp() >= before) == (7, True)
    sim.library.rate(4, -1)
    row = client.get("/library/metadata/4")["Metadata"][0]
    assert not {"userRating", "lastRatedAt"} & set(row)
    assert client.keys(f"/library/sections/1/all?type=1&lastRatedAt>>={before - 1}") == []


def test_every_answer_tells_the_servers_time(client, sim):
    sim.clock.offset = 86_400 * 400
    sim.library.add_movie("New")
    part = sim.library.truth(1)["Media"][0]["Part"][0]["key"]
    answers = [client.raw(path) for path in ("/identity", LIST, "/nowhere", "/library/metadata/1", part)]
    answers += [client.raw("/library/metadata/1/thumb/1"), client.raw(LIST, "HEAD"), client.tv("/api/v2/user")]
    answers += [Client(sim, "wrong").raw("/library/sections"), Client(sim, "wrong").raw("/:/eventsource/notifications")]
    sim.faults.add("/identity", 503, times=1)
    answers.append(client.raw("/identity"))
    assert {answer.status_code for answer in answers} == {200, 401, 404, 503}
    for answer in answers:
        assert abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - sim.clock.now()) < 10
    url = sim.pms_url.replace("http", "ws", 1) + "/:/websockets/notifications?X-Plex-Token=" + sim.owner_token
    socket = websocket.create_connection(url, timeout=30)
    assert abs(parsedate_to_datetime(socket.headers["date"]).timestamp() - sim.clock.now()) < 10
    socket.close()


def test_a_folder_of_pictures_is_served_for_the_items_that_it_has(client, sim, tmp_path):
    (tmp_path / "3-art.jpg").write_bytes(b"drawn")
    sim.config.pictures = str(tmp_path)
    item = client.get("/library/metadata/3")["Metadata"][0]
    assert client.raw(item["art"]).content == b"drawn"
    assert client.raw("/photo/:/transcode?width=100&height=60&url=" + item["art"]).content == b"drawn"
    assert client.raw(item["thumb"]).content.startswith(b"\x89PNG")
