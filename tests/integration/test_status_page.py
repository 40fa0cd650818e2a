"""The status page with the installed service and plugin: what it says, and that it opens whatever is broken."""
from __future__ import annotations

import re
import time
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from resources.lib import state_db
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi.texts import library as library_texts
from resources.lib.kodi.texts import status as texts
from resources.lib.kodi.windows import status as window
from resources.lib.service.account.status_lines import shown_address
from tests.fakes import FakeKodi
from tests.support.plugin_and_service import PluginAndService
from tools import plexsim
from tools.plexsim import Library

Rows = List[Tuple[str, str, str]]


class Box:
    """Somebody who opens the page."""

    def __init__(self, installed: PluginAndService) -> None:
        self.installed, self.kodi, self.sim = installed, installed.kodi, installed.sim

    def sign_in(self) -> None:
        self.kodi.answer(True)
        self.installed.start()
        self.installed.link_code()
        self.installed.synced()
        self.installed.flows_done()

    def page(self, until: Any = lambda rows: True) -> Dict[str, str]:
        """The values by label, as soon as the page shows what ``until`` wants."""
        found: Rows = []

        def look(window: Any) -> None:
            def shown() -> bool:
                found[:] = [(item.getLabel(), item.getLabel2(), item.getProperty('kind'))
                            for item in window.getControl(300).items]
                return bool(until({label: value for label, value, _ in found}))
            try:
                self.kodi.wait_for(shown)
            finally:
                window.close()
        self.kodi.answers.clear()
        self.kodi.answer(look)
        self.installed.call('status', handle=-1)
        return {label: value for label, value, _ in found}

    def text(self, text_id: int, *values: Any) -> str:
        text = self.kodi.text(text_id)
        return text % values if values else text


