"""What a server answers to a search for subtitles, and what it is asked."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import pytest

from resources.lib import plex_subtitles
from resources.lib.plex_subtitles import OnlineSubtitle, Wanted

ROW: Dict[str, Any] = {
    'id': 1929523, 'key': '/library/streams/1929523', 'streamType': 3, 'codec': 'srt', 'languageTag': 'nld',
    'providerTitle': 'OpenSubtitles', 'score': '2301', 'title': 'a.release.name', 'displayTitle': 'Nederlands'}


class Server:
    """Answers with these ``Stream`` elements."""

    def __init__(self, streams: Any) -> None:
        self.streams = streams
        self.asked: List[Tuple[str, Dict[str, Any]]] = []

    def container(self, path: str, params: Any = None, **_: Any) -> Dict[str, Any]:
        self.asked.append((path, params))
        return {'Stream': self.streams}

    def act(self, path: str, params: Any, method: str = 'PUT') -> None:
        self.asked.append((method + ' ' + path, params))

    def found(self) -> List[OnlineSubtitle]:
        return plex_subtitles.search(self, Wanted('7'), 'nl')  # type: ignore[arg-type]


def test_a_candidate_as_it_was_recorded() -> None:
    assert Server([ROW]).found() == [OnlineSubtitle('1929523', ROW['key'], 'a.release.name', 'OpenSubtitles', 'srt',
                                                    2301, False, False, False)]


def test_the_exact_one_and_the_likeliest_come_first() -> None:
    rows = [dict(ROW, id=number, key='/library/streams/%d' % number, score=score, perfectMatch=exact)
            for number, score, exact in ((1, '5', False), (2, 70, False), (3, None, '1'))]
    assert [one.subtitle_id for one in Server(rows).found()] == ['3', '2', '1']


@pytest.mark.parametrize('change', [
    {'key': '/library/streams/../parts/5'}, {'key': 'https://evil.example/library/streams/1'}, {'key': None},
    {'key': '/library/streams/1?x=1'}, {'id': None}, {'id': '../1'}])
def test_what_cannot_be_asked_for_is_no_candidate(change: Dict[str, Any]) -> None:
    assert Server([dict(ROW, **change), ROW]).found() == Server([ROW]).found()


@pytest.mark.parametrize('streams', [None, [], {}, 'x', [1, None, 'x']])
def test_nothing_usable_is_nothing_found(streams: Any) -> None:
    assert Server(streams).found() == []


def test_a_download_names_what_was_chosen() -> None:
    server = Server([ROW])
    chosen, = server.found()
    plex_subtitles.download(server, Wanted('7', '71'), 'nl', chosen)  # type: ignore[arg-type]
    assert server.asked == [
        ('/library/metadata/7/subtitles', {'language': 'nl', 'hearingImpaired': 0, 'forced': 0}),
        ('PUT /library/metadata/7/subtitles', {
            'mediaItemID': '71', 'key': ROW['key'], 'codec': 'srt', 'language': 'nl', 'hearingImpaired': 0, 'forced': 0,
            'providerTitle': 'OpenSubtitles'})]


@pytest.mark.parametrize(('code', 'asked'), [('nl', True), ('pt-BR', True), ('nld', False), ('', False), ('NL', False)])
def test_languages_that_end_in_an_error_of_the_server_are_not_asked_for(code: str, asked: bool) -> None:
    assert plex_subtitles.is_language(code) is asked
