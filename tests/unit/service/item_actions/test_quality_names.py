"""The qualities that can be chosen for what the server converts, as the user reads them."""
from __future__ import annotations

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.playback.transcode.quality import Quality
from resources.lib.service.item_actions.playing import quality_name
from tests.fakes import FakeKodi


@pytest.mark.parametrize(('language', 'bitrate', 'name'), [
    ('en_gb', 20000, '480p · 20 Mbit/s'), ('en_gb', 1500, '480p · 1.5 Mbit/s'), ('en_gb', 720, '480p · 720 kbit/s'),
    ('de_de', 20000, '480p · 20 Mbit/s'), ('de_de', 1500, '480p · 1,5 Mbit/s')])
def test_a_quality_is_named_in_the_users_language(fake_kodi: FakeKodi, language: str, bitrate: int, name: str) -> None:
    fake_kodi.language = language
    assert quality_name(Quality(bitrate, 854, 480), Addon().text) == name
