"""One item of each kind with all that Plex can say of it, and each place that Kodi has for that."""
from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from resources.lib import item_url
from tests.support.sync_environment import PORT, SyncEnvironment
from tools.plexsim import Library, SimConfig

RATINGS = [{'image': 'imdb://image.rating', 'value': 9.2, 'type': 'audience'},
           {'image': 'themoviedb://image.rating', 'value': 7.7, 'type': 'audience'},
           {'image': 'rottentomatoes://image.rating.ripe', 'value': 8.1, 'type': 'critic'}]
STREAMS = [
    {'id': 91, 'streamType': 1, 'index': 0, 'codec': 'hevc', 'width': 3840, 'height': 1600, 'languageCode': 'eng',
     'colorTrc': 'smpte2084'},
    {'id': 92, 'streamType': 2, 'index': 1, 'codec': 'dca', 'profile': 'ma', 'channels': 8, 'languageCode': 'deu'},
    {'id': 93, 'streamType': 2, 'index': 2, 'codec': 'ac3', 'channels': 6, 'languageCode': 'eng'},
    {'id': 94, 'streamType': 3, 'index': 3, 'codec': 'srt', 'languageCode': 'fra'},
]
MEDIA = [{'id': 81, 'duration': 5400000, 'width': 3840, 'height': 1600, 'aspectRatio': 2.4, 'videoCodec': 'hevc',
          'audioCodec': 'dca', 'audioChannels': 8, 'videoResolution': '4k', 'container': 'mkv', 'Part': [
              {'id': 82, 'key': '/library/parts/82/1/file.mkv', 'duration': 5400000, 'file': '/films/a.mkv',
               'size': 1, 'container': 'mkv', 'Stream': STREAMS}]}]
PEOPLE: Dict[str, Any] = {
    'Director': [{'tag': 'Dora Director'}, {'tag': 'Dirk Director'}], 'Writer': [{'tag': 'Willa Writer'}],
    'Role': [{'tag': 'Ada Actor', 'role': 'Ä Hero', 'thumb': 'https://metadata-static.plex.tv/people/ada.jpg'},
             {'tag': 'Bob Actor', 'role': 'Villain'}]}


