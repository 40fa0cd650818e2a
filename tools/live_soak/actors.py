"""Who does something while a service runs. Each has a method for one random act, which returns its name."""
from __future__ import annotations

import random
import time
from typing import Any, Dict, List

from resources.lib.plex_errors import PlexError
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from tests.support.live_environment import LiveEnvironment
from tests.support.random_changes import Hands

#: Films that nobody but the viewer in front of Kodi marks, so that it is known what must become of them.
OWN = ['Own %d' % number for number in range(6)]
_MINUTE_MS = 60_000
_FILM_MS = 90 * _MINUTE_MS


class Server:
    """Edits, additions and deletions at the server, and marks in another app."""

    def __init__(self, env: LiveEnvironment, rng: random.Random) -> None:
        self._env = env
        self._hands = _SparingHands(env.sync_env, rng)

    def act(self) -> str:
        """Change the library."""
        with self._env.sync_env.library.lock:
            return self._hands.change()


class _SparingHands(Hands):
    def some(self, *types: str) -> Any:
        """Any item of these types but the viewer's own films."""
        found = [item for kind in types for item in self.library.items(kind) if item.title not in OWN]
        return self.rng.choice(found) if found else None


class Viewer:
    """Somebody in front of Kodi, who toggles the watched mark of films. ``marks`` is what he last wanted."""

    def __init__(self, env: LiveEnvironment, rng: random.Random) -> None:
        self._env = env
        self._rng = rng
        self.marks: Dict[str, bool] = {}

    def act(self) -> str:
        """Toggle a mark as Kodi does: its row, then the announcement."""
        title = self._rng.choice(OWN)
        watched = not self.marks.get(title, False)
        found = self._env.sync_env.rows('SELECT idMovie, idFile FROM movie_view WHERE c00 = ?', title)
        if not found:
            return 'the film is not there yet'
        (kodi_id, file_id), = found
        self._env.sync_env.execute('UPDATE files SET playCount = ? WHERE idFile = ?', 1 if watched else None, file_id)
        self._env.kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': kodi_id, 'type': 'movie'},
                                                                'playcount': int(watched)})
        self.marks[title] = watched
        return 'mark' if watched else 'unmark'

    def wrong(self) -> List[str]:
        """Films of which the server does not count what was marked: once for watched, not at all otherwise."""
        truth = {item.title: self._env.sync_env.library.truth(item.rating_key).get('viewCount', 0)
                 for item in self._env.sync_env.library.items('movie')}
        return ['%s: %d instead of %d' % (title, truth[title], watched) for title, watched in self.marks.items()
                if truth[title] != int(watched)]


class Phone:
    """Another client of the same user's, which plays films and stops somewhere."""

    def __init__(self, env: LiveEnvironment, rng: random.Random) -> None:
        self._env = env
        self._rng = rng
        self._session = PlexSession(ClientIdentity('phone', '1.0'), retries=0)

    def act(self) -> str:
        """Play a film in a few reports; what a restarting server does not take is lost, as with any client."""
        films = [item for item in self._env.sync_env.library.items('movie') if item.title not in OWN]
        if not films:
            return 'nothing to play'
        client = PMSClient(self._session, self._env.sim.pms_url, self._env.sim.owner_token)
        key, minute = str(self._rng.choice(films).rating_key), self._rng.randrange(2, 95)
        try:
            for state in ('playing', 'playing', 'stopped'):
                client.timeline(key, state, minute * _MINUTE_MS, _FILM_MS, 'session')
        except PlexError:
            return 'play without a server'
        return 'play elsewhere'


class Trouble:
    """The websocket is cut, the server restarts, the token ends."""

    def __init__(self, env: LiveEnvironment, rng: random.Random) -> None:
        self._env = env
        self._rng = rng

    def act(self) -> str:
        """Cause one of them; returns when a server that restarts is there again."""
        trouble = self._rng.choice((self._cut, self._cut, self._restart, self._expire))
        return trouble()

    def _cut(self) -> str:
        self._env.sim._listeners.disconnect()
        return 'websocket cut'

    def _restart(self) -> str:
        self._env.config.maintenance = True
        self._env.sim._listeners.disconnect()
        time.sleep(self._rng.uniform(0.2, 2.0))
        self._env.config.maintenance = False
        return 'server restarted'

    def _expire(self) -> str:
        try:
            self._env.sim.accounts.revoke(self._env.auth.connection().token)
        except PlexError:
            return 'no token to end'
        return 'token ended'
