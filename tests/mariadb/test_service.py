"""The whole service beside a Kodi that has its library on a server, where other devices write into the same rows."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, List
from xml.sax.saxutils import escape

import pytest

from resources.lib import state_db
from resources.lib.kodi.texts import shared_library as texts
from resources.lib.retry import RetryPolicy
from resources.lib.service import library_user
from resources.lib.service.events import SignedOut
from resources.lib.service.library.requests import FULL_CHECK, RETRY, START
from resources.lib.service.watch_state import kodi_rows, shared_rows, watched_marks
from resources.lib.service.watch_state.shared_rows import SharedRows
from resources.lib.sql.location import ServerDatabase
from tests.fakes import FakeKodi
from tests.integration.test_live_from_kodi import HURRIED, PATIENCE, FromKodi, within
from tools import kodischema
from tools.mariadb import PASSWORD, USER, MariaDbServer
from tools.plexsim import Library

SETTINGS = ('<advancedsettings><videodatabase><type>mysql</type><host>127.0.0.1</host><port>%d</port><user>%s</user>'
            '<pass>%s</pass></videodatabase></advancedsettings>')
SOMEBODY_ELSE = '4711'


class OnServer(FromKodi):
    """The same service and user; ``sync_env.rows`` and ``execute`` are those of the server."""

    def __init__(self, kodi: FakeKodi, library: Library, monkeypatch: pytest.MonkeyPatch,
                 server: MariaDbServer) -> None:
        super().__init__(kodi, library, monkeypatch)
        self.server = server
        self.name = kodischema.create_on_server(server, 121)
        (kodi.profile / 'advancedsettings.xml').write_text(SETTINGS % (server.port, USER, escape(PASSWORD)))

        def execute(sql: str, *parameters: Any) -> List[Any]:
            return server.execute(sql.replace('%', '%%').replace('?', '%s'), *parameters, database=self.name)
        monkeypatch.setattr(self.sync_env, 'rows', execute)
        monkeypatch.setattr(self.sync_env, 'execute', execute)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """As the base class, and the library is there and was looked at."""
        self.server_back()
        with super().in_use():
            self.sync()
            self.kodi.wait_for(lambda: self.kodi_rows._known is not None, PATIENCE)
            yield

    @property
    def state_file(self) -> str:
        """The device's own."""
        return str(self.kodi.profile / 'addon_data' / 'plugin.video.plexkodiconnect' / state_db.BOX_FILE_NAME)

    @property
    def state_name(self) -> str:
        return state_db.beside('', ServerDatabase(self.server.location, self.name, 'MyVideos')).shared.name

    def lease(self, column: str) -> Any:
        return self.server.execute('SELECT %s FROM `%s`.lease' % (column, self.state_name))[0][0]

    def item(self, title: str, column: str) -> Any:
        """What is stored of a film."""
        return self.server.execute('SELECT %s FROM `%s`.item WHERE rating_key = %%s' % (column, self.state_name),
                                   self.rating_key(title))[0][0]

    def belongs_to(self, user_id: str) -> None:
        """The library becomes that of a user, by a sync of another device."""
        self.server.execute('UPDATE `%s`.lease SET user_id = %%s' % self.state_name, user_id)
        self.running.shared.databases.user.forget()

    def notices(self, text: str) -> int:
        """How often something was said in the corner."""
        return sum(message == text for _, message, _ in self.kodi.notifications)

    def refused(self) -> int:
        """How many syncs ended because the library is another user's."""
        return sum('another Plex user' in line for _, line in self.kodi.log)

    def has_before_him(self, title: str) -> None:
        """The user has a film before him, and presses keys."""
        self.kodi.info_labels.update({'ListItem.DBTYPE': 'movie', 'ListItem.DBID': str(self.ids(title)[0])})
        self.kodi.idle_seconds = 0


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, clean_server: MariaDbServer) -> Iterator[OnServer]:
    library = Library.empty()
    for title in ('Alpha', 'Beta', 'Gamma'):
        library.add_movie(title, duration=5_400_000)
    for module, names in HURRIED.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name) / 5.0)
    monkeypatch.setattr(kodi_rows, '_AGAIN', 0.05)
    monkeypatch.setattr(kodi_rows, '_INTERVAL', 0.1)
    monkeypatch.setattr(kodi_rows, '_BUSY', 0.2)
    monkeypatch.setattr(shared_rows, '_OTHERS', 0.3)
    monkeypatch.setattr(watched_marks, '_RETRY', RetryPolicy(0.2, 1.0))
    monkeypatch.setattr(library_user, '_FRESH', 0.0)
    made = OnServer(fake_kodi, library, monkeypatch, clean_server)
    fake_kodi.idle_seconds = 3600
    with made.in_use():
        assert isinstance(made.kodi_rows, SharedRows)
        yield made


