"""Continue Watching: what the user has begun or would see next, in Plex's order."""
from __future__ import annotations

from typing import Mapping

from ...kodi.texts import lists as texts
from ...plex_fields import WIDGET_FILTER
from ...plex_functions import PMSClient, read_hub
from ...plex_model import EPISODE, MOVIE
from .description import VIEWED, Contents, ItemsQuestion, ListDescription, Options

#: The hub knows no filter by type, so more is asked for when one type is wanted.
_MOST = 300


def _ask(client: PMSClient, options: Options, fields: Mapping[str, str]) -> bytes:
    return client.continue_watching_body(_MOST if options.type else options.start + options.limit, options.section,
                                         fields or WIDGET_FILTER)


def _read(body: bytes, _options: Options) -> Contents:
    return Contents(read_hub(body))


CONTINUE_WATCHING = ListDescription('continue_watching', texts.CONTINUE_WATCHING, ItemsQuestion(_ask), _read,
                                    (MOVIE, EPISODE), filtered=False, merge=VIEWED)
