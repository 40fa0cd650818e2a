"""The simulated transcoder is as strict as servers were seen to be, and an independent client can use it."""

from __future__ import annotations

import re
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from plexapi.server import PlexServer

from tools.plexsim.formats import mpegts
from tools.plexsim.formats.mpegts import NULL_PACKET
from tools.plexsim.pms.encoder import SECONDS

BASE = "/video/:/transcode/universal/"
TARGET = (
    "add-transcode-target(type=videoProfile&context=streaming&protocol=hls&container=mpegts"
    "&videoCodec=h264&audioCodec=aac&replace=true)"
)


@pytest.fixture
def movie(sim):
    return next(item for item in sim.library.items("movie") if item.duration and len(sim.library.medias(item)) == 1)


def params(movie, **more):
    return {
        "path": f"/library/metadata/{movie.rating_key}",
        "protocol": "hls",
        "directPlay": "0",
        "session": "one",
        "X-Plex-Client-Profile-Name": "Generic",
        "X-Plex-Client-Profile-Extra": TARGET,
        **more,
    }


def status(client, what, asked, **headers):
    return client.raw(BASE + what, params=asked, headers=headers).status_code


def started(client, movie, **more):
    """Return the path of the running session's segments."""
    asked = params(movie, **more)
    assert client.get(BASE + "decision", params=asked)["generalDecisionCode"] == 1001
    text = client.raw(BASE + "start.m3u8", params=asked).text
    found = re.search(r"^(session/.*/)index\.m3u8$", text, re.MULTILINE)
    assert found
    return BASE + found.group(1)


