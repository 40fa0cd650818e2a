"""Watch state over HTTP, Continue Watching, events, media bytes."""

from __future__ import annotations

import json
import threading
import time
import zlib

import pytest
import requests
import websocket

MARK = "identifier=com.plexapp.plugins.library&key="


def timeline(client, key, state, ms, method="POST"):
    path = f"/:/timeline?ratingKey={key}&key=/library/metadata/{key}&state={state}&time={ms}&duration=1"
    answer = client.raw(path, method)
    assert answer.status_code == 200
    return answer.json()["MediaContainer"]


def continuing(client, extra=""):
    return client.keys("/hubs/continueWatching/items" + extra)


def test_timeline_from_start_to_end(client, sim):
    movie = next(item for item in sim.library.items("movie") if item.duration)
    key = str(movie.rating_key)
    stamp = movie.updated_at
    assert timeline(client, key, "playing", 60_000)["viewOffset"] == 0
    assert continuing(client) == []
    assert timeline(client, key, "paused", 300_000, "GET")["viewOffset"] == 300_000
    assert continuing(client) == [key]
    sessions = client.get("/status/sessions")["Metadata"]
    assert [(row["ratingKey"], row["Player"]["state"]) for row in sessions] == [(key, "paused")]
    near_end = movie.duration * 92 // 100
    done = timeline(client, key, "playing", near_end)
    assert (done["viewCount"], done["viewOffset"]) == (1, 0)
    assert timeline(client, key, "stopped", near_end + 1000)["viewCount"] == 1
    assert continuing(client) == []
    assert "Metadata" not in client.get("/status/sessions")
    row = client.get(f"/library/metadata/{key}")["Metadata"][0]
    assert row["viewCount"] == 1
    assert "viewOffset" not in row
    assert row.get("updatedAt") == stamp
    assert client.raw("/:/timeline?ratingKey=1&state=dancing&time=1", "POST").status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_marking_a_show_marks_its_episodes(client, sim, method):
    show = next(sim.library.items("show"))
    leaves = [str(leaf.rating_key) for leaf in show.leaves()]
    answer = client.raw(f"/:/scrobble?{MARK}{show.rating_key}", method)
    assert (answer.status_code, answer.content) == (200, b"")
    row = client.get(f"/library/metadata/{show.rating_key}")["Metadata"][0]
    assert row["viewedLeafCount"] == row["leafCount"] == len(leaves)
    client.raw(f"/:/unscrobble?{MARK}{show.children[0].rating_key}", method)
    row = client.get(f"/library/metadata/{show.rating_key}")["Metadata"][0]
    assert row["viewedLeafCount"] == len(leaves) - len(show.children[0].children)
    assert client.raw(f"/:/scrobble?{MARK}999999", method).status_code == 404


def test_who_sees_what_a_request_has_changed_finds_it_in_the_log(client, sim):
    found = []

    def changed(kind, payload):
        if kind == "watch":
            reader.start()
            reader.join(0.2)  # it waits until the request that is carried out right now is written down

    reader = threading.Thread(target=lambda: found.extend(sim.requests.find("/:/scrobble")))
    sim.library.listeners.append(changed)
    client.raw(f"/:/scrobble?{MARK}1")
    reader.join(20)
    assert [entry.status for entry in found] == [200]


