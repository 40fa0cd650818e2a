"""Subtitles that a Plex Media Server finds on the internet for an item, and downloads.

A server answers a search (``GET /library/metadata/{id}/subtitles``) with candidates, each under a key that lasts until
the next search for the item. Asked to download one (``PUT`` of that key), it answers at once, also for a key that is
none any more; the subtitle is a stream of the item's file some seconds later. Of languages it takes codes of two
letters, with a country at most: a code of three ends in an error of the server's. (docs/plex.md)
"""
from __future__ import annotations

import re
from typing import Any, Dict, List, NamedTuple

from .plex_limits import LISTING
from .plex_requests import PMSRequests
from .plex_values import Raw, children, flag, identifier, integer, text

_PATH = '/library/metadata/%s/subtitles'
_LANGUAGE = re.compile(r'[a-z]{2}(-[A-Z]{2})?\Z')
_KEY = re.compile(r'/library/streams/[0-9]{1,20}(\.[A-Za-z0-9]{1,10})?\Z')
_LONGEST = 300


class Wanted(NamedTuple):
    """An item, and the version of it (``Media``) for which subtitles are wanted; '' where there is only one."""

    rating_key: str
    media_id: str = ''


class OnlineSubtitle(NamedTuple):
    """A candidate. ``score`` grows with its likeness to the file, ``exact``: it was made for this very file."""

    subtitle_id: str
    key: str
    title: str
    provider: str
    codec: str
    score: int
    exact: bool
    hearing_impaired: bool
    forced: bool


def is_language(code: str) -> bool:
    """Whether a server can be asked for this language."""
    return bool(_LANGUAGE.match(code))


def search(client: PMSRequests, wanted: Wanted, language: str) -> List[OnlineSubtitle]:
    """The candidates in one language (:func:`is_language`), the best first.

    Takes many seconds: the server asks its provider. Raises :class:`PlexForbidden` where the user may not, and
    :class:`PlexServerError` where the server has no provider or it does not answer.
    """
    params: Dict[str, Any] = dict(_of_version(wanted), language=language, hearingImpaired=0, forced=0)
    found = client.container(_PATH % wanted.rating_key, params, retries=1, limits=LISTING)
    read = [_candidate(raw) for raw in children(found, 'Stream')]
    fitting = [one for one in read if one.subtitle_id and _KEY.match(one.key)]
    return sorted(fitting, key=lambda one: (not one.exact, -one.score))


def download(client: PMSRequests, wanted: Wanted, language: str, chosen: OnlineSubtitle) -> None:
    """Have the server download a candidate; it is not there yet when this returns. Raises :class:`PlexError`."""
    params: Dict[str, Any] = dict(
        _of_version(wanted), key=chosen.key, codec=chosen.codec, language=language, providerTitle=chosen.provider,
        hearingImpaired=int(chosen.hearing_impaired), forced=int(chosen.forced))
    client.act(_PATH % wanted.rating_key, {name: value for name, value in params.items() if value != ''})


def _of_version(wanted: Wanted) -> Dict[str, Any]:
    return {'mediaItemID': wanted.media_id} if wanted.media_id else {}


def _candidate(raw: Raw) -> OnlineSubtitle:
    """``score`` comes as a text."""
    title = text(raw, 'title') or text(raw, 'displayTitle')
    return OnlineSubtitle(
        identifier(raw, 'id'), text(raw, 'key'), title[:_LONGEST], text(raw, 'providerTitle')[:_LONGEST],
        text(raw, 'codec'), integer(raw, 'score'), flag(raw, 'perfectMatch'), flag(raw, 'hearingImpaired'),
        flag(raw, 'forced'))
