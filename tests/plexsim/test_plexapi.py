"""An independent client (python-plexapi) works with the simulator."""

from __future__ import annotations

import threading
import time

import jwt
import pytest
from plexapi.exceptions import NotFound, Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexJWTLogin, MyPlexPinLogin
from plexapi.server import PlexServer


@pytest.fixture
def plex(sim):
    return PlexServer(sim.pms_url, sim.owner_token)


def test_server_and_sections(plex, sim):
    assert plex.machineIdentifier == sim.machine_identifier
    assert plex.friendlyName == "Simulated Server"
    assert [(section.type, section.title) for section in plex.library.sections()] == [
        ("movie", "Movies"),
        ("show", "TV Shows"),
    ]
    movies = plex.library.section("Movies")
    assert movies.totalSize == 60
    assert len(movies.all()) == 60
    assert plex.library.section("TV Shows").totalViewSize("episode") == sum(1 for _ in sim.library.items("episode"))
    with pytest.raises(Unauthorized):
        PlexServer(sim.pms_url, "wrong")


def test_items_are_read_completely(plex, sim):
    truth = sim.library.truth(1)
    movie = plex.fetchItem(1)
    assert movie.title == truth["title"]
    assert movie.addedAt.timestamp() == truth["addedAt"]
    assert [role.tag for role in movie.roles] == [role["tag"] for role in truth["Role"]]
    streams = truth["Media"][0]["Part"][0]["Stream"]
    assert [stream.id for stream in movie.media[0].parts[0].streams] == [stream["id"] for stream in streams]
    assert [guid.id for guid in movie.guids] == [guid["id"] for guid in truth["Guid"]]
    assert movie.markers
    assert movie.chapters
    assert [item.ratingKey for item in plex.fetchItems([1, 2, 3])] == [1, 2, 3]
    with pytest.raises(NotFound):
        plex.fetchItem(999999)


def test_show_hierarchy(plex, sim):
    show = plex.library.section("TV Shows").all()[0]
    truth = sim.library.get(show.ratingKey)
    assert [season.ratingKey for season in show.seasons()] == [child.rating_key for child in truth.children]
    assert [episode.ratingKey for episode in show.episodes()] == [leaf.rating_key for leaf in truth.leaves()]
    assert show.episodes()[0].show().ratingKey == show.ratingKey


