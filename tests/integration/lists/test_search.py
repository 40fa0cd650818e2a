"""The search: words arrive as they were typed, and results are grouped."""
from __future__ import annotations

from resources.lib.kodi.texts import lists as texts
from tests.integration.lists.reader import ListReader, labels


def test_a_search_is_grouped_and_each_group_is_a_list(reader: ListReader) -> None:
    reader.library.add_movie('Space film', 1)
    groups = reader.open('search', query='space')
    assert labels(groups) == [reader.text(one) for one in (texts.MOVIES, texts.SHOWS, texts.EPISODES)]
    films, shows, episodes = (reader.follow(row) for row in groups['items'])
    assert labels(films) == ['Space film'] and labels(shows) == ['Space'] and len(episodes['items']) == 4
    assert labels(reader.open('search', query='space', type='episode', limit='1')) == ['Space 1x1']
    assert reader.open('search', query='nothing like it')['items'] == []


def test_words_with_signs_and_letters_of_all_kinds_arrive_as_they_were_typed(reader: ListReader) -> None:
    for title in ('Crème & Söhne = 100 %?', '東京物語', 'a+b#c'):
        reader.library.add_movie(title, 1)
        groups = reader.open('search', query=title)
        assert labels(reader.follow(groups['items'][0])) == [title]
