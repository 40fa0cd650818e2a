"""Play queues: what the server is asked for, and what of its answers can be used."""
from __future__ import annotations

from typing import Any, Dict, List

import pytest

from resources.lib import plex_queues
from resources.lib.playback import queue_place
from resources.lib.playback.queue_place import QueuePlace
from resources.lib.plex_errors import PlexBadAnswer
from resources.lib.plex_queues import QueueSource, QueueWish


class Server:
    """Answers with the next container, and remembers what it was asked."""

    def __init__(self, *answers: Dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: List[Any] = []

    def container(self, path: str, params: Dict[str, Any], method: str = 'GET', **_more: Any) -> Dict[str, Any]:
        self.asked.append((method, path, params))
        return self.answers.pop(0)


def row(number: int, **more: Any) -> Dict[str, Any]:
    return dict({'ratingKey': str(number), 'type': 'episode', 'playQueueItemID': 100 + number}, **more)


def create(server: Server, kind: str, **wish: Any) -> plex_queues.PlayQueue:
    return plex_queues.create(server, 'mid', QueueSource(kind, '7'), QueueWish(**wish))  # type: ignore[arg-type]


QUEUE: Dict[str, Any] = {'playQueueID': 5, 'playQueueSelectedItemID': '102', 'playQueueTotalCount': 9,
                         'playQueueVersion': 3,
                         'Metadata': [row(1), row(2), row(3)]}


@pytest.mark.parametrize(('kind', 'name', 'value'), [
    ('episode', 'uri', 'server://mid/com.plexapp.plugins.library/library/metadata/7'),
    ('show', 'uri', 'server://mid/com.plexapp.plugins.library/library/metadata/7'),
    ('collection', 'uri', 'server://mid/com.plexapp.plugins.library/library/collections/7'),
    ('playlist', 'playlistID', '7')])
def test_what_a_queue_is_made_of(kind: str, name: str, value: str) -> None:
    server = Server(QUEUE)
    create(server, kind)
    (method, path, params), = server.asked
    assert (method, path, params['type'], params[name]) == ('POST', '/playQueues', 'video', value)
    assert ('uri' in params) != ('playlistID' in params)


@pytest.mark.parametrize(('trailers', 'said'), [(0, None), (3, 3), (9, 5)])
def test_no_trailers_are_asked_for_by_saying_nothing_of_them(trailers: int, said: Any) -> None:
    server = Server(QUEUE)
    create(server, 'movie', trailers=trailers)
    assert server.asked[0][2].get('extrasPrefixCount') == said


def test_an_item_to_begin_with_is_named_to_the_server() -> None:
    server = Server(QUEUE, QUEUE)
    create(server, 'show', first='3')
    create(server, 'show')
    assert [params.get('key') for _, _, params in server.asked] == ['/library/metadata/3', None]


def test_a_queue_that_an_app_has_made_is_read_around_its_selected_entry_and_becomes_ours() -> None:
    server = Server(QUEUE)
    queue = plex_queues.get(server, '5')  # type: ignore[arg-type]
    (method, path, params), = server.asked
    assert (method, path, params['own'], params['window']) == ('GET', '/playQueues/5', 1, 100)
    assert 'center' not in params and 'includeBefore' not in params
    assert (queue.queue_id, queue.version, queue.total, queue.position()) == ('5', '3', 9, 1)


def test_of_an_item_that_is_in_a_queue_twice_the_selected_one_is_meant() -> None:
    twice = dict(QUEUE, Metadata=[row(2, playQueueItemID=99), row(1), row(2), row(3)])
    queue = create(Server(twice), 'playlist')
    assert [queue.position(key) for key in ('2', '3', '1', '7', '')] == [2, 3, 1, 2, 2]
    assert queue._replace(selected='').position('7') == 0


def test_from_the_selected_entry_on() -> None:
    queue = create(Server(QUEUE), 'episode', continuous=True)
    assert [entry.item.rating_key for entry in queue.from_selected()] == ['2', '3'] and queue.total == 9
    assert len(queue._replace(selected='999').from_selected()) == 3


def test_what_has_no_id_in_the_queue_or_is_no_video_is_left_out() -> None:
    queue = create(Server(dict(QUEUE, Metadata=[
        row(1), {'type': 'clip', 'playQueueItemID': 3}, {'ratingKey': '4', 'type': 'movie'}, row(5, type='track'),
        row(6, playQueueItemID='../x'), 'nonsense', row(7, type='clip')])), 'show')
    assert [entry.item.rating_key for entry in queue.entries] == ['1', '7']


def test_an_answer_without_a_queue_is_none() -> None:
    with pytest.raises(PlexBadAnswer):
        create(Server({'Metadata': [row(1)]}), 'show')


def test_a_server_that_sends_the_centre_too_does_not_have_it_played_twice() -> None:
    server = Server({'Metadata': [row(1), row(2), row(3)]}, {'Metadata': [row(3)]}, {})
    found = [plex_queues.after(server, '5', '102') for _ in range(3)]  # type: ignore[arg-type]
    assert [[entry.entry_id for entry in entries] for entries in found] == [['103'], ['103'], []]


@pytest.mark.parametrize('text', ['', ':', '5', '5:', ':6', '5:../6', 'a b:c'])
def test_a_place_is_told_by_its_text_and_nothing_else_is_one(text: str) -> None:
    place = QueuePlace('5', '6')
    assert queue_place.parse(str(place)) == place and queue_place.parse(text) is None
    assert place.report() == {'containerKey': '/playQueues/5', 'playQueueID': '5', 'playQueueItemID': '6'}
