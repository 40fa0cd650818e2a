"""Answers wait as bytes until the writer has time for them; one that turns out to be rubbish is asked for again."""
from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Sequence, Tuple, cast

import pytest

from resources.lib import plex_model
from resources.lib.library_sync.fetch import FetchedItems, Fetcher, MetadataAnswer
from resources.lib.library_sync.gate import RequestGate
from resources.lib.library_sync.kinds import MOVIE
from resources.lib.library_sync.request_pace import RequestPace
from resources.lib.library_sync.tasks import Fetch
from resources.lib.plex_errors import PlexBadAnswer, PlexConnectionError, PlexServerError
from resources.lib.plex_model import Section
from tests.support.waiting import NoWaiting


def raw(key: str) -> Dict[str, Any]:
    return {'ratingKey': key, 'type': 'movie', 'title': 'Film ' + key}


class Client:
    """Says ``bodies`` first; asked item by item it answers all but the ``poisoned``."""

    def __init__(self, *bodies: Any, poisoned: Sequence[str] = ()) -> None:
        self.bodies, self.poisoned = list(bodies), poisoned
        self.asked: List[Tuple[str, ...]] = []

    def items_body(self, keys: Sequence[str], retries: Optional[int] = None) -> bytes:
        self.asked.append(tuple(keys))
        body = self.bodies.pop(0)
        if isinstance(body, Exception):
            raise body
        return bytes(body)

    def items(self, keys: Sequence[str]) -> Tuple[List[Any], int]:
        self.asked.append(tuple(keys))
        if any(key in self.poisoned for key in keys):
            raise PlexServerError(500, 'GET')
        return plex_model.items([raw(key) for key in keys])


def fetch(client: Client, *keys: str) -> FetchedItems:
    fetcher = Fetcher(cast(Any, client), 100, RequestGate(RequestPace(2), NoWaiting()))
    answer = fetcher(Fetch(Section('', '', '', '', False, 0, ''), MOVIE, keys))
    found = fetcher.read(answer) if isinstance(answer, MetadataAnswer) else answer
    assert isinstance(found, FetchedItems)
    return found


def whole(*keys: str) -> bytes:
    return json.dumps({'MediaContainer': {'Metadata': [raw(key) for key in keys]}}).encode()


def test_one_request_for_a_batch() -> None:
    client = Client(whole('1', '2'))
    found = fetch(client, '1', '2', '3')
    assert [item.title for item in found.items] == ['Film 1', 'Film 2'] and (found.absent, found.unreadable) == (1, 0)
    assert len(client.asked) == 1


def test_a_batch_of_which_the_server_has_nothing_left() -> None:
    found = fetch(Client(b''), '1', '2')
    assert (found.items, found.absent, found.unreadable) == ((), 2, 0)


@pytest.mark.parametrize('body', [b'<html>', whole('1')[:-20], b'[]', b'{"MediaContainer": {"Metadata": 3}}',
                                  PlexServerError(500, 'GET'), PlexBadAnswer('no')])
def test_rubbish_is_asked_for_again(body: Any) -> None:
    assert len(fetch(Client(body), '1', '2').items) == 2


@pytest.mark.parametrize('body', [b'{', PlexServerError(500, 'GET')])
def test_the_item_on_which_the_server_chokes_stands_alone_in_the_end(body: Any) -> None:
    found = fetch(Client(body, poisoned=['3']), '1', '2', '3', '4')
    assert [item.rating_key for item in found.items] == ['1', '2', '4'] and (found.absent, found.unreadable) == (0, 1)


def test_a_server_that_is_gone_ends_it() -> None:
    with pytest.raises(PlexConnectionError):
        fetch(Client(*[PlexConnectionError('connection failed')] * 2), '1', '2')


def test_a_connection_that_was_lost_once_is_no_end() -> None:
    assert len(fetch(Client(PlexConnectionError('reset'), whole('1', '2')), '1', '2').items) == 2