class Scene:
    """A synced library with one item of each kind that has everything."""

    def __init__(self, env: SyncEnvironment) -> None:
        self.env = env
        library = env.library
        self.movie = library.add_movie('A film').rating_key
        self.show = library.add_show('A show').rating_key
        self.season = library.add_season(self.show, 2).rating_key
        self.episode = library.add_episode(self.season, 7, 'An episode').rating_key
        common: Dict[str, Any] = {
            'summary': 'Zusammenfassung ✓', 'originallyAvailableAt': '1999-03-31', 'contentRating': 'de/16',
            'audienceRating': 9.2, 'audienceRatingImage': 'imdb://image.rating', 'rating': 8.1,
            'ratingImage': 'rottentomatoes://image.rating.ripe', 'Rating': RATINGS, 'userRating': 7.0,
            'Guid': [{'id': 'imdb://tt0133093'}, {'id': 'tmdb://603'}, {'id': 'tvdb://169'}]}
        library.update(self.movie, title='Ä film', originalTitle='Le film', titleSort='film ä', tagline='A tagline',
                       year=1999, studio='Studio X', duration=5400000, editionTitle="Director's Cut",
                       Genre=[{'tag': 'Drama'}, {'tag': 'Krimi'}], Country=[{'tag': 'Österreich'}],
                       Label=[{'tag': 'Kids'}], Media=MEDIA, primaryExtraKey='/library/metadata/777', viewCount=2,
                       viewOffset=600000, lastViewedAt=1600000000,
                       Image=self.images(self.movie, 'coverPoster', 'background', 'clearLogo', 'coverArt', 'banner',
                                         'backgroundSquare'),
                       **common, **PEOPLE, **self.pictures(self.movie))
        library.update(self.show, title='Ä show', originalTitle='La série', titleSort='show ä', year=1999,
                       studio='Network', duration=2700000, Genre=[{'tag': 'Drama'}], Label=[{'tag': 'Kids'}],
                       Role=PEOPLE['Role'], primaryExtraKey='/library/metadata/778',
                       Image=self.images(self.show, 'coverPoster', 'background', 'clearLogo', 'coverArt', 'banner'),
                       **common, **self.pictures(self.show))
        library.update(self.season, title='Season two', userRating=6.0, **self.pictures(self.season))
        library.update(self.episode, title='Ä episode', titleSort='episode ä', duration=2640000, Media=MEDIA,
                       thumb='/library/metadata/%s/thumb/5' % self.episode, **common, **PEOPLE)
        section = next(s for s in library.sections.values() if s.type == 'movie')
        second = library.add_collection(section.id, 'Second collection', [self.movie])
        first = library.add_collection(section.id, 'First collection', [self.movie])
        self.sets = {one.fields['title']: one.rating_key for one in (first, second)}
        for key in self.sets.values():
            library.update(key, summary='About it', **self.pictures(key))
        self.library_title = section.title
        report = env.sync()
        assert report.complete and not report.skipped and not report.error

    @staticmethod
    def pictures(key: Any) -> Dict[str, str]:
        return {'thumb': '/library/metadata/%s/thumb/5' % key, 'art': '/library/metadata/%s/art/5' % key}

    @staticmethod
    def images(key: Any, *kinds: str) -> List[Dict[str, str]]:
        return [{'type': kind, 'url': '/library/metadata/%s/%s/5' % (key, kind), 'alt': ''} for kind in kinds]

    def url(self, path: str) -> str:
        return item_url.art_url(PORT, self.env.machine, path)

    def row(self, view: str, columns: str, where: str) -> Dict[str, Any]:
        rows = self.env.rows('SELECT %s FROM %s WHERE %s' % (columns, view, where))
        assert len(rows) == 1
        return dict(zip(columns.split(', '), rows[0]))

    def id_of(self, media_type: str, rating_key: Any) -> int:
        return int(self.env.rows("SELECT media_id FROM uniqueid WHERE media_type = ? AND type = 'plex' AND value = ?",
                                 media_type, str(rating_key))[0][0])

    def art(self, media_type: str, media_id: int) -> Dict[str, str]:
        return dict(self.env.rows('SELECT type, url FROM art WHERE media_type = ? AND media_id = ?', media_type,
                                  media_id))

    def names(self, table: str, media_type: str, media_id: int, link: str = '') -> List[str]:
        """Names that an item is linked to."""
        key = table + '_id'
        return sorted(row[0] for row in self.env.rows(
            'SELECT n.name FROM %s n JOIN %s l ON l.%s = n.%s WHERE l.media_type = ? AND l.media_id = ?' % (
                table, link or table + '_link', key, key), media_type, media_id))

    def pairs(self, table: str, columns: str, media_type: str, media_id: int) -> Dict[str, Any]:
        return dict(self.env.rows('SELECT %s FROM %s WHERE media_type = ? AND media_id = ?' % (columns, table),
                                  media_type, media_id))

    def shared(self, media_type: str, media_id: int) -> None:
        """What movies, shows and episodes have in common."""
        assert self.pairs('rating', 'rating_type, rating', media_type, media_id) == {
            'imdb': 9.2, 'themoviedb': 7.7, 'tomatometerallcritics': 8.1}
        ids = self.pairs('uniqueid', 'type, value', media_type, media_id)
        assert {kind: ids.get(kind) for kind in ('imdb', 'tmdb', 'tvdb')} == {
            'imdb': 'tt0133093', 'tmdb': '603', 'tvdb': '169'}
        assert self.env.rows(
            'SELECT n.name, l.role, l.cast_order FROM actor n JOIN actor_link l ON l.actor_id = n.actor_id '
            'WHERE l.media_type = ? AND l.media_id = ? ORDER BY l.cast_order', media_type, media_id) == [
                ('Ada Actor', 'Ä Hero', 0), ('Bob Actor', 'Villain', 1)]

    def streams(self, file_id: int) -> List[Any]:
        hdr = "'hdr10'" if Path(self.env.video_db).name == 'MyVideos119.db' else 'strHdrType'
        return self.env.rows(
            'SELECT iStreamType, coalesce(strVideoCodec, strAudioCodec, strSubtitleLanguage), fVideoAspect, '
            'iVideoWidth, iVideoHeight, iVideoDuration, iAudioChannels, strAudioLanguage, '
            'CASE iStreamType WHEN 0 THEN %s END FROM streamdetails WHERE idFile = ? ORDER BY rowid' % hdr, file_id)


