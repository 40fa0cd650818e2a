"""What a sync does about an item: nothing, the watch state only, or all of it."""
from __future__ import annotations

from typing import Any, Optional

import pytest

from resources.lib.library_sync.diff import ITEM, UNCHANGED, WATCH_STATE, change_of
from resources.lib.library_sync.kinds import EPISODE, MOVIE, SEASON, SHOW, VIDEO, Kind
from resources.lib.library_sync.sections import split_sections
from resources.lib.plex_model import Section, SweepRow
from resources.lib.state_db import EXPIRED, Known

KNOWN = Known(100, 1, 5000, 1700, 7.0, 5, 6)


def row(**more: Any) -> SweepRow:
    return SweepRow('7', 100, 50, 1, 5000, 1700, 7.0, 5_400_000)._replace(**more)


@pytest.mark.parametrize(('seen', 'known', 'change'), [
    (row(), KNOWN, UNCHANGED),
    (row(), None, ITEM),
    (row(updated_at=101), KNOWN, ITEM),
    (row(updated_at=99), KNOWN, ITEM),
    (row(updated_at=0), KNOWN, ITEM),
    (row(updated_at=0, added_at=100), KNOWN, UNCHANGED),
    (row(updated_at=0, added_at=0), KNOWN._replace(stamp=0), UNCHANGED),
    (row(), KNOWN._replace(stamp=EXPIRED), ITEM),
    (row(duration=0, view_offset=9000), KNOWN, ITEM),
    (row(view_count=2), KNOWN, WATCH_STATE),
    (row(view_offset=9000), KNOWN, WATCH_STATE),
    (row(last_viewed_at=1800), KNOWN, WATCH_STATE),
    (row(user_rating=8.0), KNOWN, WATCH_STATE),
    (row(duration=1), KNOWN, UNCHANGED),
    (row(view_count=2, updated_at=101), KNOWN, ITEM)])
def test_a_film(seen: SweepRow, known: Optional[Known], change: str) -> None:
    assert change_of(seen, known, watch_state=True) == change


@pytest.mark.parametrize('gone', ['view_count', 'view_offset', 'last_viewed_at', 'user_rating'])
@pytest.mark.parametrize('kind', [MOVIE, EPISODE])
def test_what_a_listing_leaves_out_is_asked_for_before_anything_is_unwatched(gone: str, kind: Kind) -> None:
    assert change_of(row(**{gone: 0}), KNOWN, kind.watch_state) == ITEM


@pytest.mark.parametrize('kind', [SHOW, SEASON])
@pytest.mark.parametrize(('seen', 'change'), [
    (row(view_count=9, view_offset=0, last_viewed_at=9999), UNCHANGED), (row(user_rating=3.0), WATCH_STATE),
    (row(user_rating=0.0), ITEM), (row(updated_at=101), ITEM)])
def test_a_show_is_not_written_because_an_episode_was_watched(kind: Kind, seen: SweepRow, change: str) -> None:
    assert change_of(seen, KNOWN._replace(view_count=0, view_offset=0, last_viewed_at=0), kind.watch_state) == change


def section(key: str, plex_type: str = 'movie', uuid: str = '') -> Section:
    return Section(key, plex_type, 'Library ' + key, uuid, False, 0, '')


def test_music_and_photos_are_not_offered_and_deselected_libraries_are_known() -> None:
    offered = [section('1', uuid='u1'), section('2', 'show', 'u2'), section('3', 'artist'), section('4', 'photo'),
               section('5', uuid='u5')]
    wanted, unwanted = split_sections(offered, ('u2', '5', 'of another server'), VIDEO)
    assert [s.key for s in wanted] == ['1'] and [s.key for s in unwanted] == ['2', '5']


def test_a_library_that_comes_later_is_wanted() -> None:
    assert split_sections([section('9', uuid='new')], ('u1',), VIDEO)[0]
