"""Having Kodi play an item of the server, as if the user had chosen it."""
from __future__ import annotations

import logging
import threading

from ... import item_url
from ...kodi import jsonrpc, video
from ...plex_model import EPISODE, MOVIE, PlexItem
from ..library_rows import kodi_ids
from ..shared import Shared

LOG = logging.getLogger('pkc.playback')


def play(shared: Shared, machine_identifier: str, item: PlexItem, resume_s: float = 0.0) -> None:
    """Play it from a position in seconds; returns at once.

    Kodi answers when it plays, which takes us to serve the call of the plugin: that is waited for in a thread.
    """
    threading.Thread(target=_open, args=(shared, machine_identifier, item, resume_s), name='pkc-next',
                     daemon=True).start()


def _open(shared: Shared, machine: str, item: PlexItem, resume_s: float) -> None:
    key = item.rating_key
    try:
        kodi_id = 0
        if item.plex_type in (MOVIE, EPISODE):
            kodi_id = kodi_ids(shared.databases.state_path, machine, [key]).get(key, 0)
        if not video.wait_until_free(shared.stopping.wait):
            LOG.warning('Item %s is not played: Kodi is busy', key)
            return
        video.play(item.plex_type, kodi_id, _url(machine, item), resume_s)
    except jsonrpc.JsonRpcError as error:
        LOG.warning('Item %s does not play: %s', key, error)
    except Exception:  # top of the thread
        LOG.exception('Playing item %s failed', key)


def _url(machine: str, item: PlexItem) -> str:
    if item.plex_type == EPISODE:
        return item_url.episode_url(machine, item.grandparent_key, item.rating_key)
    if item.plex_type == MOVIE:
        return item_url.movie_url(machine, item.rating_key)
    return item_url.item_url(item.plex_type, machine, item.rating_key)
