"""On Deck: Plex's older list of what to see next, by library."""
from __future__ import annotations

from typing import Mapping

from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import listing_body, read_listing
from ...plex_model import EPISODE, MOVIE
from .description import VIEWED, Contents, ItemsQuestion, ListDescription, Options

#: The server knows no filter by type here, so more is asked for when one type is wanted.
_MOST = 300


def _ask(client: PMSClient, options: Options, fields: Mapping[str, str]) -> bytes:
    path = '/library/sections/%s/onDeck' % options.section if options.section else '/library/onDeck'
    return listing_body(client, path, fields, 0, _most(options))


def _read(body: bytes, options: Options) -> Contents:
    return Contents(read_listing(body, 0, _most(options)).items)


def _most(options: Options) -> int:
    return _MOST if options.type else options.start + options.limit


ON_DECK = ListDescription('on_deck', texts.ON_DECK, ItemsQuestion(_ask), _read, (MOVIE, EPISODE),
                          filtered=False, merge=VIEWED)
