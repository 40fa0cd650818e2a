"""Random changes of a simulated library, and two judges of what became of them in Kodi.

The judges: what a sync into an empty database makes of the same library, row for row, and a plain reading of the
simulated server's own records.
"""
from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Callable, Dict, List

from resources.lib.library_sync.engine import LibrarySync
from resources.lib.library_sync.options import DatabaseLocations, Options
from tests.support.sync_environment import PORT, SyncEnvironment, dump
from tools import kodischema


class Hands:
    """Changes the library at random."""

    def __init__(self, env: Any, rng: random.Random) -> None:
        self.env = env
        self.library: Any = env.library
        self.rng = rng
        self.films = next(s for s in self.library.sections.values() if s.type == 'movie')
        self.other = self.library.add_section('movie', 'More films')
        self.changes: List[Callable[[], Any]] = [
            self.add_movie, self.add_episode, self.add_show, self.retitle, self.retag, self.watch, self.unwatch,
            self.start, self.rate, self.delete, self.move, self.join, self.leave, self.new_collection,
            self.rename_collection, self.drop_collection, self.version, self.rename_library, self.trailer, self.rematch]

    def some(self, *types: str) -> Any:
        """Any item of these types, None when there is none."""
        found = [item for kind in types for item in self.library.items(kind)]
        return self.rng.choice(found) if found else None

    def change(self) -> str:
        """Do one thing; returns its name."""
        what = self.rng.choice(self.changes)
        what()
        return what.__name__

    def number(self) -> int:
        return self.rng.randrange(10 ** 6)

    def add_movie(self) -> None:
        self.library.add_movie('Film %d' % self.number(), section_id=self.rng.choice((self.films.id, self.other.id)))

    def add_show(self) -> None:
        if len(list(self.library.items('show'))) < 5:
            show = self.library.add_show('Show %d' % self.number())
            season = self.library.add_season(show.rating_key, self.rng.randrange(3))
            self.library.add_episode(season.rating_key, 1)

    def add_episode(self) -> None:
        season = self.some('season')
        if season:
            self.library.add_episode(season.rating_key, self.rng.randrange(1, 500), 'Episode %d' % self.number())

    def retitle(self) -> None:
        item = self.some('movie', 'show', 'season', 'episode')
        self.library.update(item.rating_key, title='Title %d \U0001f3ac' % self.number(),
                            summary='Text ä %d' % self.number())

    def retag(self) -> None:
        item = self.some('movie', 'show')
        words = ['Drama', 'Comedy', 'Krimi', 'Ä']
        self.library.update(item.rating_key, Genre=[{'tag': word} for word in self.rng.sample(words, 2)],
                            Role=[{'tag': 'Actor %d' % self.rng.randrange(9), 'role': 'Role %d' % n} for n in range(3)],
                            Label=[{'tag': 'Label %d' % self.rng.randrange(3)}])

    def watch(self) -> None:
        self.library.scrobble(self.some('movie', 'episode', 'season').rating_key)

    def unwatch(self) -> None:
        self.library.unscrobble(self.some('movie', 'episode', 'show').rating_key)

    def start(self) -> None:
        self.library.set_progress(self.some('movie', 'episode').rating_key, self.rng.randrange(61000, 900000))

    def rate(self) -> None:
        self.library.rate(self.some('movie', 'show', 'episode').rating_key, self.rng.choice((-1, 2, 5.5, 10)))

    def delete(self) -> None:
        item = self.some('movie', 'episode', 'season')
        if len(list(self.library.items(item.type))) > 3:
            self.library.delete(item.rating_key)

    def move(self) -> None:
        item = self.some('movie')  # with its date, which would be kept by us and not by a first sync
        self.library.move(item.rating_key, self.rng.choice((self.films.id, self.other.id)), added_at=item.added_at)

    def new_collection(self) -> None:
        if len(list(self.library.items('collection'))) < 6:
            section = self.rng.choice((self.films, self.other))
            members = [m.rating_key for m in self.library.items('movie', section.id)][:self.rng.randrange(4)]
            smart = self.rng.choice((None, None, 'type=1&year=2024', 'type=1&unwatched=0'))
            self.library.add_collection(section.id, 'Collection %d' % self.number(), () if smart else members,
                                        smart=smart)

    def _collection(self) -> Any:
        found = [item for item in self.library.items('collection') if item.smart is None]
        return self.rng.choice(found) if found else None

    def join(self) -> None:
        collection = self._collection()
        movies = list(self.library.items('movie', collection.section.id)) if collection else []
        if movies:
            self._silently(self.library.add_to_collection, collection, self.rng.choice(movies))

    def leave(self) -> None:
        collection = self._collection()
        if collection and collection.members:
            self._silently(self.library.remove_from_collection, collection,
                           self.library.need(self.rng.choice(collection.members)))

    def _silently(self, act: Callable[..., Any], collection: Any, item: Any) -> None:
        """As an act that leaves no stamp on the item."""
        stamp = item.fields.get('updatedAt')
        act(collection.rating_key, item.rating_key)
        self.library.update(item.rating_key, updatedAt=stamp)

    def rename_collection(self) -> None:
        collection = self.some('collection')
        if collection:
            self.library.update(collection.rating_key, title='Collection %d' % self.number(), summary='About it')

    def drop_collection(self) -> None:
        collection = self.some('collection')
        if collection:
            self.library.delete(collection.rating_key)

    def version(self) -> None:
        item = self.some('movie')
        media = [dict(one) for one in self.library.stored(item).get('Media', [])]
        if len(media) == 1:
            number = 10 ** 7 + self.number()
            media.append(dict(media[0], id=number, width=3840, height=2160, videoResolution='4k', Part=[
                dict(part, id=number + n, key='/library/parts/%d/1/file.mkv' % (number + n))
                for n, part in enumerate(media[0].get('Part', []))]))
        else:
            media = media[:1]
        self.library.update(item.rating_key, Media=media)

    def rename_library(self) -> None:
        self.library.rename_section(self.other.id, 'More films %d' % self.number())

    def trailer(self) -> None:
        self.library.add_extra(self.some('movie').rating_key, 'Trailer')

    def rematch(self) -> None:
        item = self.some('movie')
        self.library.update(item.rating_key, guid='plex://movie/%d' % self.number(), title='Matched %d' % self.number())