def test_plexapi_plays_what_was_decided(sim, movie):
    plex = PlexServer(sim.pms_url, sim.owner_token)
    video = plex.fetchItem(movie.rating_key)
    url = video.getStreamURL(maxVideoBitrate=2000, videoResolution="1280x720", session="plexapi", directPlay=0)
    identity = {"X-Plex-Client-Identifier": "plexapi"}
    assert requests.get(url, headers=identity, timeout=30).status_code == 400  # nothing was decided
    decision = requests.get(url.replace("start.m3u8", "decision"), headers=identity, timeout=30)
    assert 'generalDecisionCode="1001"' in decision.text
    playlist = requests.get(url, headers=identity, timeout=30).text
    assert "RESOLUTION=1280x720" in playlist
    token = {"X-Plex-Token": sim.owner_token}
    media = requests.get(sim.pms_url + BASE + playlist.splitlines()[-1], headers=token, timeout=30)
    assert media.text.count("#EXTINF") == -(-movie.duration // int(SECONDS * 1000))
    requests.get(
        f"{sim.pms_url}/:/timeline?ratingKey={movie.rating_key}&state=playing&time=1000",
        headers={**token, **identity},
        timeout=30,
    )
    (row,) = plex.sessions()
    assert row.transcodeSession is None  # its reports name no session


def test_plexapi_sees_and_stops_a_transcode(sim, client, movie):
    started(client, movie, **{"X-Plex-Session-Identifier": "playback"})
    report = f"/:/timeline?ratingKey={movie.rating_key}&state=playing&time=1000&X-Plex-Session-Identifier=playback"
    client.get(report)
    plex = PlexServer(sim.pms_url, sim.owner_token)
    (row,) = plex.sessions()
    assert row.transcodeSession.key == "/transcode/sessions/one"
    assert row.transcodeSession.videoDecision == "transcode"
    assert [one.key for one in plex.transcodeSessions()] == ["/transcode/sessions/one"]
    row.stop("Bedtime")
    answer = client.get(report)
    assert answer["terminationCode"] == 2006
    assert answer["terminationText"] == "Admin terminated playback with reason: Bedtime"
    assert plex.transcodeSessions() == []


@pytest.mark.parametrize(
    "odd",
    [
        {"path": "http://plex.example/library/metadata/1"},
        {"path": "library/metadata/1"},
        {"protocol": "rtmp"},
        {"subtitles": "please"},
        {"videoResolution": "720p"},
        {"mediaIndex": "7"},
        {"offset": "soon"},
        {"transcodeSessionId": "two"},
        {"X-Plex-Client-Profile-Name": "Unheard"},
        {"X-Plex-Client-Profile-Extra": "add-everything(type=videoProfile)"},
        {"X-Plex-Client-Profile-Extra": "add-limitation(scope=videoCodec&scopeName=h264&type=upperBound&value=8)"},
        {"X-Plex-Client-Profile-Extra": "add-limitation(scope=x&scopeName=h264&type=upperBound&name=y&value=8)"},
        {"X-Plex-Client-Profile-Extra": TARGET + "+"},
    ],
)
def test_what_it_does_not_understand_it_refuses(client, movie, odd):
    assert status(client, "decision", {**params(movie), **odd}) == 400


def test_the_profile_must_be_named_in_the_query(client, movie):
    asked = params(movie)
    name = asked.pop("X-Plex-Client-Profile-Name")
    assert status(client, "decision", asked, **{"X-Plex-Client-Profile-Name": name}) == 400


def test_start_must_ask_for_what_was_decided(client, movie):
    asked = params(movie)
    assert status(client, "start.m3u8", asked) == 400
    assert status(client, "decision", asked) == 200
    assert status(client, "start.m3u8", {**asked, "offset": "300"}) == 400
    assert status(client, "start.m3u8", asked) == 200


def test_segments_begin_where_the_encoder_did(client, sim, movie):
    base = started(client, movie, offset="400")
    assert client.raw(base + "00100.ts").status_code == 404  # before the playlist there is none
    text = client.raw(base + "index.m3u8").text
    assert text.count("#EXTINF") * SECONDS >= movie.duration / 1000
    assert client.raw(base + "00100.ts").content == mpegts.segment(100, SECONDS)
    assert client.raw(base + "00099.ts").content == NULL_PACKET
    assert client.raw(base + "00200.ts").status_code == 404  # too far ahead
    assert client.raw(base + "99999.ts").status_code == 404
    assert client.raw(base + "00105.ts").status_code == 200


def test_a_session_ends_when_it_is_stopped_or_forgotten(client, sim, movie):
    base = started(client, movie)
    client.raw(base + "index.m3u8")
    for _ in range(3):
        sim.clock.advance(50)
        assert status(client, "ping", {"session": "one"}) == 200
    assert status(client, "ping", {"session": "two"}) == 404
    sim.clock.advance(70)
    assert client.raw(base + "00000.ts").status_code == 404
    client.raw(started(client, movie) + "index.m3u8")
    assert status(client, "stop", {"session": "one"}) == 200
    assert status(client, "stop", {"session": "one"}) == 404
    assert sim.transcoder.ended == ["one", "one"]


def test_newer_servers_have_another_way_to_end_it(client, sim, movie):
    sim.config.transcode_delete_only = True
    started(client, movie)
    assert status(client, "ping", {"session": "one"}) == status(client, "stop", {"session": "one"}) == 404
    assert client.raw("/transcode/sessions/one", "DELETE").status_code == 204
    assert client.get("/transcode/sessions")["size"] == 0


def test_limits_of_bitrate_size_and_codecs(client, movie):
    def answer(**more):
        media = client.get(BASE + "decision", params=params(movie, **more))["Metadata"][0]["Media"][0]
        return media, [stream["decision"] for stream in media["Part"][0]["Stream"]]

    media, decisions = answer(maxVideoBitrate="320", videoResolution="420x240", directStream="1")
    assert media["bitrate"] == 320 and media["width"] <= 420 and media["height"] <= 240
    assert decisions[0] == "transcode"
    everything = TARGET.replace("h264", "h264,hevc").replace("aac", "aac,ac3,eac3,dca-ma")
    extra = {"X-Plex-Client-Profile-Extra": everything}
    assert answer(directStream="1", directStreamAudio="1", **extra)[1] == ["copy", "copy"]
    assert answer(directStream="0", directStreamAudio="1", **extra)[1] == ["transcode", "copy"]
    stereo = "+add-limitation(scope=videoAudioCodec&scopeName=*&type=upperBound&name=audio.channels&value=1)"
    extra = {"X-Plex-Client-Profile-Extra": everything + stereo}
    assert answer(directStream="1", directStreamAudio="1", **extra)[1] == ["copy", "transcode"]


def test_a_refusal_has_a_text(client, sim, movie):
    sim.config.transcode_refusal = "Not today."
    answer = client.get(BASE + "decision", params=params(movie))
    assert (answer["generalDecisionCode"], answer["transcodeDecisionText"]) == (2000, "Not today.")


def test_only_an_admin_ends_sessions(client, sim):
    assert client.raw("/status/sessions/terminate", "POST").status_code == 403
    assert client.raw("/status/sessions/terminate?sessionId=none", "POST").status_code == 404


def test_generated_segments_are_valid(tmp_path):
    for number in (0, 7):
        body = mpegts.segment(number, SECONDS)
        assert len(body) % mpegts.PACKET == 0
        assert {body[at] for at in range(0, len(body), mpegts.PACKET)} == {0x47}
    ffprobe = shutil.which("ffprobe")
    if ffprobe:
        file = tmp_path / "segment.ts"
        file.write_bytes(mpegts.segment(7, SECONDS))
        shown = subprocess.run(
            [ffprobe, "-v", "quiet", "-show_streams", str(file)], capture_output=True, text=True, check=False
        ).stdout
        assert "codec_name=h264" in shown and "id=0x100" in shown


def test_the_url_of_plexapi_is_that_of_the_documentation(sim, movie):
    video = PlexServer(sim.pms_url, sim.owner_token).fetchItem(movie.rating_key)
    query = parse_qs(urlsplit(video.getStreamURL(offset=90)).query)
    assert query["path"] == [f"/library/metadata/{movie.rating_key}"] and query["offset"] == ["90"]
