"""Items that are moved or copied keep their dates; pictures and trailers of items."""
from __future__ import annotations

import pytest

from resources.lib.library_sync.options import DELTA, SWEEP
from tests.integration.changes.library import film_row, items_of, movies_of
from tests.support.sync_environment import SyncEnvironment

# ---- pictures ------------------------------------------------------------------------------------------------------

def test_an_episode_does_not_keep_a_copy_of_its_shows_picture(env: SyncEnvironment) -> None:
    episode = items_of(env, 'episode')[0]
    show = items_of(env, 'show')[0]
    env.library.update(episode.rating_key, thumb='/library/metadata/%d/thumb/%d' % (
        show.rating_key, show.fields['updatedAt']))
    env.sync()
    key = env.rows("SELECT idEpisode FROM episode_view WHERE strFilename LIKE '%id=' || ?", str(episode.rating_key))
    urls = [row[0] for row in env.rows("SELECT url FROM art WHERE media_type = 'episode' AND media_id = ?", key[0][0])]
    assert not [url for url in urls if '/%d/' % show.rating_key in url]


# ---- moved items, trailers -----------------------------------------------------------------------------------------

def _second_library(env: SyncEnvironment) -> int:
    return int(env.library.add_section('movie', 'More films').id)


@pytest.mark.parametrize('elsewhere', [False, True])
@pytest.mark.parametrize('mode', [SWEEP, DELTA])
def test_a_moved_film_keeps_its_date_and_its_watch_state(env: SyncEnvironment, elsewhere: bool, mode: str) -> None:
    section = _second_library(env) if elsewhere else None
    env.sync()
    old = movies_of(env)[3]
    env.library.scrobble(old.rating_key)
    env.library.rate(old.rating_key, 7)
    env.sync()
    before = film_row(env, old.rating_key)
    assert before['plays'] and before['rating'] == 7
    new = env.library.move(old.rating_key, section)
    env.sync(mode=mode)
    env.sync(mode=mode)
    after = film_row(env, new.rating_key)
    assert {**after, 'id': 0} == {**before, 'id': 0}
    assert not env.rows("SELECT 1 FROM files WHERE strFilename LIKE '%id=' || ?", str(old.rating_key))
    env.library.update(new.rating_key, tagline='Changed later')
    env.sync()
    assert film_row(env, new.rating_key)['added'] == before['added']
    env.library.update(new.rating_key, addedAt=1500000000)
    env.sync()
    assert film_row(env, new.rating_key)['added'] != before['added'], "a date that the user sets in Plex counts again"


def test_a_library_made_anew_on_the_server_needs_no_second_look(env: SyncEnvironment) -> None:
    """All 60 films get new ids at once: that is no mass deletion."""
    added = {row[0]: row[1] for row in env.rows('SELECT c00 || c22, dateAdded FROM movie_view')}
    assert len(added) == 60
    dates = sorted(added.values())
    for movie in movies_of(env):
        env.library.move(movie.rating_key)
    env.sync()
    assert env.rows('SELECT count(*) FROM movie') == [(60,)]
    assert sorted(row[0] for row in env.rows('SELECT dateAdded FROM movie_view')) == dates


def test_a_moved_show_keeps_its_episodes_dates(env: SyncEnvironment) -> None:
    before = sorted(env.rows('SELECT c00, dateAdded, playCount FROM episode_view'), key=repr)
    env.library.move(items_of(env, 'show')[0].rating_key)
    env.sync()
    assert sorted(env.rows('SELECT c00, dateAdded, playCount FROM episode_view'), key=repr) == before
    assert env.rows('SELECT count(*) FROM tvshow') == [(3,)]


def test_a_copy_that_is_deleted_does_not_give_its_date_to_the_one_that_stays(env: SyncEnvironment) -> None:
    first = movies_of(env)[0]
    copy = env.library.add_movie('A copy', guid=first.guid)
    env.sync()
    date = film_row(env, first.rating_key)['added']
    env.library.delete(copy.rating_key)
    env.sync()
    assert film_row(env, first.rating_key)['added'] == date


@pytest.mark.parametrize('hint', ['primaryExtraKey', 'Extras'])
def test_a_films_trailer_is_played_through_us(env: SyncEnvironment, hint: str) -> None:
    movie = movies_of(env)[0]
    trailer = env.library.add_extra(movie.rating_key, 'The trailer')
    env.library.add_extra(movie.rating_key, 'Deleted scenes', subtype='deletedScene')
    if hint == 'Extras':
        env.library.update(movie.rating_key, primaryExtraKey=None)
    env.sync()
    url = env.rows("SELECT c19 FROM movie_view WHERE strFilename LIKE '%id=' || ?", str(movie.rating_key))[0][0]
    from resources.lib import item_url
    ref = item_url.parse(url)
    assert ref and (ref.plex_type, ref.rating_key) == ('trailer', str(trailer.rating_key))
    assert env.rows('SELECT count(*) FROM movie') == [(60,)], 'a trailer is no film'
