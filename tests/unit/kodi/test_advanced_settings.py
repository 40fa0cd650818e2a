"""The sizes in which Kodi stores pictures are those of the user's advancedsettings.xml."""
from __future__ import annotations

from typing import Tuple

import pytest

from resources.lib.kodi import advanced_settings
from tests.fakes import FakeKodi


@pytest.mark.parametrize(('content', 'expected'), [
    ('', (720, 1080)), ('<advancedsettings/>', (720, 1080)),
    ('<advancedsettings><imageres>1080</imageres><fanartres> 2160 </fanartres></advancedsettings>', (1080, 2160)),
    ('<advancedsettings>\n<imageres>1440</imageres></advancedsettings>', (1440, 1440)),
    ('<fanartres>540</fanartres>', (720, 720)), ('<imageres>9999</imageres>', (2160, 2160)),
    ('<imageres>1</imageres><fanartres>0</fanartres>', (240, 240)),
    ('<!-- <imageres>256</imageres> -->', (720, 1080)), ('<imageres>large</imageres>', (720, 1080))])
def test_picture_heights(fake_kodi: FakeKodi, content: str, expected: Tuple[int, int]) -> None:
    (fake_kodi.profile / 'advancedsettings.xml').write_text(content, encoding='utf-8')
    assert advanced_settings.picture_heights() == expected


def test_most_users_have_no_such_file(fake_kodi: FakeKodi) -> None:
    assert advanced_settings.picture_heights() == (720, 1080)
