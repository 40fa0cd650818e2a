"""What the tests of changes look at: items of the simulated Plex, listings that were read, rows of films."""
from __future__ import annotations

import re
from typing import Any, Dict, List, Set

from resources.lib.library_sync.options import DELTA
from resources.lib.library_sync.report import SyncReport
from tests.support.sync_environment import SyncEnvironment


def items_of(env: SyncEnvironment, plex_type: str) -> List[Any]:
    return list(env.library.items(plex_type))


def movies_of(env: SyncEnvironment) -> List[Any]:
    return items_of(env, 'movie')


def only_delta(env: SyncEnvironment) -> SyncReport:
    """A delta that really was one: no listing was read as a whole."""
    env.sim.reset_stats()
    report = env.sync(mode=DELTA)
    assert report.complete and not report.error
    assert not swept(env), 'a whole listing was read'
    return report


def swept(env: SyncEnvironment) -> Set[str]:
    """Listings that were read without a filter, as ``section/type``."""
    found = set()
    for entry in env.sim.requests.find(r'/library/sections/\d+/all'):
        query = entry.query if hasattr(entry, 'query') else entry.path
        if 'push=1' in query or 'X-Plex-Container-Size=0' in query or 'type=18' in query:
            continue
        section = re.search(r'/sections/(\d+)/', entry.path)
        kind = re.search(r'type=(\d+)', query)
        assert section and kind
        found.add('%s/%s' % (section.group(1), kind.group(1)))
    return found


def film_row(env: SyncEnvironment, key: Any) -> Dict[str, Any]:
    row = env.rows('SELECT c00, playCount, resumeTimeInSeconds, userrating, strSet, dateAdded, idMovie FROM movie_view '
                   "WHERE strFilename LIKE '%id=' || ?", str(key))
    assert len(row) == 1
    return dict(zip(('title', 'plays', 'resume', 'rating', 'set', 'added', 'id'), row[0]))


def tags_of(env: SyncEnvironment, key: Any) -> Set[str]:
    return {row[0] for row in env.rows(
        'SELECT t.name FROM tag t JOIN tag_link l ON l.tag_id = t.tag_id JOIN movie_view m ON m.idMovie = l.media_id '
        "WHERE l.media_type = 'movie' AND m.strFilename LIKE '%id=' || ?", str(key))}
