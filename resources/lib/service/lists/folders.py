"""A library by the folders in which its files lie at the server."""
from __future__ import annotations

from typing import List

from ...item_url import icon
from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import folder_body, read_folder
from .description import Contents, Entry, Folder, ListDescription, Options


def _ask(client: PMSClient, options: Options) -> bytes:
    return folder_body(client, options.section, options.id, options.start, options.limit)


def _read(body: bytes, options: Options) -> Contents:
    folders, listing = read_folder(body, options.start, options.limit)
    entries: List[Entry] = [Folder('folder', Options(section=options.section, id=one.key), one.title,
                                   icon=icon('folder')) for one in folders]
    return Contents(entries + list(listing.items), listing.more)


FOLDER = ListDescription('folder', texts.FOLDERS, _ask, _read, needs=('section',))
