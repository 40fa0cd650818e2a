"""The setting for the size of pictures counts for the next picture, without a restart."""
from __future__ import annotations

import pytest

from resources.lib.local_server.pictures import Sizes
from resources.lib.service.artwork.part import Artwork
from tests.fakes import FakeKodi
from tests.support.shared import make_shared


@pytest.mark.parametrize(('imageres', 'stored', 'small'), [
    ('', Sizes(720, 1080), Sizes(360, 540)),
    ('<imageres>1080</imageres><fanartres>2160</fanartres>', Sizes(1080, 2160), Sizes(540, 1080))])
def test_sizes(fake_kodi: FakeKodi, imageres: str, stored: Sizes, small: Sizes) -> None:
    (fake_kodi.profile / 'advancedsettings.xml').write_text('<advancedsettings>%s</advancedsettings>' % imageres)
    shared = make_shared()
    part = Artwork(shared)
    for value, expected in (('0', stored), ('1', small), ('2', None), ('3', stored)):
        fake_kodi.set_setting('picture_size', value)
        shared.settings.reload()
        assert part._sizes() == expected
