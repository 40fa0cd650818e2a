"""An evening with a show: what comes after an episode, and who begins it."""
from __future__ import annotations

import base64
import json
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib import item_url
from resources.lib.kodi.windows import next_up, skip
from resources.lib.playback.skipping import SkipFeature
from tests.fakes import FakeKodi
from tests.fakes.xbmcgui import ListItem
from tests.support.viewing import BACK, Viewing
from tools.plexsim import Library

LENGTH_S, CREDITS_S = 1200.0, 1140.0
NEXT = next_up.LAYOUT.xml


class Evening(Viewing):
    """A show with a special, a season of three and one of one; Kodi really plays what it is told to."""

    def __init__(self, kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
        library = Library.empty()
        show = library.add_show('The Show')
        self.keys: Dict[str, str] = {}
        for number, count in ((0, 1), (1, 3), (2, 1)):
            season = library.add_season(show.rating_key, number)
            for index in range(1, count + 1):
                title = '%dx%d' % (number, index)
                made = library.add_episode(season.rating_key, index, title, duration=int(LENGTH_S * 1000))
                self.keys[title] = str(made.rating_key)
        super().__init__(kodi, library, monkeypatch)
        self.opened: List[Dict[str, Any]] = []
        self.signals: List[Dict[str, Any]] = []
        kodi.rpc['Player.Open'] = self._open
        kodi.rpc['JSONRPC.NotifyAll'] = self._notified

    def see(self, title: str, position: float = 0.0) -> None:
        """Play an episode from there."""
        self.watch(self.keys[title], position, 'episode')

    def playing(self) -> str:
        """The title of what plays."""
        file = self.kodi.playing.file if self.kodi.playing else ''
        return next((title for title, key in self.keys.items() if '/%s/' % key in file), '')

    def comes(self, title: str) -> None:
        """Wait until that one plays."""
        self.kodi.wait_for(lambda: self.playing() == title)

    def counts_down(self, seconds: float) -> None:
        """Wait for the offer, and let its countdown pass."""
        self.window(NEXT)
        self.passes(seconds)

    def label(self, control: int) -> str:
        """What a control of the offer says."""
        return str(self.window(NEXT).getControl(control).getLabel())

    def _open(self, params: Dict[str, Any]) -> str:
        self.opened.append(params['item'])
        if 'file' in params['item']:
            ref = item_url.parse(params['item']['file'])
            assert ref is not None
            key = ref.rating_key
        else:
            (key,), = self.sync_env.rows("SELECT value FROM uniqueid WHERE type = 'plex' AND media_type = 'episode' "
                                         'AND media_id = ?', params['item']['episodeid'])
        if self.kodi.playing is not None:
            self.kodi.stop()
        self.watch(key, 0.0, 'episode')
        return 'OK'

    def _notified(self, params: Dict[str, Any]) -> str:
        assert params['sender'] == 'plugin.video.plexkodiconnect.SIGNAL' and params['message'] == 'upnext_data'
        self.signals.append(json.loads(base64.b64decode(params['data'][0])))
        return 'OK'


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evening]:
    made = Evening(fake_kodi, monkeypatch)
    try:
        fake_kodi.set_setting('next_episode_countdown', '60')
        made.start_kodi()
        made.sign_in()
        made.clock.stop()  # a countdown goes on when the test lets time pass
        yield made
    finally:
        made.close()


def test_with_the_credits_the_next_episode_is_offered_and_ok_plays_it(env: Evening) -> None:
    env.see('1x1', 600.0)
    env.stays_without(NEXT)
    env.at(CREDITS_S + 1.0)
    assert env.label(next_up.TITLE) == '1x2'
    assert env.label(next_up.SHOW) == 'The Show · Season 1, episode 2'
    assert env.label(next_up.COUNTDOWN) == 'Plays in 60 s'
    assert env.window(NEXT).getControl(next_up.PICTURE).image.startswith('http://127.0.0.1:')
    env.kodi.click(next_up.PLAY)
    env.comes('1x2')
    env.no_window(NEXT)


def test_kodi_is_not_told_to_play_while_it_is_busy(env: Evening) -> None:
    """It would end itself ("two concurrent busydialogs")."""
    env.see('1x1', 600.0)
    env.at(CREDITS_S + 1.0)
    env.window(NEXT)
    env.kodi.conditions.add('Window.IsVisible(busydialog)')
    env.kodi.click(next_up.PLAY)
    env.no_window(NEXT)
    env.stays(lambda: not env.opened)
    env.kodi.conditions.discard('Window.IsVisible(busydialog)')
    env.comes('1x2')


