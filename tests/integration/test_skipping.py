"""Intros, credits and breaks that Plex has marked, with the remote in the hand."""
from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest

from resources.lib.kodi.windows import skip
from tests.fakes import FakeKodi
from tests.support.viewing import BACK, Viewing
from tools.plexsim import Library

MINUTES = 60_000
#: Where the simulated Plex has its markers: an intro from 15 to 60 s, final credits over the last twentieth.
FILM_S, EPISODE_S = 6000.0, 1200.0


@pytest.fixture
def env(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Viewing]:
    library = Library.empty()
    library.add_movie('Film', duration=100 * MINUTES)
    show = library.add_show('Show')
    season = library.add_season(show.rating_key, 1)
    library.add_episode(season.rating_key, 1, 'One', duration=20 * MINUTES)
    made = Viewing(fake_kodi, library, monkeypatch)
    with made.in_use():
        made.clock.stop()  # a countdown goes on when the test lets time pass
        yield made


def key_of(env: Viewing, kind: str) -> str:
    return str(next(item.rating_key for item in env.sim.library.items(kind)))


def watch_episode(env: Viewing, position: float = 0.0) -> str:
    key = key_of(env, 'episode')
    env.watch(key, position, 'episode')
    return key


def marker(kind: str, start: int, end: int, **more: Any) -> Dict[str, Any]:
    return dict(more, id=1, type=kind, startTimeOffset=start * 1000, endTimeOffset=end * 1000)


def test_ok_on_the_button_skips_the_intro(env: Viewing) -> None:
    watch_episode(env)
    env.stays_without()
    env.at(20.0)
    assert env.window().getControl(skip.BUTTON).getLabel() == 'Skip intro'
    env.kodi.click(skip.BUTTON)
    env.comes_to(60.0)
    env.no_window()


def test_the_button_is_german_in_a_german_kodi(env: Viewing) -> None:
    env.kodi.language = 'de_de'
    watch_episode(env, 20.0)
    assert env.window().getControl(skip.BUTTON).getLabel() == 'Vorspann überspringen'


def test_back_takes_the_button_away_and_the_film_goes_on(env: Viewing) -> None:
    watch_episode(env, 20.0)
    env.window()
    env.kodi.press(BACK)
    env.no_window()
    env.at(25.0)
    env.stays_without()
    assert env.position() == 25.0


def test_the_button_goes_when_the_intro_is_over(env: Viewing) -> None:
    watch_episode(env, 52.0)
    env.window()
    env.at(61.0)
    env.no_window()
    assert env.position() == 61.0


def test_the_button_goes_when_nobody_presses_it(env: Viewing) -> None:
    env.kodi.set_setting('skip_hide', '10')
    watch_episode(env, 20.0)
    env.window()
    env.passes(9.0)
    env.stays(lambda: env.shown(skip.LAYOUT.xml))
    env.passes(1.0)
    env.no_window()
    env.stays_without()


def test_a_jump_out_of_the_intro_takes_the_button_along_and_a_jump_back_brings_it(env: Viewing) -> None:
    watch_episode(env, 20.0)
    env.window()
    env.kodi.seek(300.0)
    env.no_window()
    env.kodi.seek(16.0)
    env.window()


def test_with_the_end_of_the_film_the_button_goes(env: Viewing) -> None:
    watch_episode(env, 20.0)
    env.window()
    env.kodi.stop()
    env.no_window()


def test_an_intro_is_skipped_by_itself_after_a_countdown(env: Viewing) -> None:
    env.kodi.set_setting('skip_intro', '2')
    env.kodi.set_setting('skip_countdown', '3')
    watch_episode(env, 15.0)
    button = env.window().getControl(skip.BUTTON)
    for label in ('Skip intro (3)', 'Skip intro (2)', 'Skip intro (1)'):
        env.kodi.wait_for(lambda: button.getLabel() == label)  # noqa: B023
        assert env.position() == 15.0
        env.passes(1.0)
    env.comes_to(60.0)
    env.no_window()


def test_ok_skips_at_once(env: Viewing) -> None:
    env.kodi.set_setting('skip_intro', '2')
    env.kodi.set_setting('skip_countdown', '60')
    watch_episode(env, 15.0)
    env.window()
    env.kodi.click(skip.BUTTON)
    env.comes_to(60.0)


def test_a_pause_holds_the_countdown(env: Viewing) -> None:
    env.kodi.set_setting('skip_intro', '2')
    env.kodi.set_setting('skip_countdown', '2')
    watch_episode(env, 15.0)
    env.window()
    env.kodi.pause()
    env.stays(lambda: env.position() == 15.0)
    env.passes(60.0)
    env.stays(lambda: env.position() == 15.0)
    env.kodi.resume()
    env.stays(lambda: env.position() == 15.0)
    env.passes(2.0)
    env.comes_to(60.0)


