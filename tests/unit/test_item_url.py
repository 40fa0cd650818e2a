"""Our URLs: what Kodi's database points to must be found again, also when Kodi has added something of its own."""
from __future__ import annotations

from typing import Optional

import pytest

from resources.lib import item_url
from resources.lib.item_url import ItemRef

MID = '51b0a5e0c0ffee51b0a5e0c0ffee51b0a5e0c0ff'


@pytest.mark.parametrize('added', ['', '&resume=true', '&reload=123&x=y', '|User-Agent=Kodi'])
def test_what_we_write_is_what_we_read(added: str) -> None:
    assert item_url.parse(item_url.movie_url(MID, '7') + added) == ItemRef('movie', MID, '7')
    assert item_url.parse(item_url.episode_url(MID, '3', '9') + added) == ItemRef('episode', MID, '9')
    assert item_url.parse(item_url.show_path(MID, '3')) == ItemRef('show', MID, '3')
    assert item_url.parse(item_url.item_url('clip', MID, '7') + added) == ItemRef('clip', MID, '7')


def test_kodi_splits_a_file_into_our_path_row_and_the_whole_url() -> None:
    """Kodi cuts before the '?' (seen in 20.1); the path row must be exactly that."""
    assert item_url.movie_url(MID, '7').split('?')[0] == item_url.movies_path(MID)
    assert item_url.episode_url(MID, '3', '9').split('?')[0] == item_url.show_path(MID, '3')
    assert item_url.show_path(MID, '3').startswith(item_url.shows_path(MID))


@pytest.mark.parametrize('url', [
    '', 'plugin://plugin.video.plexkodiconnect/', 'plugin://plugin.video.plexkodiconnect/sync',
    'plugin://plugin.video.other/play/movies/m/?id=7', 'plugin://plugin.video.plexkodiconnect/play/movies/m/',
    'plugin://plugin.video.plexkodiconnect/play/shows/m/?id=9',
    'plugin://plugin.video.plexkodiconnect/play/a b/m/?id=9',
    'plugin://plugin.video.plexkodiconnect/play/movies/m/?id=', 'plugin://plugin.video.plexkodiconnect/play/movies/m?id=7',
    'plugin://plugin.video.plexkodiconnect/play/movies/m/?id=7/../8', '/films/a.mkv',
    'http://127.0.0.1:57310/art/m/7/thumb/1', 'http://127.0.0.1:57310/stream/m/7/1/a.mkv',
    'plugin://plugin.video.plexkodiconnect/play/shows/m/3/?id=9\n', 'smb://x/plugin.video.plexkodiconnect/play/'])
def test_what_is_not_ours_is_left_alone(url: str) -> None:
    assert item_url.parse(url) is None


@pytest.mark.parametrize(('path', 'end'), [
    ('/library/metadata/7/thumb/1600000000', '/art/%s/7/thumb/1600000000' % MID),
    ('/library/metadata/7/clearLogo/5', '/art/%s/7/clearLogo/5' % MID),
    ('/library/collections/9/composite/5', '/art/%s/9/composite/5' % MID),
    ('/playlists/9/composite/5', '/art/%s/9/playlist/5' % MID),
    ('/library/metadata/7/thumb/', None), ('/library/metadata/../../identity/thumb/5', None), ('', None),
    ('/library/metadata/7/thumb/5?X-Plex-Token=secret', None),
    ('http://10.0.0.1:32400/library/metadata/7/thumb/5', None),
    ('/:/resources/movie.png', None), ('file:///etc/passwd', None), ('/photo/:/transcode?url=x', None)])
def test_pictures_go_through_our_own_server_or_not_at_all(path: str, end: Optional[str]) -> None:
    url = item_url.art_url(57310, MID, path)
    assert url == ('http://127.0.0.1:57310' + end if end else '')


def test_public_pictures_of_plex_are_used_as_they_are_but_never_with_a_token() -> None:
    public = 'https://metadata-static.plex.tv/9/people/abc.jpg'
    assert item_url.art_url(1, MID, public) == public
    assert item_url.art_url(1, MID, public + '?X-Plex-Token=secret') == ''
    assert item_url.art_url(1, MID, 'https://x/' + 'a' * 5000) == ''


def test_no_url_holds_a_token_or_an_address() -> None:
    for url in (item_url.movie_url(MID, '7'), item_url.episode_url(MID, '3', '9'), item_url.show_path(MID, '3')):
        assert url.startswith('plugin://plugin.video.plexkodiconnect/')