@pytest.fixture
def box(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    monkeypatch.setattr(window, 'CLOCK_S', 0.02)
    library = Library.generate(seed=2, movies=12, shows=2, seasons=1, episodes=3, oddities=False)
    with plexsim.PlexSim(library, plexsim.SimConfig()) as sim:
        made = Box(PluginAndService(fake_kodi, sim, monkeypatch))
        try:
            yield made
        finally:
            made.installed.stop()


def test_who_where_what_and_which_versions(box: Box) -> None:
    box.sign_in()
    response, live, now = (box.text(number) for number in (texts.RESPONSE_TIME, texts.LIVE_CHANGES, texts.NOW))
    page = box.page(lambda rows: re.match(r'\d+ ms', rows.get(response, ''))
                    and rows[live].startswith(box.text(texts.LIVE_SINCE, '2'))
                    and rows[now] == box.text(texts.NOTHING_TO_DO_NOW))
    status = box.installed.service.shared.auth.status()
    assert page[box.text(texts.SIGNED_IN_AS)] == status.user_name
    name = page[box.text(texts.SERVER_NAME)]
    assert name.startswith(status.server_name + ' 1.') and name.endswith(box.text(account_texts.OWN_SERVER))
    assert page[box.text(texts.CONNECTION)] == '%s, %s' % (
        box.text(texts.DISTANCE_LOCAL), box.text(texts.NOT_ENCRYPTED))
    assert page[box.text(texts.ADDRESS)] == box.sim.pms_url[len('http://'):]
    assert re.match(r'\d{4}-\d\d-\d\d \d\d:\d\d: \d+ ', page[box.text(texts.LAST_SYNC)])
    values = list(page.values())
    assert box.text(texts.COUNT_MOVIES, 12) in values
    assert '%s, %s' % (box.text(texts.COUNT_SHOWS, 2), box.text(texts.COUNT_EPISODES, 6)) in values
    assert page[box.text(texts.WAITING)] == box.text(texts.NOTHING_WAITS)
    assert page['PlexKodiConnect'] and page['Kodi'].startswith('20.1 (Linux') and re.match(r'3\.\d+', page['Python'])
    assert page[box.text(texts.SIGNATURES)] in ('cryptography', box.text(texts.INSTEAD_OF, 'ecdsa', 'cryptography'))
    token = [entry.headers.get('X-Plex-Token') for entry in box.sim.requests.find('/library/sections')][-1]
    assert token and token not in repr(page)


def test_nobody_is_signed_in(box: Box) -> None:
    box.kodi.set_setting('offered_sign_in', 'true')
    box.installed.start()
    page = box.page()
    assert page[box.text(texts.SIGNED_IN_AS)] == box.text(texts.NOBODY)
    assert box.text(texts.CONNECTION) not in page and box.text(texts.LIVE_CHANGES) not in page
    assert box.text(texts.ITEMS) not in page
    assert page[box.text(texts.SIGNATURES)]


def test_the_server_is_away(box: Box) -> None:
    box.sign_in()
    box.sim.faults.add('.*', 'drop')
    box.installed.service.shared.auth.try_at_once()
    unreachable = box.text(error_texts.SERVER_UNREACHABLE)
    page = box.page(lambda rows: rows.get(box.text(texts.CONNECTION)) == unreachable)
    assert page[box.text(texts.SERVER_NAME)].startswith(box.installed.service.shared.auth.status().server_name)
    assert box.text(texts.COUNT_MOVIES, 12) in page.values(), 'what is in the library is known without the server'


def _opens_quickly(box: Box) -> bool:
    """A page that waits for a lock does so each time, a busy machine is slow now and then."""
    began = time.monotonic()
    box.page()
    return time.monotonic() - began < 4.0


def test_it_opens_while_a_sync_writes(box: Box) -> None:
    """Our own database is locked meanwhile."""
    box.sign_in()
    databases = box.installed.service.shared.databases
    with databases.writing, state_db.open_writer(databases.state_path, 5.0) as state, state.transaction():
        state.look_again(1, ['1'])
        assert any(_opens_quickly(box) for _ in range(3)), 'it waited for the lock'
        page = box.page()
    assert page[box.text(texts.SIGNED_IN_AS)]


def test_a_running_sync_is_shown(box: Box) -> None:
    box.sign_in()
    box.sim.faults.add('/library/sections/.*/all', 'delay', value=600)
    box.installed.call('full_check', handle=-1)
    running = box.text(library_texts.SYNC_RUNNING)
    page = box.page(lambda rows: rows.get(box.text(texts.NOW)) != box.text(texts.NOTHING_TO_DO_NOW))
    assert page[box.text(texts.NOW)] == running or ':' in page[box.text(texts.NOW)]


def test_marks_that_wait_are_counted(box: Box) -> None:
    box.sign_in()
    box.sim.faults.add('/:/(un)?scrobble', 503)
    box.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': 1, 'type': 'movie'}, 'playcount': 1})
    page = box.page(lambda rows: rows.get(box.text(texts.WAITING)) == box.text(texts.WAITING_COUNTS, 1, 0))
    assert page


def test_without_the_service_the_page_says_so(box: Box) -> None:
    page = box.page()
    assert page[box.text(texts.NOW)] == box.text(error_texts.SERVICE_NOT_RUNNING)
    assert page['Kodi'] and page['Python']


def test_the_page_comes_to_life_with_the_service(box: Box) -> None:
    box.kodi.set_setting('offered_sign_in', 'true')

    def until(rows: Dict[str, str]) -> bool:
        if box.installed.service is None:
            box.installed.start()
        return box.text(texts.SIGNED_IN_AS) in rows
    assert box.page(until)[box.text(texts.SIGNED_IN_AS)] == box.text(texts.NOBODY)


@pytest.mark.parametrize(('url', 'shown'), [
    ('http://192.168.1.4:32400', '192.168.1.4:32400'), ('https://plex.example.org', 'plex.example.org'),
    ('https://192-168-1-4.0123456789abcdef0123456789abcdef.plex.direct:32400', '192.168.1.4:32400'),
    ('https://2001-db8-0-0-0-0-0-1.0123456789abcdef0123456789abcdef.plex.direct:32400',
     '[2001:db8:0:0:0:0:0:1]:32400'), ('http://[fe80::1]:32400', '[fe80::1]:32400')])
def test_an_address_is_shown_as_people_know_it(url: str, shown: str) -> None:
    assert shown_address(url) == shown
