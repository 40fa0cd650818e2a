"""What stands in Kodi's library after a batch: everything of Plex's, and nothing of the user's lost."""
from __future__ import annotations

from typing import Any, Sequence

import pytest

from resources.lib import item_url
from resources.lib.kodi_db import links
from resources.lib.kodi_db import names as names_module
from resources.lib.kodi_db.records import SetRecord, WatchState
from resources.lib.kodi_db.writer import LibraryWriter
from tests.unit.kodi_db.conftest import ART, MID, DbEnvironment, episode, movie, person, season, show

MOVIES = 'plugin://plugin.video.plexkodiconnect/play/movies/mid/'
WATCHED = WatchState(2, '2024-05-01 20:15:00', 61.5, 5400.0)


def path_row(env: DbEnvironment, path: str) -> Any:
    return env.rows('SELECT strContent, strScraper, noUpdate, exclude, idParentPath, dateAdded FROM path '
                      'WHERE strPath = ?', path)


# ---- the same again ------------------------------------------------------------------------------------------------

def test_writing_the_same_batch_again_changes_nothing(env: DbEnvironment) -> None:
    record = movie(genres=('Drama',), tags=('Films',), studios=('S',), countries=('C',), set_name='Saga',
                   cast=(person('A', 'x', ART % ('9', 1)), person('A', 'y'), person('B')), directors=(person('A'),),
                   art=(('poster', ART % ('7', 1)),), watch=WATCHED)
    first = env.movies(record)

    def content() -> Any:
        tables = [row[0] for row in env.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {table: env.rows('SELECT * FROM ' + table) for table in tables if table != 'streamdetails'}
    before = content()
    env.reopen()
    assert env.movies(record) == first
    assert content() == before
    assert env.rows('SELECT count(*) FROM streamdetails') == [(3,)]


def test_a_change_replaces_what_plex_took_away(env: DbEnvironment) -> None:
    (kodi_id, file_id), = env.movies(movie(
        genres=('Drama', 'Crime'), tags=('Films', 'Old'), cast=(person('A', 'x'), person('B', 'y')), watch=WATCHED,
        art=(('poster', ART % ('7', 1)), ('banner', ART % ('8', 1)))))
    env.movies(movie(title='New', genres=('Crime',), tags=('Films',), cast=(person('B', 'y'), person('A', 'x')),
                       art=(('poster', ART % ('7', 2)),), kodi_id=kodi_id, file_id=file_id))
    assert env.names('genre', kodi_id) == ['Crime'] and env.names('tag', kodi_id) == ['Films']
    assert env.rows('SELECT name FROM actor a JOIN actor_link l ON a.actor_id = l.actor_id '
                      'ORDER BY cast_order') == [('B',), ('A',)]
    assert env.art(kodi_id) == {'poster': ART % ('7', 2)}
    assert env.rows('SELECT c00, playCount, lastPlayed, resumeTimeInSeconds FROM movie_view') == [
        ('New', None, None, None)]


# ---- what Kodi made itself -----------------------------------------------------------------------------------------

def test_a_film_that_was_played_before_it_was_synced_is_not_doubled(env: DbEnvironment) -> None:
    """Kodi makes path, file and bookmark rows of its own when a plugin's item is played."""
    env.execute("INSERT INTO path (strPath) VALUES ('%s'); INSERT INTO files (idPath, strFilename, playCount, "
                  "lastPlayed) VALUES (1, '%s', 5, '2020-01-01'); INSERT INTO bookmark (idFile, timeInSeconds, "
                  "totalTimeInSeconds, playerState, type) VALUES (1, 100.0, 5400.0, '<player/>', 1);"
                  % (MOVIES, item_url.movie_url(MID, '7')))
    (_, file_id), = env.movies(movie(watch=WATCHED))
    assert file_id == 1 and len(env.rows('SELECT * FROM files')) == 1 == len(env.rows('SELECT * FROM path'))
    assert env.rows('SELECT playCount, lastPlayed FROM files') == [(2, '2024-05-01 20:15:00')]
    assert env.rows('SELECT timeInSeconds, playerState FROM bookmark') == [(61.5, '<player/>')]
    assert path_row(env, MOVIES)[0][:4] == ('movies', 'metadata.local', 1, 0)


def test_kodis_own_bookmarks_and_settings_of_a_film_survive_a_sync(env: DbEnvironment) -> None:
    (kodi_id, file_id), = env.movies(movie(watch=WATCHED))
    env.execute('INSERT INTO bookmark (idFile, timeInSeconds, type) VALUES (%d, 30.0, 0);'
                  'INSERT INTO settings (idFile, AudioStream) VALUES (%d, 2);' % (file_id, file_id))
    env.movies(movie(kodi_id=kodi_id, file_id=file_id))
    assert env.rows('SELECT timeInSeconds, type FROM bookmark') == [(30.0, 0)]
    assert env.rows('SELECT AudioStream FROM settings') == [(2,)]


def test_a_season_that_an_episode_made_is_taken_over(env: DbEnvironment) -> None:
    show_id, = env.write('tvshow', show())
    env.write('episode', episode(show_id))
    season_id = env.rows('SELECT idSeason FROM seasons')[0][0]
    assert env.write('season', season(show_id, 1, name='Book One')) == [season_id]
    assert env.rows('SELECT season, name FROM seasons') == [(1, 'Book One')]
    assert env.rows('SELECT idSeason FROM episode') == [(season_id,)]


def test_a_shows_path_keeps_its_place_and_date_when_an_episode_comes_later(env: DbEnvironment) -> None:
    show_id, = env.write('tvshow', show())
    path = item_url.show_path(MID, '3')
    before = path_row(env, path)
    assert before[0][4] and before[0][5] == '2020-01-01 10:00:00'
    env.reopen()
    env.write('episode', episode(show_id))
    assert path_row(env, path) == before


def test_names_that_kodis_scraper_wrote_in_another_case_are_used(env: DbEnvironment) -> None:
    env.execute("INSERT INTO genre (name) VALUES ('SCIENCE FICTION'); INSERT INTO tag (name) VALUES ('films');")
    (kodi_id, _), = env.movies(movie(genres=('Science Fiction', 'science fiction'), tags=('Films',)))
    assert env.names('genre', kodi_id) == ['SCIENCE FICTION'] and env.names('tag', kodi_id) == ['films']


@pytest.mark.parametrize('name', ['x' * 50_000, 'ÉCOLE', 'İstanbul', '第1話', "O'Brien; DROP TABLE movie", '🎬' * 300])
def test_long_and_foreign_names(env: DbEnvironment, name: str) -> None:
    for _ in range(2):
        env.movies(movie('1', genres=(name, name.lower()), cast=(person(name, name, ART % ('9', 1)),), tags=(name,),
                           directors=(person(name),)))
        env.reopen()
    (kodi_id,), = env.rows('SELECT idMovie FROM movie')
    assert name[:255] in (env.names('genre', kodi_id) + env.names('actor', kodi_id))
    assert len(env.names('actor', kodi_id)) == 1


def test_a_library_with_more_studios_than_are_kept_in_memory_can_be_synced(
        env: DbEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, '_MOST', 20)
    for number in range(30):
        env.movies(movie(str(number), studios=('Studio %d' % number,), cast=(person('Actor %d' % number),)))
    env.reopen()
    (kodi_id, _), = env.movies(movie('99', studios=('Studio new',)))
    assert env.names('studio', kodi_id) == ['Studio new']


# ---- tags: Kodi's trigger deletes those without links --------------------------------------------------------------

def test_a_tag_that_moves_from_one_film_to_another_is_still_there(env: DbEnvironment) -> None:
    """The trigger delete_tag removes the name with its last link; its id must not be used after that."""
    (first, file_id), = env.movies(movie('1', tags=('Films', 'Christmas')))
    env.movies(movie('1', tags=('Films',), kodi_id=first, file_id=file_id))
    assert env.rows('SELECT name FROM tag') == [('Films',)]
    (second, _), = env.movies(movie('2', tags=('Films', 'Christmas')))
    assert env.names('tag', second) == ['Christmas', 'Films']


def test_a_tag_whose_film_was_removed_comes_back_with_the_next_film(env: DbEnvironment) -> None:
    (first, _), = env.movies(movie('1', tags=('Films',)))
    env.remove('movie', [first])
    env.execute("INSERT INTO tag (name) VALUES ('Somebody else''s')")
    (second, _), = env.movies(movie('2', tags=('Films',)))
    assert env.names('tag', second) == ['Films']


def test_renaming_a_library_swaps_its_tag_on_all_films(env: DbEnvironment) -> None:
    records = [movie(str(key), tags=('Films',)) for key in range(5)]
    written = env.movies(*records)
    env.movies(*[movie(str(key), tags=('Movies',), kodi_id=row[0], file_id=row[1])
                   for key, row in enumerate(written)])
    assert [env.names('tag', row[0]) for row in written] == [['Movies']] * 5
    assert env.rows('SELECT name FROM tag') == [('Movies',)]


# ---- art -----------------------------------------------------------------------------------------------------------

def test_a_poster_that_the_user_chose_stays(env: DbEnvironment) -> None:
    (kodi_id, file_id), = env.movies(movie(art=(('poster', ART % ('7', 1)), ('fanart', ART % ('8', 1)))))
    env.execute("UPDATE art SET url = 'image://my%2fposter.jpg/' WHERE type = 'poster';"
                  "INSERT INTO art (media_id, media_type, type, url) VALUES (1, 'movie', 'discart', '/mine.png');")
    env.movies(movie(art=(('poster', ART % ('7', 2)), ('fanart', ART % ('8', 2))), kodi_id=kodi_id, file_id=file_id))
    assert env.art(kodi_id) == {'poster': 'image://my%2fposter.jpg/', 'fanart': ART % ('8', 2),
                                  'discart': '/mine.png'}
    env.movies(movie(kodi_id=kodi_id, file_id=file_id))
    assert env.art(kodi_id) == {'poster': 'image://my%2fposter.jpg/', 'discart': '/mine.png'}


@pytest.mark.parametrize('path', ['/library/metadata/7/thumb/1', 'https://metadata-static.plex.tv/9/people/a.jpg',
                                  'https://image.tmdb.org/t/p/original/1.jpg', 'https://assets.fanart.tv/fanart/1.jpg'])
def test_every_picture_that_we_write_we_can_also_replace(path: str) -> None:
    """Else it stays for ever, as if the user had chosen it."""
    url = item_url.art_url(57310, MID, path)
    assert url == '' or url.startswith(links.OUR_ART)


def test_a_face_from_another_scraper_stays_and_a_missing_one_is_given(env: DbEnvironment) -> None:
    env.execute("INSERT INTO actor (name) VALUES ('Ann'); INSERT INTO art (media_id, media_type, type, url) "
                  "VALUES (1, 'actor', 'thumb', '/faces/ann.jpg');")
    env.movies(movie(cast=(person('Ann', 'x', ART % ('9', 1)), person('Bo', 'y', ART % ('9', 2))),
                       directors=(person('Cy', '', ART % ('9', 3)),)))
    faces = dict(env.rows("SELECT name, url FROM art JOIN actor ON actor_id = media_id WHERE media_type = 'actor'"))
    assert faces == {'Ann': '/faces/ann.jpg', 'Bo': ART % ('9', 2), 'Cy': ART % ('9', 3)}


def test_a_face_that_we_may_not_show_is_no_face(env: DbEnvironment) -> None:
    asked = []

    def picture_url(words: str) -> str:
        asked.append(words)
        return '' if 'Token' in words else ART % ('9', 1)

    env.writer = LibraryWriter(env.database, picture_url)
    env.movies(movie('7', cast=(person('Ann', 'x', '/a'), person('Bo', 'y', '/b?X-Plex-Token=1'))),
                 movie('8', cast=(person('Ann', 'z', '/a'),)))
    env.movies(movie('9', cast=(person('Ann', 'z', '/a'),)))
    assert env.rows("SELECT name, url FROM art JOIN actor ON actor_id = media_id WHERE media_type = 'actor'") == [
        ('Ann', ART % ('9', 1))]
    assert asked.count('/a') == 1


@pytest.mark.parametrize('count', [0, 1, 2, 24, 25, 179, 180, 181, 361, 2000])
def test_any_number_of_rows_goes_in_once(env: DbEnvironment, count: int) -> None:
    rows = [(number, 'movie', number) for number in range(count)]
    with env.writer.transaction():
        env.database.insert('genre_link', ('genre_id', 'media_type', 'media_id'), rows)
        env.database.insert_missing('genre_link', ('genre_id', 'media_type', 'media_id'), rows)
    assert sorted(env.rows('SELECT genre_id, media_type, media_id FROM genre_link')) == rows


# ---- sets ----------------------------------------------------------------------------------------------------------

def sets(env: DbEnvironment, *records: SetRecord, changed: Sequence[str] = ()) -> int:
    with env.writer.transaction():
        return env.writer.shared.sets.write(records, changed, item_url.MOVIES_BASE)


def test_films_of_a_collection_share_one_set(env: DbEnvironment) -> None:
    env.movies(movie('1', set_name='Saga'), movie('2', set_name='Saga'), movie('3', set_name='Other'), movie('4'))
    env.reopen()
    env.movies(movie('5', set_name='Saga'))
    assert env.rows('SELECT strSet, count(*) FROM movie_view WHERE idSet IS NOT NULL GROUP BY strSet') == [
        ('Other', 1), ('Saga', 3)]
    assert len(env.rows('SELECT * FROM sets')) == 2


def test_a_sets_words_and_poster_are_written_once(env: DbEnvironment) -> None:
    env.movies(movie('1', set_name='Saga'))
    record = SetRecord('Saga', 'All of it.', (('poster', ART % ('50', 1)),))
    assert sets(env, record) > 0
    assert sets(env, record) == 0
    assert env.rows('SELECT strOverview FROM sets') == [('All of it.',)]
    assert env.art(1, 'set') == {'poster': ART % ('50', 1)}
    other = SetRecord('Saga', 'Other words.', (('poster', ART % ('50', 2)),))
    assert sets(env, other) == 0, 'two libraries with one name of a collection would take turns for ever'
    assert sets(env, other, changed=['Saga']) > 0
    assert env.rows('SELECT strOverview FROM sets') == [('Other words.',)]
    assert env.art(1, 'set') == {'poster': ART % ('50', 2)}


def test_a_collection_without_films_of_ours_makes_no_set(env: DbEnvironment) -> None:
    assert sets(env, SetRecord('Empty', 'x', (('poster', ART % ('50', 1)),))) == 0
    assert env.rows('SELECT * FROM sets') == [] == env.rows('SELECT * FROM art')


def test_a_set_with_the_users_own_films_keeps_the_users_words_and_poster(env: DbEnvironment) -> None:
    env.execute("INSERT INTO path (strPath) VALUES ('/films/'); INSERT INTO files (idPath, strFilename) "
                  "VALUES (1, 'a.mkv'); INSERT INTO sets (strSet, strOverview) VALUES ('Saga', 'my own words');"
                  "INSERT INTO movie (idFile, c00, idSet) VALUES (1, 'Mine', 1);"
                  "INSERT INTO art (media_id, media_type, type, url) VALUES (1, 'set', 'poster', '/mine.jpg');")
    env.movies(movie('1', set_name='Saga'))
    sets(env, SetRecord('Saga', "Plex's words", (('poster', ART % ('50', 1)),)))
    assert env.art(1, 'set') == {'poster': '/mine.jpg'}
    assert env.rows('SELECT strOverview FROM sets') == [('my own words',)]


def test_a_film_leaves_its_set(env: DbEnvironment) -> None:
    (kodi_id, file_id), = env.movies(movie('1', set_name='Saga'))
    env.movies(movie('1', kodi_id=kodi_id, file_id=file_id))
    assert env.rows('SELECT idSet FROM movie') == [(None,)]


# ---- watch state, ratings, removal ---------------------------------------------------------------------------------

def test_watch_state_alone_leaves_the_rest_alone(env: DbEnvironment) -> None:
    (_, first), (_, second) = env.movies(movie('1', genres=('Drama',)), movie('2', watch=WATCHED))
    with env.writer.transaction():
        env.writer.write_watch([(first, WATCHED), (second, WatchState(None, None, 0.0, 0.0))])
    assert env.rows('SELECT playCount, lastPlayed, resumeTimeInSeconds, totalTimeInSeconds FROM movie_view '
                      'ORDER BY idMovie') == [(2, '2024-05-01 20:15:00', 61.5, 5400.0), (None, None, None, None)]
    assert env.names('genre', 1) == ['Drama']


@pytest.mark.parametrize('media_type', ['movie', 'tvshow', 'season', 'episode'])
def test_the_users_rating_comes_and_goes(env: DbEnvironment, media_type: str) -> None:
    env.movies(movie())
    show_id, = env.write('tvshow', show())
    env.write('season', season(show_id))
    env.write('episode', episode(show_id))
    table = {'season': 'seasons'}.get(media_type, media_type)
    for given, stored in ((8, 8), (0, None)):
        with env.writer.transaction():
            env.writer.write_user_ratings(env.items(media_type).table, [(1, given)])
        assert env.rows('SELECT userrating FROM ' + table) == [(stored,)]


def test_removing_a_show_takes_all_of_it_and_nothing_else(env: DbEnvironment) -> None:
    first, second = env.write('tvshow', show('3', 'Gone', tags=('TV',)), show('4', 'Kept', tags=('TV',)))
    env.write('season', season(first, art=(('poster', ART % ('5', 1)),)), season(second))
    env.write('episode', episode(first, '31', art=(('thumb', ART % ('31', 1)),), watch=WATCHED),
                episode(second, '41', show_key='4'))
    env.remove('tvshow', [first])
    assert env.rows('SELECT c00, totalCount FROM tvshow_view') == [('Kept', 1)]
    for table, count in (('episode', 1), ('seasons', 1), ('files', 1), ('bookmark', 0), ('art', 0), ('uniqueid', 4),
                         ('rating', 2), ('tvshowlinkpath', 1)):
        assert env.rows('SELECT count(*) FROM ' + table) == [(count,)], table
    assert path_row(env, item_url.show_path(MID, '3')) == [] != path_row(env, item_url.show_path(MID, '4'))
    again, = env.write('tvshow', show('3', 'Back'))
    env.write('episode', episode(again, '31'))
    assert env.rows("SELECT totalCount FROM tvshow_view WHERE c00 = 'Back'") == [(1,)]


def test_a_season_goes_only_without_episodes(env: DbEnvironment) -> None:
    show_id, = env.write('tvshow', show())
    one, _two = env.write('season', season(show_id, 1), season(show_id, 2))
    env.write('episode', episode(show_id, '31', season_number=1), episode(show_id, '32', season_number=2))
    env.remove('season', [one])
    assert len(env.rows('SELECT * FROM episode_view')) == 2
    env.remove('episode', [1])
    env.remove('season', [one])
    assert env.rows('SELECT c12 FROM episode_view') == [('2',)] and env.rows('SELECT season FROM seasons') == [(2,)]
    assert len(env.rows('SELECT * FROM files')) == 1


def test_removing_what_is_not_there_is_nothing(env: DbEnvironment) -> None:
    env.movies(movie())
    for media_type in ('movie', 'tvshow', 'season', 'episode'):
        env.remove(media_type, [99, 100])
        env.remove(media_type, [])
    assert len(env.rows('SELECT * FROM movie_view')) == 1


def test_episodes_of_one_batch_in_several_seasons_and_shows(env: DbEnvironment) -> None:
    first, second = env.write('tvshow', show('3'), show('4'))
    env.write('episode', episode(first, '31', 1, 0), episode(first, '32', 1, 2), episode(first, '33', 2, 2),
                episode(second, '41', 1, 2, show_key='4'))
    assert env.rows('SELECT strPath, c12, c13 FROM episode_view ORDER BY idEpisode') == [
        (item_url.show_path(MID, '3'), '0', '1'), (item_url.show_path(MID, '3'), '2', '1'),
        (item_url.show_path(MID, '3'), '2', '2'), (item_url.show_path(MID, '4'), '2', '1')]
    assert len(env.rows('SELECT * FROM seasons')) == 3
