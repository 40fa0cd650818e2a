"""A signed-in user with a small library, who opens lists and follows their entries."""
from __future__ import annotations

import json
from typing import Any, Dict, List
from urllib.parse import parse_qsl

from resources.lib import item_url
from tests.support.service_environment import ServiceEnvironment
from tools.plexsim import Library

FILMS = ('Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon')


def house() -> Library:
    """Five films, two shows of two seasons with two episodes each."""
    library = Library.empty()
    films = library.add_section('movie', 'Movies')
    library.add_section('show', 'TV Shows')
    genres = ([{'id': 101, 'tag': 'Drama'}], [{'id': 102, 'tag': 'Comedy'}])
    for number, title in enumerate(FILMS):
        library.add_movie(title, films.id, year=1990 + 5 * number, addedAt=1_600_000_000 + number, Genre=None)
    for number, film in enumerate(list(films.items('movie'))):
        library.update(film.rating_key, Genre=genres[number % 2], updatedAt=1_700_000_000,
                       Director=[{'id': 900, 'tag': 'Ada'}] if number < 2 else [])
    for number, title in enumerate(('Space', 'Hospital')):
        show = library.add_show(title, addedAt=1_650_000_000 + 100 * number)
        for index in (1, 2):
            season = library.add_season(show.rating_key, index, addedAt=1_650_000_000 + 100 * number + index)
            for episode in (1, 2):
                library.add_episode(season.rating_key, episode, '%s %dx%d' % (title, index, episode),
                                    addedAt=1_650_000_000 + 100 * number + 10 * index + episode)
    return library


class ListReader:
    """Somebody who opens lists and follows their entries."""

    def __init__(self, environment: ServiceEnvironment) -> None:
        self.environment = environment
        self.kodi = environment.kodi
        self.sim = environment.sim
        self.library = environment.sync_env.library

    def open(self, path: str, **options: Any) -> Dict[str, Any]:
        """The answer of the service."""
        answer: Dict[str, Any] = json.loads(self.environment.call('list', path=path, **options))
        return answer

    def follow(self, row: Dict[str, Any]) -> Dict[str, Any]:
        """Open an entry that is a list of ours, as the plugin would."""
        assert row['folder'] and row['url'].startswith(item_url.BASE)
        path, _, query = row['url'][len(item_url.BASE):].partition('?')
        return self.open(path, **dict(parse_qsl(query)))

    def text(self, text_id: int) -> str:
        return self.kodi.text(text_id)

    def key(self, title: str, kind: str = 'movie') -> int:
        return next(item.rating_key for item in self.library.items(kind) if item.title == title)

    def row_of(self, title: str) -> int:
        """The row of a film in Kodi's library."""
        (found,), = self.environment.sync_env.rows('SELECT idMovie FROM movie_view WHERE c00 = ?', title)
        return int(found)

    def show_row(self, title: str) -> int:
        (found,), = self.environment.sync_env.rows('SELECT idShow FROM tvshow_view WHERE c00 = ?', title)
        return int(found)


def labels(answer: Dict[str, Any]) -> List[str]:
    return [row['label'] for row in answer['items']]


def views(reader: ListReader, text_id: int, section: str = '1') -> Dict[str, Any]:
    rows = reader.open('sections', section=section)['items']
    return reader.follow(next(row for row in rows if row['label'] == reader.text(text_id)))
