"""The steps of the tour, in their order. A new one: a function, and a line here."""
from __future__ import annotations

from typing import NamedTuple

from tools.tour import dialogs, first_run, lists, playback, settings
from tools.tour.guide import Step


class Stop(NamedTuple):
    """A step by name. ``needed``: the later ones need it, so it is never left out."""

    name: str
    visit: Step
    needed: bool = False


STEPS = (
    Stop('offer', first_run.offer, needed=True),
    Stop('sign-in', first_run.sign_in, needed=True),
    Stop('who', first_run.who, needed=True),
    Stop('which-libraries', first_run.which_libraries, needed=True),
    Stop('filling', first_run.filling, needed=True),
    Stop('ready', first_run.ready, needed=True),
    Stop('home', first_run.home),
    Stop('movies', lists.library_of('movies')),
    Stop('tvshows', lists.library_of('tvshows')),
    Stop('nodes', lists.nodes),
    Stop('menu', lists.shown('/')),
    Stop('account', lists.shown('/account')),
    Stop('continue-watching', lists.shown('/continue_watching')),
    Stop('on-deck', lists.shown('/on_deck')),
    Stop('recent-movies', lists.shown('/recently_added?type=movie', lists.WALL)),
    Stop('recent-episodes', lists.shown('/recently_added?type=episode')),
    Stop('hubs', lists.shown('/hubs')),
    Stop('hub', lists.shown_inside('/hubs')),
    Stop('sections', lists.shown('/sections')),
    Stop('section', lists.shown_inside('/sections')),
    Stop('library', lists.shown('/section?id=1&page=1', lists.WALL)),
    Stop('collections', lists.shown('/collections', lists.WALL)),
    Stop('collection', lists.shown_inside('/collections?section=1', lists.WALL)),
    Stop('playlists', lists.shown('/playlists')),
    Stop('playlist', lists.shown_inside('/playlists')),
    Stop('watchlist', lists.shown('/watchlist')),
    Stop('discover', lists.shown('/discover')),
    Stop('search', lists.search),
    Stop('similar', lists.of_an_item('/similar?id=', 'movie')),
    Stop('extras', lists.of_an_item('/extras?id=', 'movie')),
    Stop('context-menu', dialogs.context_menu),
    Stop('actions', dialogs.actions),
    Stop('play-converted', dialogs.action(31100)),
    Stop('rate', dialogs.action(31007)),
    Stop('add-to-playlist', dialogs.action(31500)),
    Stop('fix-match', dialogs.action(31504)),
    Stop('delete', dialogs.action(31009, window=10100)),
    Stop('libraries', first_run.libraries),
    Stop('servers', first_run.servers),
    Stop('users', first_run.users),
    Stop('start-user', first_run.start_user),
    Stop('direct-paths', dialogs.direct_paths),
    Stop('report', dialogs.report),
    Stop('status', dialogs.status),
    Stop('settings', settings.settings),
    Stop('skip', playback.skip),
    Stop('next-episode', playback.next_episode),
    Stop('version', playback.versions),
    Stop('subtitles', playback.subtitles),
    Stop('converted', playback.converted),
    Stop('path-test', dialogs.path_test),
    Stop('by-itself', playback.by_itself),
)