def test_the_countdown_can_be_cancelled(env: Viewing) -> None:
    env.kodi.set_setting('skip_intro', '2')
    watch_episode(env, 15.0)
    env.window()
    env.kodi.press(BACK)
    env.no_window()
    env.at(30.0)
    env.stays_without()
    assert env.position() == 30.0


def test_who_goes_back_into_a_skipped_intro_sees_it(env: Viewing) -> None:
    env.kodi.set_setting('skip_intro', '2')
    watch_episode(env, 15.0)
    env.window()
    env.passes(5.0)
    env.comes_to(60.0)
    env.no_window()
    env.kodi.seek(16.0)
    assert env.window().getControl(skip.BUTTON).getLabel() == 'Skip intro'
    env.passes(8.0)
    env.stays(lambda: env.position() == 16.0)


def test_a_film_that_is_not_on_the_whole_screen_gets_no_window(env: Viewing) -> None:
    watch_episode(env)
    env.kodi.conditions.discard('Window.IsVisible(fullscreenvideo)')
    env.at(20.0)
    env.stays_without()
    env.kodi.conditions.add('Window.IsVisible(fullscreenvideo)')
    env.window()
    env.kodi.conditions.discard('Window.IsVisible(fullscreenvideo)')
    env.no_window()


def test_a_dialog_of_kodis_is_not_covered(env: Viewing) -> None:
    env.kodi.conditions.add('System.HasActiveModalDialog')
    watch_episode(env, 20.0)
    env.stays_without()


def test_what_is_switched_off_is_left_alone(env: Viewing) -> None:
    env.kodi.set_setting('skip_intro', '0')
    watch_episode(env, 20.0)
    env.stays_without()


def test_the_credits_of_a_film_can_be_skipped_to_its_end(env: Viewing) -> None:
    env.watch(key_of(env, 'movie'), 5750.0)
    assert env.window().getControl(skip.BUTTON).getLabel() == 'Skip credits'
    env.kodi.click(skip.BUTTON)
    env.comes_to(FILM_S - 1.0)


def test_a_scene_after_the_credits_is_not_missed(env: Viewing) -> None:
    key = key_of(env, 'movie')
    env.set_elements(key, Marker=[marker('credits', 5000, 5300), marker('credits', 5800, 6000, final=True)])
    env.watch(key, 5010.0)
    env.window()
    env.kodi.click(skip.BUTTON)
    env.comes_to(5300.0)


def test_commercials_are_skipped_one_by_one(env: Viewing) -> None:
    key = key_of(env, 'movie')
    env.set_elements(key, Marker=[marker('commercial', 600, 780), marker('commercial', 1500, 1700)])
    env.kodi.set_setting('skip_commercials', '2')
    env.kodi.set_setting('skip_countdown', '1')
    env.watch(key, 600.0)
    assert env.window().getControl(skip.BUTTON).getLabel() == 'Skip commercials (1)'
    env.passes(1.0)
    env.comes_to(780.0)
    env.no_window()
    env.at(1501.0)
    env.window()
    env.passes(1.0)
    env.comes_to(1700.0)


@pytest.mark.parametrize(('key', 'command'), [
    (1, 'Action(StepBack)'), (2, 'Action(StepForward)'), (3, 'Action(ChapterOrBigStepForward)'),
    (4, 'Action(ChapterOrBigStepBack)'), (11, 'Action(Info,fullscreenvideo)'), (117, 'ActivateWindow(videoosd)')])
def test_the_remotes_other_keys_do_what_they_do_over_a_video(env: Viewing, key: int, command: str) -> None:
    watch_episode(env, 20.0)
    window = env.window()
    env.kodi.press(key)
    env.kodi.wait_for(lambda: command in env.kodi.builtins)
    assert env.shown(skip.LAYOUT.xml) is window


def test_the_jump_is_reported_to_the_server(env: Viewing) -> None:
    watch_episode(env, 20.0)
    env.window()
    env.kodi.click(skip.BUTTON)
    env.kodi.wait_for(lambda: any('time=60000' in entry.query for entry in env.sim.requests.find('/:/timeline')))


def test_a_skin_that_is_loaded_anew_does_not_leave_the_button_waiting_for_ever(env: Viewing) -> None:
    watch_episode(env, 20.0)
    first = env.window()
    env.kodi.conditions.discard('Window.IsActive(%s)' % skip.LAYOUT.xml)
    env.kodi.wait_for(lambda: first not in env.kodi.windows)


def test_the_service_does_not_end_before_its_window(env: Viewing) -> None:
    watch_episode(env, 20.0)
    window = env.window()
    env.stop_kodi()
    assert window not in env.kodi.windows
