"""Trailers and other extras that hang on an item."""
from __future__ import annotations

from typing import List

from .plex_values import Raw, checked_id, children, identifier, integer, text


def extras(raw: Raw) -> List[Raw]:
    """All of them, where ``includeExtras`` asked for them."""
    return [extra for found in children(raw, 'Extras') for extra in children(found, 'Metadata')]


def trailer_key(raw: Raw) -> str:
    """The ratingKey of the trailer that Plex would play first, '' for none."""
    key = text(raw, 'primaryExtraKey')
    if key.startswith('/library/metadata/'):
        return checked_id(key[len('/library/metadata/'):])
    for extra in extras(raw):
        if text(extra, 'subtype') == 'trailer' or integer(extra, 'extraType') == 1:
            return identifier(extra, 'ratingKey')
    return ''