def test_continue_watching_moves_on_from_episode_to_episode(client, sim):
    show = next(show for show in sim.library.items("show") if show.children[0].fields["index"] == 1)
    episodes = [str(leaf.rating_key) for leaf in show.leaves()]
    movie = str(next(sim.library.items("movie")).rating_key)
    sim.library.set_progress(movie, 500_000)
    sim.clock.advance(10)
    sim.library.scrobble(episodes[0])
    assert continuing(client) == [episodes[1], movie]
    sim.clock.advance(10)
    sim.library.set_progress(episodes[2], 90_000)
    assert continuing(client) == [episodes[2], movie]
    sim.clock.advance(10)
    sim.library.scrobble(episodes[2])
    assert continuing(client) == [episodes[3], movie]
    assert continuing(client, "?contentDirectoryID=1") == [movie]
    assert client.keys("/library/onDeck") == [episodes[3], movie]
    hub = client.get("/hubs/continueWatching?count=1")["Hub"][0]
    assert (hub["hubIdentifier"], hub["size"], hub["more"]) == ("home.continue", 1, True)
    assert hub["hubKey"] == "/library/metadata/" + episodes[3]
    assert client.get("/hubs")["Hub"][0]["hubIdentifier"] == "home.continue"
    slim = client.get(
        "/hubs/continueWatching?includeFields=title&includeElements=x", headers={"X-Plex-Pms-Api-Version": "1.2.0"}
    )
    assert set(slim["Hub"][0]["Metadata"][0]) == {"ratingKey", "key", "guid", "type", "title"}
    assert client.raw(f"/actions/removeFromContinueWatching?ratingKey={episodes[3]}", "PUT").status_code == 200
    assert continuing(client) == [movie]
    sim.clock.advance(10)
    sim.library.scrobble(episodes[3])
    assert continuing(client) == [episodes[4], movie]


def test_watch_state_belongs_to_the_user_and_to_the_guid(client, sim):
    from tests.plexsim.conftest import Client

    child = sim.accounts.add_user("Kid", restricted=True, sections=[1])
    kid = Client(sim, sim.accounts.issue(child.id, "kid", "server"))
    copy = sim.library.add_movie("Copy", guid=next(sim.library.items("movie")).guid)
    client.raw(f"/:/scrobble?{MARK}1")
    assert client.get(f"/library/metadata/{copy.rating_key}")["Metadata"][0]["viewCount"] == 1
    assert "viewCount" not in kid.get("/library/metadata/1")["Metadata"][0]
    assert [row["key"] for row in kid.get("/library/sections")["Directory"]] == ["1"]
    assert kid.raw("/library/sections/2/all").status_code == 404
    assert kid.raw("/:/prefs").status_code == 403


def test_rating_and_progress(client):
    client.raw(f"/:/rate?{MARK}1&rating=8", "PUT")
    assert client.get("/library/metadata/1")["Metadata"][0]["userRating"] == 8
    client.raw(f"/:/rate?{MARK}1&rating=-1", "PUT")
    assert "userRating" not in client.get("/library/metadata/1")["Metadata"][0]
    client.raw(f"/:/progress?{MARK}1&time=0&state=stopped")
    assert "viewOffset" not in client.get("/library/metadata/1")["Metadata"][0]
    client.raw(f"/:/progress?{MARK}1&time=123456&state=stopped")
    assert client.get("/library/metadata/1")["Metadata"][0]["viewOffset"] == 123456


def listen(sim, path="/:/websockets/notifications", query=""):
    url = sim.pms_url.replace("http", "ws") + f"{path}?X-Plex-Token={sim.owner_token}{query}"
    socket = websocket.create_connection(url, timeout=30)
    for _ in range(100):
        if sim.events.listeners:
            break
        time.sleep(0.01)
    return socket


def test_changes_are_pushed_and_ids_come_as_numbers_and_text(client, sim):
    socket = listen(sim)
    added = sim.library.add_movie("Pushed")
    sim.library.delete(added.rating_key)
    frames = [json.loads(socket.recv())["NotificationContainer"] for _ in range(3)]
    assert [frame["type"] for frame in frames] == ["timeline"] * 3
    entries = [frame["TimelineEntry"][0] for frame in frames]
    assert [entry["state"] for entry in entries] == [0, 5, 9]
    assert {int(entry["itemID"]) for entry in entries} == {added.rating_key}
    assert {type(entry["itemID"]) for entry in entries} == {int, str}
    timeline(client, 1, "playing", 70_000)
    frames = [json.loads(socket.recv())["NotificationContainer"] for _ in range(2)]
    playing = frames[1]["PlaySessionStateNotification"][0]
    assert (playing["state"], playing["viewOffset"], playing["ratingKey"]) == ("playing", 70_000, "1")
    socket.close()


def test_filters_narrow_notifications_and_a_token_is_needed(client, sim):
    socket = listen(sim, "/:/websocket/notifications", "&filters=playing")
    sim.library.scrobble(1)
    timeline(client, 2, "playing", 70_000)
    assert json.loads(socket.recv())["NotificationContainer"]["type"] == "playing"
    socket.close()
    assert requests.get(sim.pms_url + "/:/websockets/notifications", timeout=30).status_code == 401