# ---- what is set in this Kodi, and in others -----------------------------------------------------------------------

def in_progress(env: OnServer, title: str, offset: int) -> None:
    env.sync_env.library.set_progress(env.rating_key(title), offset)
    env.sync()
    assert env.row(title)[1] == offset / 1000
    looked(env)


def looked(env: OnServer) -> None:
    """Both databases were compared after now."""
    rows = env.kodi_rows
    assert isinstance(rows, SharedRows)
    rows._token = None
    env.kodi.wait_for(lambda: rows._token is not None, PATIENCE)
    with rows._looking:  # that look has come to its end
        pass


def test_a_resume_point_that_is_taken_away_in_this_kodi_is_the_servers(env: OnServer) -> None:
    in_progress(env, 'Alpha', 1_200_000)
    env.set_resume('Alpha', 0)
    env.announce('movie', env.ids('Alpha')[0])
    within(env, lambda: 'viewOffset' not in env.truth('Alpha'))
    assert 'viewCount' not in env.truth('Alpha')
    within(env, lambda: env.item('Alpha', 'view_offset') == 0)


def test_what_another_kodi_does_is_not_told_twice(env: OnServer) -> None:
    """It tells that itself."""
    in_progress(env, 'Alpha', 1_200_000)
    env.set_resume('Alpha', 0)
    env.set_resume('Beta', 700.0)
    env.announce('movie', env.ids('Gamma')[0])
    env.rate('Gamma', 8)  # is told, after all that came before
    within(env, lambda: env.truth('Gamma').get('userRating') == 8)
    looked(env)
    assert env.truth('Alpha')['viewOffset'] == 1_200_000 and 'viewOffset' not in env.truth('Beta')


