"""Which list Kodi's Videos window shows."""
from __future__ import annotations

import re
from typing import NamedTuple, Optional

from kodi_six import xbmc

from .. import item_url

_LIBRARY = 'videodb://'
_CHILDREN = item_url.BASE + 'children?'
_ID, _SERVER = (re.compile(r'[?&]%s=([A-Za-z0-9._-]+)(?=&|\Z)' % name) for name in ('id', 'server'))


class OpenShow(NamedTuple):
    """The show of which seasons or episodes are on the screen: its row in Kodi's library, or the ratingKey of the item
    whose list of ours it is (the show's or a season's); 0 and '' for any other list. ``server`` is the
    machineIdentifier of such a list's server, '' for the main one.
    """

    show_id: int = 0
    rating_key: str = ''
    server: str = ''


def open_show() -> Optional[OpenShow]:
    """The show whose list is open; None while a dialog is open, also the one by which Kodi says that it is busy: then
    Kodi tells nothing of the list below. Costs two to four questions to Kodi's window manager.
    """
    if xbmc.getCondVisibility('System.HasActiveModalDialog'):
        return None
    if not xbmc.getCondVisibility('Window.IsActive(videos)'):
        return OpenShow()
    path = str(xbmc.getInfoLabel('Container.FolderPath'))
    if path.startswith(_CHILDREN):
        key, server = _ID.search(path), _SERVER.search(path)
        return OpenShow(0, key.group(1), server.group(1) if server else '') if key else OpenShow()
    if not path.startswith(_LIBRARY):
        return OpenShow()
    if xbmc.getCondVisibility('Container.Content(seasons)'):
        return OpenShow(_number(path, 1))
    if xbmc.getCondVisibility('Container.Content(episodes)'):
        return OpenShow(_number(path, 2))
    return OpenShow()


def _number(path: str, place: int) -> int:
    """The number at this place from the end of a path of the library, 0 for none.

    The path of a show's seasons ends with its row (``videodb://tvshows/titles/12/``), that of episodes with the season
    after it (``…/12/1/?tvshowid=12``; -1 or -2 for all). Lists of episodes of several shows have no such numbers.
    """
    words = path.partition('?')[0].rstrip('/').split('/')
    word = words[-place] if len(words) > place + 2 else ''
    return int(word) if word.isdigit() else 0