def test_event_stream(client, sim):
    with client.raw("/:/eventsource/notifications?filters=timeline", stream=True) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b"event: ping"
        sim.library.scrobble(1)
        text = [line for line in (next(lines) for _ in range(4)) if line]
        assert text[1] == b"event: timeline"
        assert json.loads(text[2][6:])["TimelineEntry"]["title"]


def test_part_ranges_pictures_and_subtitles(client, sim):
    media = client.get("/library/metadata/1")["Metadata"][0]
    part = media["Media"][0]["Part"][0]
    whole = client.raw(part["key"])
    assert (whole.status_code, len(whole.content)) == (200, sim.config.part_bytes)
    some = client.raw(part["key"], headers={"Range": "bytes=1000-1999"})
    assert (some.status_code, some.headers["Content-Range"]) == (206, f"bytes 1000-1999/{len(whole.content)}")
    assert some.content == whole.content[1000:2000]
    assert client.raw(part["key"], headers={"Range": "bytes=-10"}).content == whole.content[-10:]
    assert client.raw(part["key"], headers={"Range": "bytes=99999999-"}).status_code == 416
    head = client.raw(part["key"], "HEAD")
    assert (head.headers["Content-Length"], head.content) == (str(len(whole.content)), b"")
    for path in (media["thumb"], media["art"], f"/photo/:/transcode?url={media['thumb']}&width=80&height=120"):
        picture = client.raw(path)
        assert picture.headers["Content-Type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
    assert client.raw("/photo/:/transcode?url=/library/metadata/99999/thumb/1&width=8&height=8").status_code == 404
    streams = [stream for row in client.get("/library/metadata/" + ",".join(map(str, range(1, 40))))["Metadata"]
               for stream in row["Media"][0]["Part"][0]["Stream"] if "key" in stream]  # fmt: skip
    assert "-->" in client.raw(streams[0]["key"] + ".srt").text


def test_stream_selection(client, sim):
    for item in sim.library.items("movie"):
        part = client.get(f"/library/metadata/{item.rating_key}")["Metadata"][0]["Media"][0]["Part"][0]
        audio = [stream["id"] for stream in part["Stream"] if stream["streamType"] == 2]
        if len(audio) > 1:
            break
    assert client.raw(f"/library/parts/{part['id']}?audioStreamID={audio[1]}&allParts=1", "PUT").status_code == 200
    part = client.get(f"/library/metadata/{item.rating_key}")["Metadata"][0]["Media"][0]["Part"][0]
    assert [stream["id"] for stream in part["Stream"] if stream.get("selected")] == [audio[1]]
    assert client.raw(f"/library/parts/{part['id']}?audioStreamID=1", "PUT").status_code == 400


def test_gzip_is_one_valid_member_with_the_same_bytes(client):
    path = "/library/metadata/" + ",".join(map(str, range(1, 60)))
    plain = client.raw(path, headers={"Accept-Encoding": "identity"})
    packed = client.raw(path, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    raw = packed.raw.read(decode_content=False)
    engine = zlib.decompressobj(31)
    assert engine.decompress(raw) == plain.content
    assert engine.eof
    assert not engine.unused_data
    assert len(raw) < len(plain.content) / 2


def test_play_queue_and_decision(client, sim):
    show = next(sim.library.items("show"))
    second = list(show.leaves())[1]
    uri = f"server://{sim.machine_identifier}/com.plexapp.plugins.library/library/metadata/{second.rating_key}"
    queue = client.raw("/playQueues", "POST", params={"type": "video", "uri": uri, "continuous": 1}).json()[
        "MediaContainer"
    ]
    assert queue["playQueueSelectedMetadataItemID"] == str(second.rating_key)
    again = client.get(f"/playQueues/{queue['playQueueID']}")
    assert [row["playQueueItemID"] for row in again["Metadata"]][1] == queue["playQueueSelectedItemID"]
    decision = client.get(f"/video/:/transcode/universal/decision?path=/library/metadata/{second.rating_key}")
    assert decision["generalDecisionCode"] == 1000