def test_search_with_filters_sorts_and_expressions(plex, sim):
    section = plex.library.section("Movies")
    items = list(sim.library.items("movie"))
    years = sorted(item.fields["year"] for item in items if "year" in item.fields)
    middle = years[len(years) // 2]
    assert {movie.year for movie in section.search(year=middle)} == {middle}
    found = section.search(filters={"year>>": middle}, sort="year:desc")
    assert [movie.year for movie in found] == [year for year in reversed(years) if year > middle]
    stamps = sorted(item.added_at for item in items)
    after = time.strftime("%Y-%m-%d", time.gmtime(stamps[30]))
    assert 0 < len(section.search(filters={"addedAt>>": after})) < 60
    either = {"or": [{"year": years[0]}, {"year": years[-1]}]}
    assert {movie.year for movie in section.search(filters=either)} == {years[0], years[-1]}
    genre = sim.library.stored(items[0])["Genre"][0]["tag"]
    hits = {movie.ratingKey for movie in section.search(genre=genre)}
    assert hits == {item.rating_key for item in items
                    if genre in [tag["tag"] for tag in sim.library.stored(item)["Genre"]]}  # fmt: skip
    title = items[3].title
    assert items[3].rating_key in [movie.ratingKey for movie in section.search(title=title)]
    assert section.search(unwatched=False) == []


def test_marking_progress_and_continue_watching(plex, sim):
    section = plex.library.section("Movies")
    first, second = section.search(sort="addedAt:desc", maxresults=2)
    first.markPlayed()
    assert first.reload().isPlayed
    second.updateTimeline(180_000, state="playing", duration=second.duration)
    assert second.reload().viewOffset == 180_000
    assert [item.ratingKey for item in plex.continueWatching()] == [second.ratingKey]
    assert [item.ratingKey for item in section.continueWatching()] == [second.ratingKey]
    assert [item.ratingKey for item in plex.library.onDeck()] == [second.ratingKey]
    assert plex.sessions()[0].ratingKey == second.ratingKey
    second.removeFromContinueWatching()
    assert plex.continueWatching() == []
    first.markUnplayed()
    assert not first.reload().isPlayed
    first.rate(9)
    assert first.reload().userRating == 9
    second.updateProgress(240_000)
    assert second.reload().viewOffset == 240_000


def test_hubs_collections_and_delete(plex, sim):
    hubs = plex.library.hubs()
    assert "home.movie.recent.1" in [hub.hubIdentifier for hub in hubs]
    assert hubs[1].items()
    collection = plex.library.section("Movies").collections()[0]
    assert [item.ratingKey for item in collection.items()] == sim.library.get(collection.ratingKey).members
    victim = plex.fetchItem(2)
    victim.delete()
    with pytest.raises(NotFound):
        plex.fetchItem(2)
    assert plex.playlists() == []  # nobody made one


def test_alert_listener_hears_changes(plex, sim):
    heard, arrived = [], threading.Event()

    def note(data):
        heard.append(data)
        arrived.set()

    listener = plex.startAlertListener(note)
    deadline = time.time() + 20
    while not sim.events.listeners and time.time() < deadline:
        time.sleep(0.01)
    sim.library.update(1, title="Renamed")
    assert arrived.wait(20)
    listener.stop()
    assert heard[0]["type"] == "timeline"
    assert heard[0]["TimelineEntry"][0]["title"] == "Renamed"


def aimed(cls, sim):
    """Return a login class that talks to the simulator."""
    base = sim.plex_tv_url + "/api/v2/"
    return type("Aimed", (cls,), {"PINS": base + "pins", "AUTH": base + "auth", "POLLINTERVAL": 0.05})


def test_pin_login(sim):
    login = aimed(MyPlexPinLogin, sim)()
    assert len(login.pin) == 4
    login.run(timeout=30)
    sim.link_pin(login.pin)
    login.waitForLogin()
    assert sim.accounts.find(login.token)


@pytest.fixture
def bare_keys(monkeypatch):
    """PyJWT before 2.9 (Kodi's) does not take the PyJWK objects that plexapi hands it."""

    def bare(original):
        def call(*args, **kwargs):
            kwargs["key"] = getattr(kwargs.get("key"), "key", kwargs.get("key"))
            return original(*args, **kwargs)

        return call

    for name in ("encode", "decode"):
        monkeypatch.setattr(jwt, name, bare(getattr(jwt, name)))


def test_jwt_login_and_refresh(sim, tmp_path, bare_keys):
    login = aimed(MyPlexJWTLogin, sim)()
    login.generateKeypair(keyfiles=(str(tmp_path / "private.key"), str(tmp_path / "public.key")))
    login.run(timeout=30)
    sim.link_pin(login._code)
    login.waitForLogin()
    assert login.jwtToken
    assert login.verifyJWT()
    assert login.refreshJWT().count(".") == 2
    account = type("Account", (MyPlexAccount,), {"key": sim.plex_tv_url + "/api/v2/user"})
    user = account(token=login.jwtToken)
    assert user.username == "owner"
    resource = user.query(sim.plex_tv_url + "/api/v2/resources?includeHttps=1")
    assert resource[0].attrib["clientIdentifier"] == sim.machine_identifier


def test_playlists_of_the_user_and_what_is_similar(plex, sim):
    keys = [item.rating_key for item in sim.library.items("movie")][:3]
    sim.library.add_playlist("Evening", reversed(keys))
    sim.library.add_playlist("Old", smart=(1, "type=1&year<<=1950"))
    sim.library.add_playlist("Of another user", user=99)
    assert [(one.title, one.smart) for one in plex.playlists()] == [("Evening", False), ("Old", True)]
    evening, old = plex.playlists()
    assert [item.ratingKey for item in evening.items()] == keys[::-1]
    assert all(item.year < 1950 for item in old.items())
    related = plex.fetchItem(keys[0]).hubs()
    assert [hub.title for hub in related][:1] == ["Similar"]
