"""What needs the position or the streams stays away from a video that another program plays."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from resources.lib import plex_model
from resources.lib.playback.session import PlaybackSession
from resources.lib.service.playback.next_episode import NextEpisode
from resources.lib.service.playback.next_up import NextUp
from resources.lib.service.playback.rewind import Rewind
from resources.lib.service.playback.skipping import Skipping
from resources.lib.service.playback.stream_choice import Choosing
from tests.fakes import FakeKodi
from tests.support.shared import make_shared

EPISODE = plex_model.playable_item({
    'ratingKey': '7', 'type': 'episode', 'parentRatingKey': '6', 'viewOffset': 600_000, 'duration': 2_700_000,
    'Marker': [{'type': 'intro', 'startTimeOffset': 5, 'endTimeOffset': 9}],
    'Media': [{'id': 1, 'Part': [{'id': 11, 'key': '/library/parts/11/1/file.mkv'}]}]})


@pytest.mark.parametrize('make', [Rewind, Choosing, Skipping, NextUp, NextEpisode])
def test_no_feature_for_another_program(fake_kodi: FakeKodi, make: Any) -> None:
    fake_kodi.set_setting('rewind_on_resume', '10')
    factory = make(make_shared())
    session = PlaybackSession('mid', '7', '1', '11', EPISODE)
    assert factory.feature(session) is not None
    assert factory.feature(replace(session, external=True)) is None
