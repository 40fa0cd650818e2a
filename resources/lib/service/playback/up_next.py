"""Playback feature: the add-on Up Next is told of the next episode, where it is installed."""
from __future__ import annotations

import logging
from typing import Any, Dict, Optional

from ... import item_url
from ...kodi import jsonrpc, up_next
from ...playback.features import Feature
from ...playback.next_up import credits_start
from ...playback.session import PlaybackSession
from ...plex_model import PlexItem
from ..events import NextEpisodeFound
from ..library_rows import kodi_ids
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')


class UpNext:
    """Sends the signal as soon as the next episode is known. It needs nothing of the playback itself."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        shared.events.subscribe(NextEpisodeFound, self._found)

    def feature(self, session: PlaybackSession) -> Optional[Feature]:
        """None: Up Next follows Kodi's player itself."""
        return None

    def stop(self) -> None:
        """Nothing to end."""

    def _found(self, event: NextEpisodeFound) -> None:
        if not (self._shared.settings.current.use_up_next and up_next.is_there()):
            return
        assert event.session.playable is not None
        try:
            up_next.signal(self._data(event, event.session.playable.item, event.episode.item))
        except jsonrpc.JsonRpcError as error:
            LOG.warning('Up Next was not told of the next episode: %s', error)

    def _data(self, event: NextEpisodeFound, current: PlexItem, following: PlexItem) -> Dict[str, Any]:
        machine = event.session.machine_identifier
        ids = kodi_ids(self._shared.databases.state_path, machine,
                       [current.rating_key, following.rating_key, current.grandparent_key])
        data = {'current_episode': self._episode(current, machine, ids),
                'next_episode': self._episode(following, machine, ids),
                'play_url': item_url.episode_url(machine, following.grandparent_key, following.rating_key)}
        start = int(credits_start(event.session))
        return dict(data, notification_offset=start) if start else data

    def _episode(self, item: PlexItem, machine: str, ids: Dict[str, int]) -> Dict[str, Any]:
        """Up Next's form of an episode. It tells episodes apart by their ids, so those outside of Kodi's library have
        one too: a negative number, which is no row of Kodi's.
        """
        return {
            'episodeid': ids.get(item.rating_key) or _no_row(item.rating_key),
            'tvshowid': ids.get(item.grandparent_key) or _no_row(item.grandparent_key),
            'title': item.title, 'showtitle': item.grandparent_title, 'plot': item.summary,
            'season': max(item.parent_index, 0), 'episode': max(item.item_index, 0), 'playcount': item.view_count,
            'rating': item.audience_rating or item.rating, 'firstaired': item.originally_available_at,
            'runtime': item.duration // 1000, 'art': self._art(item, machine)}

    def _art(self, item: PlexItem, machine: str) -> Dict[str, str]:
        port = self._shared.port
        urls = {'thumb': item_url.art_url(port, machine, item.thumb),
                'tvshow.poster': item_url.art_url(port, machine, item.grandparent_thumb),
                'tvshow.fanart': item_url.art_url(port, machine, item.grandparent_art or item.art),
                'tvshow.landscape': '', 'tvshow.clearart': '', 'tvshow.clearlogo': ''}
        base = item_url.art_base(port)
        self._shared.listed.add(url[len(base):] for url in urls.values() if url.startswith(base))
        return urls


def _no_row(rating_key: str) -> int:
    return -int(rating_key) if rating_key.isdigit() else -1
