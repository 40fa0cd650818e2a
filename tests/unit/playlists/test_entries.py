"""Lines of the files are the URLs that Kodi's library has of the same videos."""
from __future__ import annotations

import pytest

from resources.lib import item_url
from resources.lib.playlists import entries
from resources.lib.plex_playlists import PlaylistItem

FILM = PlaylistItem('501', '7', 'movie', 'Film', 1999, 60, '', '', 0, 0, False)
EPISODE = PlaylistItem('502', '9', 'episode', 'Start', 0, 60, '8', 'Space', 1, 2, False)


def test_films_and_episodes_have_their_rows_urls() -> None:
    assert entries.entry(FILM, 'mid') == (item_url.movie_url('mid', '7'), 'Film (1999)', 60)
    assert entries.entry(EPISODE, 'mid') == (item_url.episode_url('mid', '8', '9'), 'Space 1x02 · Start', 60)
    assert entries.entry(FILM._replace(plex_type='clip'), 'mid') == (
        item_url.trailer_url('mid', '7'), 'Film (1999)', 60)


@pytest.mark.parametrize('odd', [
    FILM._replace(foreign=True), FILM._replace(plex_type='track'), FILM._replace(plex_type=''),
    EPISODE._replace(show_key='')])
def test_what_we_cannot_play_is_no_line(odd: PlaylistItem) -> None:
    assert entries.entry(odd, 'mid') is None


@pytest.mark.parametrize(('url', 'key'), [
    (item_url.movie_url('mid', '7'), '7'), (item_url.movie_url('mid', '7') + '&resume=false', '7'),
    (item_url.episode_url('mid', '8', '9'), '9'), ('http://127.0.0.1:57310/stream/mid/7/1/film.mkv', '7'),
    (item_url.movie_url('other', '7'), ''), ('http://127.0.0.1:57310/stream/other/7/1/film.mkv', ''),
    ('http://127.0.0.1.example.org/stream/mid/7/1/x', ''), ('/media/film.mkv', ''), ('', ''),
    ('plugin://plugin.video.other/?id=7', '')])
def test_the_item_of_a_line(url: str, key: str) -> None:
    assert entries.rating_key(url, 'mid') == key


def test_a_file_is_one_of_plexs_only_if_all_lines_are() -> None:
    film = item_url.movie_url('mid', '7')
    assert entries.rating_keys([film, film], 'mid') == ['7', '7']
    assert entries.rating_keys([film, '/media/film.mkv'], 'mid') is None
    assert entries.rating_keys([], 'mid') is None
    assert entries.digest(['1', '23']) != entries.digest(['12', '3'])
