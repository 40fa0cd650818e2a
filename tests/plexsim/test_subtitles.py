"""Subtitles from the internet: candidates of a search, and their way into an item."""

from __future__ import annotations

import pytest
from plexapi.exceptions import BadRequest
from plexapi.server import PlexServer

from tests.plexsim.conftest import Client

SEARCH = "/library/metadata/1/subtitles"


@pytest.fixture
def offered(sim):
    """The film 1, for which the provider has three German subtitles and an English one."""
    sim.library.add_online_subtitle(1, title="other.release", score=609)
    sim.library.add_online_subtitle(1, title="this.release", score=9000, marks="perfect")
    sim.library.add_online_subtitle(1, title="this.release.sdh", score=9500, marks="sdh")
    sim.library.add_online_subtitle(1, "en", "english.release")
    sim.config.subtitle_seconds = 0.0
    return sim


def subtitles(client, key="1"):
    row, = client.get(f"/library/metadata/{key}")["Metadata"]
    return [one for one in row["Media"][0]["Part"][0]["Stream"] if one["streamType"] == 3]


def test_plexapi_searches_and_downloads(offered):
    film = PlexServer(offered.pms_url, offered.owner_token).fetchItem(1)
    before = {stream.id for stream in film.subtitleStreams()}
    found = film.searchSubtitles("de")
    assert [(one.title, one.score, one.perfectMatch, one.hearingImpaired) for one in found] == [
        ("this.release", 9000, True, False), ("other.release", 609, None, False),
        ("this.release.sdh", 9500, None, True)]
    assert {one.providerTitle for one in found} == {"OpenSubtitles"}
    film.downloadSubtitles(found[0])
    film.reload()
    new, = [stream for stream in film.subtitleStreams() if stream.id not in before]
    assert (new.title, new.languageCode, new.sourceKey) == ("this.release", "deu", found[0].sourceKey)
    assert new.key and not new.selected
    assert [one.title for one in film.searchSubtitles("de", hearingImpaired=2)] == ["this.release.sdh"]
    assert film.searchSubtitles("de", hearingImpaired=1)[0].title == "this.release.sdh"
    assert len(film.searchSubtitles("de", hearingImpaired=3)) == 2
    assert film.searchSubtitles("de", forced=2) == [] and film.searchSubtitles("fr") == []


def test_a_candidate_has_the_form_of_recorded_ones(offered, client):
    row = client.get(SEARCH + "?language=de&hearingImpaired=0&forced=0")["Stream"][0]
    assert (row["score"], row["languageTag"], row["languageCode"]) == ("9000", "deu", "deu")
    assert row["key"] == "/library/streams/%d" % row["id"]


def test_the_file_of_a_downloaded_one_can_be_had(offered, client):
    row = client.get(SEARCH + "?language=en")["Stream"][0]
    before = subtitles(client)
    assert client.raw(SEARCH, "PUT", params={"key": row["key"]}).text == ""
    new, = [one for one in subtitles(client) if one not in before]
    assert "-->" in client.raw(new["key"]).text
    assert client.raw("/library/parts/100", "PUT", params={"subtitleStreamID": new["id"]}).status_code == 200


def test_it_takes_its_time(offered, client):
    offered.config.subtitle_seconds = 30.0
    before = subtitles(client)
    row = client.get(SEARCH + "?language=en")["Stream"][0]
    client.raw(SEARCH, "PUT", params={"key": row["key"]})
    assert subtitles(client) == before
    offered.clock.advance(31)
    assert len(subtitles(client)) == len(before) + 1


def test_the_key_of_an_earlier_search_is_accepted_and_does_nothing(offered, client):
    row = client.get(SEARCH + "?language=en")["Stream"][0]
    before = subtitles(client)
    client.get(SEARCH + "?language=en")
    assert client.raw(SEARCH, "PUT", params={"key": row["key"]}).status_code == 200
    assert subtitles(client) == before


def test_what_is_refused(offered, client):
    assert client.raw(SEARCH + "?language=deu").status_code == 500
    assert client.raw(SEARCH).status_code == 500
    assert client.raw(SEARCH + "?language=pt-BR").status_code == 200
    assert client.raw(SEARCH + "?language=de&forced=7").status_code == 400
    assert client.raw("/library/metadata/999/subtitles?language=de").status_code == 404
    assert client.raw(SEARCH, "PUT").status_code == 400
    assert client.raw(SEARCH, "PUT", params={"key": "/library/parts/100"}).status_code == 400
    offered.config.subtitle_provider = False
    assert client.raw(SEARCH + "?language=de").status_code == 500


def test_other_users_are_refused_unless_the_server_lets_them(offered):
    friend = offered.accounts.add_user("Friend", in_home=False)
    guest = Client(offered, offered.accounts.issue(friend.id, "test-client", "server"))
    assert guest.raw(SEARCH + "?language=de").status_code == 403
    offered.config.subtitle_owner_only = False
    assert guest.raw(SEARCH + "?language=de").status_code == 200


def test_plexapi_hears_of_a_refusal(offered):
    film = PlexServer(offered.pms_url, offered.owner_token).fetchItem(1)
    with pytest.raises(BadRequest):
        film.searchSubtitles("deu")