def test_what_a_device_left_that_went_away_is_undone_by_the_next_sync(env: OnServer,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    in_progress(env, 'Alpha', 1_200_000)
    monkeypatch.setattr(shared_rows, '_UNDONE', 0.5)
    env.set_resume('Alpha', 0)
    env.set_resume('Beta', 700.0)
    within(env, lambda: (env.item('Alpha', 'last_viewed_at'), env.item('Beta', 'last_viewed_at')) == (-1, -1))
    env.sync()
    assert env.row('Alpha')[1] == 1200.0 and env.row('Beta')[1] is None


def test_a_rating_that_another_device_has_told_already_is_not_told_again(env: OnServer) -> None:
    env.sync_env.library.rate(env.rating_key('Alpha'), 8)
    with env.kodi_rows._looking:  # both while nobody looks: on a busy machine there may be much time between them
        env.rate('Alpha', 8)
        env.server.execute('UPDATE `%s`.item SET user_rating = 8 WHERE rating_key = %%s' % env.state_name,
                           env.rating_key('Alpha'))
    env.rate('Beta', 6)
    within(env, lambda: env.truth('Beta').get('userRating') == 6)
    looked(env)
    assert len(env.sim.requests.find('/:/rate')) == 1


# ---- another Plex user's library -----------------------------------------------------------------------------------

@pytest.fixture
def guest(env: OnServer) -> OnServer:
    """The library shows what somebody else has watched: Alpha for twenty minutes, Beta to its end."""
    env.sync_env.library.set_progress(env.rating_key('Alpha'), 1_200_000)
    env.sync_env.library.scrobble(env.rating_key('Beta'))
    env.sync()
    assert env.row('Alpha')[:2] == (None, 1200.0) and env.row('Beta')[:2] == (1, None)
    for title in ('Alpha', 'Beta'):
        env.sync_env.library.unscrobble(env.rating_key(title))
    env.belongs_to(SOMEBODY_ELSE)
    looked(env)
    env.sim.reset_stats()
    return env


def test_it_is_told_so_once_and_does_not_try_again(guest: OnServer) -> None:
    text = guest.running.shared.addon.text(texts.LIBRARY_OF_ANOTHER_USER)
    before = guest.row('Alpha')
    for _ in range(3):
        before_it = guest.refused()
        guest.request(START)
        guest.kodi.wait_for(lambda: guest.refused() > before_it and not guest.library.sync.running, PATIENCE)  # noqa: B023
    assert guest.notices(text) == 1
    assert not guest.library.sync._queue.waits(RETRY, guest.sync_env.machine)
    assert guest.row('Alpha') == before and guest.lease('user_id') == SOMEBODY_ELSE


def test_a_mark_goes_to_plex_for_this_user_and_the_row_stays_what_it_was(guest: OnServer) -> None:
    guest.mark('Gamma', True)
    within(guest, lambda: guest.watched_in_plex() == ['Gamma'])
    within(guest, lambda: guest.row('Gamma')[0] is None)
    guest.mark('Beta', False)
    within(guest, lambda: guest.row('Beta')[0] == 1)
    guest.set_resume('Alpha', 0)
    guest.announce('movie', guest.ids('Alpha')[0])
    within(guest, lambda: guest.row('Alpha')[1] == 1200.0)
    assert [guest.item(title, 'view_count') for title in ('Alpha', 'Beta', 'Gamma')] == [0, 1, 0]
    assert guest.item('Alpha', 'view_offset') == 1_200_000


def test_what_is_played_is_this_users_and_the_row_stays_what_it_was(guest: OnServer) -> None:
    guest.play('Alpha')
    guest.stop_at('Alpha', 3000.0, kodi_resumes=3000.0)
    within(guest, lambda: guest.truth('Alpha').get('viewOffset') == 3_000_000)
    within(guest, lambda: guest.row('Alpha')[:2] == (None, 1200.0))
    guest.play('Gamma')
    guest.stop_at('Gamma', 5390.0, kodi_counts=True)
    within(guest, lambda: guest.watched_in_plex() == ['Gamma'])
    within(guest, lambda: guest.row('Gamma')[:2] == (None, None))
    assert guest.item('Alpha', 'view_offset') == 1_200_000 and guest.item('Gamma', 'view_count') == 0


def test_a_rating_is_this_users_if_it_was_made_in_this_kodi(guest: OnServer) -> None:
    guest.rate('Beta', 4)  # in another Kodi, by the library's user
    guest.has_before_him('Alpha')
    looked(guest)
    looked(guest)
    guest.rate('Alpha', 8)
    within(guest, lambda: guest.truth('Alpha').get('userRating') == 8)
    within(guest, lambda: guest.row('Alpha')[2] is None)
    assert guest.row('Beta')[2] == 4 and 'userRating' not in guest.truth('Beta')
    assert guest.item('Alpha', 'user_rating') == 0


def test_signing_out_takes_nothing_of_the_others_library(guest: OnServer) -> None:
    guest.running.shared.events.publish(SignedOut(True, guest.auth.status().user_id))
    assert guest.notices(guest.running.shared.addon.text(texts.LIBRARY_OF_ANOTHER_USER)) == 1
    assert guest.sync_env.rows('SELECT count(*) FROM movie')[0][0] == 3


def test_after_check_everything_it_is_this_users(guest: OnServer) -> None:
    guest.after_sync(lambda: guest.request(FULL_CHECK))
    assert guest.lease('user_id') == guest.auth.status().user_id
    assert guest.row('Alpha')[:2] == (None, None) and guest.row('Beta')[:2] == (None, None)
    guest.mark('Gamma', True)
    within(guest, lambda: guest.watched_in_plex() == ['Gamma'])
    assert guest.item('Gamma', 'view_count') == 1 and guest.row('Gamma')[0] == 1


def test_the_status_page_counts_what_waits(env: OnServer) -> None:
    env.server_away()
    env.mark('Alpha', True)
    env.kodi.wait_for(lambda: env.kept() == 1, PATIENCE)
    with state_db.open_reader(env.running.shared.databases.state_path) as state:
        assert (state.count_unsent_marks(), state.count_ended_reports()) == (1, 0)
