"""Which list Kodi's Videos window shows."""
from __future__ import annotations

import re
from typing import NamedTuple, Optional

from kodi_six import xbmc

from .. import item_url

_LIBRARY = 'videodb://'
_CHILDREN = item_url.BASE + 'children?'
_ID = re.compile(r'[?&]id=([A-Za-z0-9._-]+)(?:&|\Z)')


class OpenShow(NamedTuple):
    """The show whose seasons or episodes are on the screen; empty (0 and '') for any other list.

    In Kodi's library ``show_id`` is its row. In a list of ours ``rating_key`` is that of the show or the season to
    which the list belongs, and ``server`` its machineIdentifier, '' for the main server.
    """

    show_id: int = 0
    rating_key: str = ''
    server: str = ''


def open_show() -> Optional[OpenShow]:
    """The show whose list is open. None while a dialog is open, also Kodi's sign that it is busy: then Kodi does not
    tell which list is below. Asks Kodi's window manager two to four questions.
    """
    if xbmc.getCondVisibility('System.HasActiveModalDialog'):
        return None
    if not xbmc.getCondVisibility('Window.IsActive(videos)'):
        return OpenShow()
    path = str(xbmc.getInfoLabel('Container.FolderPath'))
    if path.startswith(_CHILDREN):
        found = _ID.search(path)
        return OpenShow(rating_key=found.group(1), server=item_url.list_server(path)) if found else OpenShow()
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
