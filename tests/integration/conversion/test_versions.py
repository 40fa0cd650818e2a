"""Which version of a film is played."""
from __future__ import annotations

from typing import Any, Dict, Tuple

import pytest

from tests.integration.conversion.cinema import Cinema


@pytest.fixture
def versions(cinema: Cinema) -> Tuple[str, str]:
    """The ids of the version in 1080p and of one in 4K."""
    cinema.sim.library.add_version(cinema.key, 3840, 2160, bitrate=25000, videoCodec='hevc')
    first, second = (str(one['id']) for one in cinema.sim.library.medias(cinema.film))
    return first, second


def part_of(answer: Dict[str, Any], versions: Tuple[str, str]) -> str:
    """Which version Kodi got."""
    return next(one for one in versions if '/%s' % one in answer['url'])


def test_the_user_is_asked_each_time_by_default(cinema: Cinema, versions: Tuple[str, str]) -> None:
    assert [one['label'] for one in cinema.ask()['versions']] == ['1080p', '4K']
    assert part_of(cinema.ask(media_id=versions[1], chosen=True), versions) == versions[1]
    assert 'versions' in cinema.ask()


def test_what_was_chosen_once_is_remembered_over_a_restart(cinema: Cinema, versions: Tuple[str, str]) -> None:
    cinema.settings(version_choice=1)
    assert 'versions' in cinema.ask()
    cinema.ask(media_id=versions[1], chosen=True)
    assert part_of(cinema.ask(), versions) == versions[1]
    cinema.stop_kodi()
    cinema.start_kodi()
    assert part_of(cinema.ask(), versions) == versions[1]
    cinema.set_elements(cinema.key, Media=cinema.sim.library.medias(cinema.film)[:1])
    assert part_of(cinema.ask(), versions) == versions[0]  # that version is gone


def test_another_version_from_the_menu_is_remembered_then(cinema: Cinema, versions: Tuple[str, str]) -> None:
    cinema.settings(version_choice=1)
    assert 'play_version' in cinema.call('item_menu', plexid=cinema.key)['actions']
    assert cinema.picks('play_version')['choose']['values'] == list(versions)
    cinema.picks('play_version', versions[1])
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert part_of(cinema.ask(), versions) == part_of(cinema.ask(), versions) == versions[1]


@pytest.mark.parametrize(('screen', 'wanted', 'number'), [
    (('3840', '2160'), {}, 1), (('1920', '1080'), {}, 0), (('', ''), {}, 1),
    (('3840', '2160'), {'codec_limits': True, 'plays_hevc': False}, 0),
    (('3840', '2160'), {'quality_limits': True, 'local_bitrate': 12000}, 0)])
def test_the_best_version_for_screen_and_line(cinema: Cinema, versions: Tuple[str, str], screen: Tuple[str, str],
                                              wanted: Dict[str, Any], number: int) -> None:
    cinema.settings(version_choice=2, **wanted)
    cinema.kodi.info_labels.update({'System.ScreenWidth': screen[0], 'System.ScreenHeight': screen[1]})
    assert part_of(cinema.ask(), versions) == versions[number]


def test_a_wish_is_kept_while_the_user_chooses_a_version(cinema: Cinema, versions: Tuple[str, str]) -> None:
    cinema.picks('play_transcoded', '3')
    cinema.kodi.wait_for(lambda: cinema.opened)
    assert 'versions' in cinema.ask()
    assert cinema.converts(media_id=versions[1], chosen=True)
    assert 'mediaIndex=1' in cinema.sim.requests.find('/decision')[-1].query