ALL_STREAMS = [(0, 'hevc', 2.4, 3840, 1600, 5400, None, None, 'hdr10'),
               (1, 'dtshd_ma', None, None, None, None, 8, 'deu', None),
               (1, 'ac3', None, None, None, None, 6, 'eng', None),
               (2, 'fra', None, None, None, None, None, None, None)]


@pytest.fixture(params=[119, 121, 131])
def scene(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    library = Library.generate(seed=2, movies=2, shows=1, seasons=1, episodes=1)
    env = SyncEnvironment(tmp_path, library, request.param, SimConfig())
    try:
        yield Scene(env)
    finally:
        env.close()


def test_a_film(scene: Scene) -> None:
    movie = scene.id_of('movie', scene.movie)
    row = scene.row('movie_view', 'c00, c01, c03, c06, c10, c11, c12, c14, c15, c16, c18, c21, premiered, userrating, '
                    'strSet, strSetOverview, playCount, resumeTimeInSeconds, totalTimeInSeconds, rating, rating_type, '
                    'uniqueid_type, uniqueid_value', 'idMovie = %d' % movie)
    assert row == {
        'c00': "Ä film [Director's Cut]", 'c01': 'Zusammenfassung ✓', 'c03': 'A tagline', 'c06': 'Willa Writer',
        'c10': 'film ä', 'c11': '5400', 'c12': 'de/16', 'c14': 'Drama / Krimi', 'c15': 'Dora Director / Dirk Director',
        'c16': 'Le film', 'c18': 'Studio X', 'c21': 'Österreich', 'premiered': '1999-03-31', 'userrating': 7,
        'strSet': row['strSet'], 'strSetOverview': 'About it', 'playCount': 2, 'resumeTimeInSeconds': 600.0,
        'totalTimeInSeconds': 5400.0, 'rating': 9.2, 'rating_type': 'imdb', 'uniqueid_type': 'imdb',
        'uniqueid_value': 'tt0133093'}
    more = scene.row('movie', 'c19, c22, idFile, idSet', 'idMovie = %d' % movie)
    assert more['c19'].startswith('plugin://') and '777' in more['c19']
    assert str(scene.movie) in more['c22']
    scene.shared('movie', movie)
    assert scene.names('actor', 'movie', movie, 'director_link') == ['Dirk Director', 'Dora Director']
    assert scene.names('actor', 'movie', movie, 'writer_link') == ['Willa Writer']
    assert scene.names('genre', 'movie', movie) == ['Drama', 'Krimi']
    assert scene.names('country', 'movie', movie) == ['Österreich']
    assert scene.names('studio', 'movie', movie) == ['Studio X']
    assert row['strSet'] in scene.sets  # one collection is the set, the other a tag
    assert scene.names('tag', 'movie', movie) == sorted(
        ['Kids', scene.library_title] + [name for name in scene.sets if name != row['strSet']])
    path = '/library/metadata/%s/' % scene.movie
    assert scene.art('movie', movie) == {
        'poster': scene.url(path + 'thumb/5'), 'fanart': scene.url(path + 'art/5'),
        'clearlogo': scene.url(path + 'clearLogo/5'), 'landscape': scene.url(path + 'coverArt/5'),
        'banner': scene.url(path + 'banner/5'), 'keyart': scene.url(path + 'backgroundSquare/5')}
    assert scene.streams(more['idFile']) == ALL_STREAMS
    assert [row[0] for row in scene.env.rows('SELECT strSubtitleLanguage FROM streamdetails WHERE idFile = ? AND '
                                             'iStreamType = 2', more['idFile'])] == ['fra']
    face = scene.env.rows("SELECT a.url FROM art a JOIN actor n ON n.actor_id = a.media_id WHERE "
                          "a.media_type = 'actor' AND n.name = 'Ada Actor'")
    assert face and 'ada.jpg' in face[0][0]
    set_key = scene.sets[row['strSet']]
    assert scene.art('set', more['idSet']) == {'poster': scene.url('/library/metadata/%s/thumb/5' % set_key),
                                               'fanart': scene.url('/library/metadata/%s/art/5' % set_key)}


def test_a_show_and_its_season(scene: Scene) -> None:
    show = scene.id_of('tvshow', scene.show)
    row = scene.row('tvshow_view', 'c00, c01, c05, c08, c09, c13, c14, c15, userrating, duration, rating, rating_type, '
                    'uniqueid_type, totalCount, totalSeasons', 'idShow = %d' % show)
    assert row == {
        'c00': 'Ä show', 'c01': 'Zusammenfassung ✓', 'c05': '1999-03-31', 'c08': 'Drama', 'c09': 'La série',
        'c13': 'de/16', 'c14': 'Network', 'c15': 'show ä', 'userrating': 7, 'duration': 2700, 'rating': 9.2,
        'rating_type': 'imdb', 'uniqueid_type': 'tvdb', 'totalCount': 1, 'totalSeasons': 1}
    trailer = scene.row('tvshow', 'c16', 'idShow = %d' % show)['c16']
    assert trailer.startswith('plugin://') and '778' in trailer
    scene.shared('tvshow', show)
    assert scene.names('genre', 'tvshow', show) == ['Drama']
    assert scene.names('studio', 'tvshow', show) == ['Network']
    assert 'Kids' in scene.names('tag', 'tvshow', show)
    path = '/library/metadata/%s/' % scene.show
    assert scene.art('tvshow', show) == {
        'poster': scene.url(path + 'thumb/5'), 'fanart': scene.url(path + 'art/5'),
        'clearlogo': scene.url(path + 'clearLogo/5'), 'landscape': scene.url(path + 'coverArt/5'),
        'banner': scene.url(path + 'banner/5')}
    season = scene.row('seasons', 'idSeason, season, name, userrating', 'idShow = %d' % show)
    assert (season['season'], season['name'], season['userrating']) == (2, 'Season two', 6)
    path = '/library/metadata/%s/' % scene.season
    assert scene.art('season', season['idSeason']) == {'poster': scene.url(path + 'thumb/5'),
                                                       'fanart': scene.url(path + 'art/5')}


def test_an_episode(scene: Scene) -> None:
    episode = scene.id_of('episode', scene.episode)
    row = scene.row('episode_view', 'c00, c01, c04, c05, c09, c10, c12, c13, userrating, strTitle, rating, '
                    'rating_type, uniqueid_type, mpaa, studio, premiered', 'idEpisode = %d' % episode)
    assert row == {
        'c00': 'Ä episode', 'c01': 'Zusammenfassung ✓', 'c04': 'Willa Writer', 'c05': '1999-03-31', 'c09': '2640',
        'c10': 'Dora Director / Dirk Director', 'c12': '2', 'c13': '7', 'userrating': 7, 'strTitle': 'Ä show',
        'rating': 9.2, 'rating_type': 'imdb', 'uniqueid_type': 'tvdb', 'mpaa': 'de/16', 'studio': 'Network',
        'premiered': '1999-03-31'}
    scene.shared('episode', episode)
    assert scene.names('actor', 'episode', episode, 'director_link') == ['Dirk Director', 'Dora Director']
    assert scene.names('actor', 'episode', episode, 'writer_link') == ['Willa Writer']
    assert scene.art('episode', episode) == {'thumb': scene.url('/library/metadata/%s/thumb/5' % scene.episode)}
    assert scene.streams(scene.row('episode', 'idFile', 'idEpisode = %d' % episode)['idFile']) == ALL_STREAMS