def test_no_button_for_the_credits_beside_it(env: Evening) -> None:
    env.see('1x1', 600.0)
    env.kodi.wait_for(lambda: any(one._end_is_taken for one in list(env.watcher._features)
                                  if isinstance(one, SkipFeature)))  # the server has said which one is next
    env.at(CREDITS_S + 1.0)
    env.window(NEXT)
    env.stays_without(skip.LAYOUT.xml)


def test_who_begins_in_the_credits_has_the_button_until_it_is_known_what_is_next(env: Evening) -> None:
    late = env.sim.faults.add('/children', 503)
    env.see('1x1', CREDITS_S + 1.0)
    env.window(skip.LAYOUT.xml)
    env.kodi.wait_for(lambda: late.hits)
    env.sim.faults.clear()
    env.clock.advance(60.0)
    env.window(NEXT)
    env.no_window(skip.LAYOUT.xml)
    env.stays_without(skip.LAYOUT.xml)


def test_after_the_last_episode_there_is_only_the_button_for_the_credits(env: Evening) -> None:
    env.see('2x1', CREDITS_S + 1.0)
    env.window(skip.LAYOUT.xml)
    env.stays_without(NEXT)


def test_it_plays_by_itself_after_the_countdown(env: Evening) -> None:
    env.kodi.set_setting('next_episode_countdown', '20')
    env.see('1x3', CREDITS_S + 1.0)
    env.counts_down(19.0)
    env.stays(lambda: env.playing() == '1x3')
    env.counts_down(1.0)
    env.comes('2x1')


def test_it_plays_by_itself_at_the_end(env: Evening) -> None:
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    env.at(LENGTH_S - 0.5)
    env.stays(lambda: env.playing() == '1x1')
    env.kodi.end()
    env.comes('1x2')


@pytest.mark.parametrize('way', ['back', 'button'])
def test_who_does_not_want_it_sees_the_credits_to_their_end(env: Evening, way: str) -> None:
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    env.kodi.press(BACK) if way == 'back' else env.kodi.click(next_up.CANCEL)
    env.no_window(NEXT)
    env.at(LENGTH_S - 0.5)
    env.stays_without(NEXT)
    env.kodi.end()
    env.kodi.wait_for(lambda: not env.watcher.active)
    assert not env.opened


def test_who_stops_wants_no_more(env: Evening) -> None:
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    env.kodi.stop()
    env.no_window(NEXT)
    assert not env.opened


def test_a_stream_that_breaks_off_in_the_middle_is_no_end(env: Evening) -> None:
    env.see('1x1', 300.0)
    env.stays_without(NEXT)
    env.kodi.end()
    env.kodi.wait_for(lambda: not env.watcher.active)
    assert not env.opened


def test_who_jumps_back_does_not_lose_the_offer(env: Evening) -> None:
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    env.kodi.press(BACK)
    env.no_window(NEXT)
    env.kodi.seek(900.0)
    env.stays_without(NEXT)
    env.kodi.seek(CREDITS_S + 5.0)
    env.window(NEXT)


def test_without_credits_it_is_offered_shortly_before_the_end(env: Evening) -> None:
    env.set_elements(env.keys['1x1'], Marker=[])
    env.see('1x1', LENGTH_S - 40.0)
    env.stays_without(NEXT)
    env.at(LENGTH_S - 29.0)
    env.window(NEXT)


def test_an_offer_alone_waits_for_ok(env: Evening) -> None:
    env.kodi.set_setting('next_episode', '1')
    env.see('1x1', CREDITS_S + 1.0)
    assert env.label(next_up.COUNTDOWN) == ''
    env.kodi.end()
    env.no_window(NEXT)
    assert not env.opened


def test_switched_off_nothing_is_asked(env: Evening) -> None:
    env.kodi.set_setting('next_episode', '0')
    env.see('1x1', CREDITS_S + 1.0)
    env.window(skip.LAYOUT.xml)
    env.stays_without(NEXT)
    assert not env.sim.requests.find('/children')


def test_after_so_many_episodes_it_asks_who_is_watching(env: Evening) -> None:
    env.kodi.set_setting('next_episode_countdown', '1')
    env.kodi.set_setting('still_watching', '2')
    env.see('1x1', CREDITS_S + 1.0)
    for title in ('1x2', '1x3'):
        env.counts_down(1.0)
        env.comes(title)
        env.at(CREDITS_S + 1.0)
    assert env.label(next_up.HEADING) == 'Are you still watching?'
    assert env.label(next_up.COUNTDOWN) == ''
    env.stays(lambda: env.playing() == '1x3')
    env.kodi.click(next_up.PLAY)
    env.comes('2x1')