def first_sync(env: SyncEnvironment, folder: Path, version: int, port: int = PORT) -> Dict[str, List[Any]]:
    """What a first sync makes of the library."""
    folder.mkdir()
    video = kodischema.create(str(folder), version)
    report = LibrarySync(env.client, env.machine, DatabaseLocations(video, str(folder / 'state.db')),
                         Options(workers=2, local_port=port)).run()
    assert report.complete and not report.skipped
    return comparable(video)


def comparable(video_db: str) -> Dict[str, List[Any]]:
    """All of Kodi's library, without the pictures of people: who has one keeps it, though the item that brought it may
    be gone; and without sets that are empty.
    """
    found = dump(video_db)
    empty = {row[0] for row in found['sets']} - {row[18] for row in found['movie']}
    found['art'] = [row for row in found['art'] if row[0] != 'actor' and not (row[0] == 'set' and row[1] in empty)]
    # A set that lost its last film while our database was lost cannot be told from one of the user's.
    found['sets'] = [row for row in found['sets'] if row[0] not in empty]
    return found


def assert_truth(env: Any, where: str) -> None:
    """Plain facts, read without any code of the add-on."""
    library: Any = env.library
    shown = {row[0].rsplit('=', 1)[-1]: row[1:] for row in env.rows(
        'SELECT strFilename, c00, playCount, resumeTimeInSeconds, userrating, strSet, idMovie FROM movie_view '
        "WHERE strFilename NOT LIKE '%&media=%'")}
    movies = {str(item.rating_key): library.truth(item.rating_key) for item in library.items('movie')}
    assert set(shown) == set(movies)
    tags: Dict[int, set] = {}
    for media_id, name in env.rows("SELECT media_id, name FROM tag_link l JOIN tag t ON t.tag_id = l.tag_id "
                                   "WHERE media_type = 'movie'"):
        tags.setdefault(media_id, set()).add(name)
    for key, raw in movies.items():
        title, plays, resume, rating, in_set, movie_id = shown[key]
        assert title.startswith(raw['title'].strip())
        assert (plays or 0) == raw.get('viewCount', 0)
        assert int((resume or 0) * 1000 + 0.5) == raw.get('viewOffset', 0)
        assert rating == (int(raw['userRating'] + 0.5) if raw.get('userRating') else None)
        for one in raw.get('Collection', []):
            assert one['tag'] == in_set or one['tag'] in tags[movie_id], '%s: item %s' % (where, key)
        assert raw['librarySectionTitle'] in tags[movie_id]
    episodes = {row[0].rsplit('=', 1)[-1]: row[1:] for row in env.rows(
        'SELECT strFilename, c00, playCount, resumeTimeInSeconds, strTitle FROM episode_view')}
    truth = {str(item.rating_key): library.truth(item.rating_key) for item in library.items('episode')}
    assert set(episodes) == set(truth)
    for key, raw in truth.items():
        title, plays, resume, show = episodes[key]
        assert (title, show) == (raw['title'].strip(), raw['grandparentTitle'].strip())
        assert (plays or 0) == raw.get('viewCount', 0)
        assert int((resume or 0) * 1000 + 0.5) == raw.get('viewOffset', 0)
