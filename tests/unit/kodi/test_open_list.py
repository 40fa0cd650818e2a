"""Which show's seasons or episodes Kodi's Videos window shows."""
from __future__ import annotations

import pytest

from resources.lib.kodi.open_list import OpenShow, open_show
from tests.fakes import FakeKodi

CHILDREN = 'plugin://plugin.video.plexkodiconnect/children?'


@pytest.mark.parametrize(('path', 'content', 'found'), [
    ('videodb://tvshows/titles/12/', 'seasons', OpenShow(12)),
    ('videodb://tvshows/titles/12/1/?tvshowid=12', 'episodes', OpenShow(12)),
    ('videodb://tvshows/titles/12/-2/?tvshowid=12', 'episodes', OpenShow(12)),
    ('videodb://tvshows/genres/5/12/?genreid=5', 'seasons', OpenShow(12)),
    ('videodb://tvshows/genres/5/12/-1/?genreid=5&tvshowid=12', 'episodes', OpenShow(12)),
    ('videodb://inprogresstvshows/12/', 'seasons', OpenShow(12)),
    ('videodb://inprogresstvshows/12/3/', 'episodes', OpenShow(12)),
    ('videodb://recentlyaddedepisodes/', 'episodes', OpenShow()),
    ('videodb://tvshows/titles/', 'tvshows', OpenShow()),
    ('videodb://movies/titles/', 'movies', OpenShow()),
    ('special://profile/playlists/video/Mine.xsp', 'episodes', OpenShow()),
    (CHILDREN + 'id=17', 'seasons', OpenShow(rating_key='17')),
    (CHILDREN + 'id=17&page=2', 'episodes', OpenShow(rating_key='17')),
    (CHILDREN + 'id=17&server=m1&page=2', 'episodes', OpenShow(rating_key='17', server='m1')),
    ('plugin://plugin.video.plexkodiconnect/on_deck', 'episodes', OpenShow()),
    ('plugin://plugin.video.other/children?id=17', 'episodes', OpenShow()),
])
def test_it_is_told_by_path_and_content(fake_kodi: FakeKodi, path: str, content: str, found: OpenShow) -> None:
    fake_kodi.info_labels['Container.FolderPath'] = path
    fake_kodi.conditions.add('Container.Content(%s)' % content)
    assert open_show() == OpenShow()  # in no window of videos
    fake_kodi.conditions.add('Window.IsActive(videos)')
    assert open_show() == found


def test_nobody_knows_while_a_dialog_is_open(fake_kodi: FakeKodi) -> None:
    fake_kodi.conditions |= {'Window.IsActive(videos)', 'System.HasActiveModalDialog'}
    assert open_show() is None