def test_nobody_answers_and_the_evening_is_over(env: Evening) -> None:
    env.kodi.set_setting('next_episode_countdown', '1')
    env.kodi.set_setting('still_watching', '1')
    env.see('1x1', CREDITS_S + 1.0)
    env.counts_down(1.0)
    env.comes('1x2')
    env.at(CREDITS_S + 1.0)
    env.window(NEXT)
    env.kodi.end()
    env.no_window(NEXT)
    env.kodi.wait_for(lambda: not env.watcher.active)
    assert len(env.opened) == 1


def test_who_pauses_is_there(env: Evening) -> None:
    env.kodi.set_setting('next_episode_countdown', '1')
    env.kodi.set_setting('still_watching', '1')
    env.see('1x1', CREDITS_S + 1.0)
    env.counts_down(1.0)
    env.comes('1x2')
    env.at(300.0)
    env.kodi.pause()
    env.kodi.resume()
    env.at(CREDITS_S + 1.0)
    env.counts_down(1.0)
    env.comes('1x3')


def test_an_episode_of_the_library_is_played_as_one(env: Evening) -> None:
    env.sync()
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    env.kodi.click(next_up.PLAY)
    env.comes('1x2')
    assert list(env.opened[0]) == ['episodeid']


def test_kodis_own_playlist_goes_on_without_us(env: Evening) -> None:
    env.kodi.playlist.entries = [('plugin://of.the.user/%d' % number, ListItem()) for number in range(3)]
    env.kodi.playlist.position = 0
    env.see('1x1', CREDITS_S + 1.0)
    env.stays_without(NEXT)
    env.kodi.end()
    env.kodi.wait_for(lambda: not env.watcher.active)
    assert not env.opened


def test_within_a_season_the_next_one_costs_one_request(env: Evening) -> None:
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    assert len(env.sim.requests.find('/children')) == 1
    assert not env.sim.requests.find('allLeaves')


def test_a_server_that_is_away_is_asked_again(env: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('resources.lib.service.playback.next_episode._AGAIN_S', 0.2)
    env.sim.faults.add('/children', 503, times=1)
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)


# ---- the add-on Up Next ----------------------------------------------------------------------------------------

def test_up_next_is_told_everything_and_shows_its_own_window(env: Evening) -> None:
    env.sync()
    env.kodi.conditions.add('System.AddonIsEnabled(service.upnext)')
    env.see('1x1')
    env.kodi.wait_for(lambda: env.signals)
    signal, = env.signals
    machine, show = env.sync_env.machine, str(env.sim.library.need(env.keys['1x1']).root().rating_key)
    assert signal['play_url'] == item_url.episode_url(machine, show, env.keys['1x2'])
    assert signal['notification_offset'] == CREDITS_S
    current, following = signal['current_episode'], signal['next_episode']
    assert set(current) == set(following) == {
        'episodeid', 'tvshowid', 'title', 'showtitle', 'plot', 'season', 'episode', 'playcount', 'rating', 'firstaired',
        'runtime', 'art'}
    assert (following['title'], following['showtitle'], following['season'], following['episode']) == (
        '1x2', 'The Show', 1, 2)
    assert following['runtime'] == LENGTH_S
    ids = dict(env.sync_env.rows('SELECT c00, idEpisode FROM episode'))
    assert (current['episodeid'], following['episodeid']) == (ids['1x1'], ids['1x2'])
    (show_id,), = env.sync_env.rows('SELECT idShow FROM tvshow')
    assert current['tvshowid'] == following['tvshowid'] == show_id
    assert following['art']['thumb'].startswith('http://127.0.0.1:')
    assert env.sim.owner_token not in json.dumps(signal)
    env.at(CREDITS_S + 1.0)
    env.stays_without(NEXT)


def test_episodes_outside_of_the_library_have_ids_that_are_no_rows_of_kodis(env: Evening) -> None:
    env.kodi.conditions.add('System.AddonIsEnabled(service.upnext)')
    env.see('1x1')
    env.kodi.wait_for(lambda: env.signals)
    ids = [env.signals[0][name]['episodeid'] for name in ('current_episode', 'next_episode')]
    assert ids == [-int(env.keys['1x1']), -int(env.keys['1x2'])]


def test_up_next_is_not_told_of_a_last_episode(env: Evening) -> None:
    env.kodi.conditions.add('System.AddonIsEnabled(service.upnext)')
    env.see('2x1', CREDITS_S + 1.0)
    env.window(skip.LAYOUT.xml)
    assert not env.signals


def test_our_own_window_can_be_preferred(env: Evening) -> None:
    env.kodi.conditions.add('System.AddonIsEnabled(service.upnext)')
    env.kodi.set_setting('use_up_next', 'false')
    env.see('1x1', CREDITS_S + 1.0)
    env.window(NEXT)
    assert not env.signals
