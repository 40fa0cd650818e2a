"""Some files of each folder of a library, without reading all of it."""
from __future__ import annotations

from typing import Any, Iterator, List, Tuple

from resources.lib import plex_files, plex_model
from resources.lib.plex_requests import Page


class Pages:
    """A server's listing in pages."""

    def __init__(self, *pages: List[str]) -> None:
        self.listing, self.read = pages, 0
        self.asked: List[Tuple[str, Any]] = []

    def pages(self, path: str, params: Any, **_options: Any) -> Iterator[Page]:
        self.asked.append((path, params['type']))
        for files in self.listing:
            self.read += 1
            rows: List[Any] = [{'Media': [{'Part': [{'file': file}]}]} for file in files]
            yield Page([*rows, {}, {'Media': [{}]}], -1)


def section(plex_type: str) -> Any:
    places = [{'path': '/a'}, {'path': ''}, {}, {'path': '/b'}]
    return plex_model.section({'key': '7', 'type': plex_type, 'Location': places})


def test_a_section_has_its_folders() -> None:
    assert section('movie').locations == ('/a', '/b')
    assert plex_files.has_videos(section('movie')) and not plex_files.has_videos(section('artist'))


def test_only_as_many_pages_are_read_as_are_needed() -> None:
    client: Any = Pages(['/a/1', '/a/2', '/a/3', '/ab/1'], ['/b/1', '/b/2'], ['/b/3'])
    found = plex_files.some_below(plex_files.files(client, section('show')), ('/a', '/b'), 2)
    assert found == {'/a': ['/a/1', '/a/2'], '/b': ['/b/1', '/b/2']} and client.read == 2
    assert client.asked == [('/library/sections/7/all', 4)]


def test_a_huge_library_is_not_read_to_its_end() -> None:
    client: Any = Pages(*([['/a/1']] * 50))
    assert plex_files.some_below(plex_files.files(client, section('movie')), ('/a', '/b'), 3)['/b'] == []
    assert client.read == 5
