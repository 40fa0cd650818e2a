"""Which files a library has, by their paths in the server's own file system."""
from __future__ import annotations

from itertools import islice
from typing import Dict, Iterable, Iterator, List

from .plex_fields import NO_ELEMENTS
from .plex_functions import PMSClient
from .plex_model import Section
from .plex_values import children, text

#: The number of the type of items that have files, by the type of their library.
_WITH_FILES = {'movie': 1, 'show': 4}
_PAGE_SIZE, _MOST_PAGES = 200, 5
_FILES = dict(NO_ELEMENTS, excludeElements=','.join(
    name for name in NO_ELEMENTS['excludeElements'].split(',') if name != 'Media'))


def has_videos(section: Section) -> bool:
    """Whether it is a library of films or series."""
    return section.plex_type in _WITH_FILES


def files(client: PMSClient, section: Section) -> Iterator[str]:
    """The paths of the files of the first thousand films or episodes of a library; read as far as they are asked for.

    Raises :class:`PlexError`.
    """
    number = _WITH_FILES[section.plex_type]
    pages = client.pages('/library/sections/%s/all' % section.key, dict(_FILES, type=number), page_size=_PAGE_SIZE)
    for page in islice(pages, _MOST_PAGES):
        for row in page.rows:
            for media in children(row, 'Media'):
                yield from filter(None, (text(part, 'file') for part in children(media, 'Part')))


def some_below(paths: Iterable[str], locations: Iterable[str], most: int) -> Dict[str, List[str]]:
    """For each of these folders up to ``most`` of the files below it; reads no more paths than that needs."""
    found: Dict[str, List[str]] = {location: [] for location in locations}
    for path in paths:
        for location, below in found.items():
            if len(below) < most and path.startswith(location) and path[len(location):][:1] in ('/', '\\'):
                below.append(path)
        if all(len(below) >= most for below in found.values()):
            break
    return found
