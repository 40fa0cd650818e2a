"""What Kodi's player reports is known as what `play` handed out."""
from __future__ import annotations

from typing import Optional

import pytest

from resources.lib.playback import session as sessions
from resources.lib.playback import stream_registry
from resources.lib.playback.session import PlaybackSession, SessionRegistry
from resources.lib.playback.stream_registry import PART, SUBTITLE, StreamId, StreamSource

MID = '51b0a5e0c0ffee51b0a5e0c0ffee51b0a5e0c0ff'
URL = 'smb://nas/films/Film (2001).mkv'


def source(name: str, kind: str = PART) -> StreamSource:
    return StreamSource(kind, MID, '7', '11', name, '/library/parts/11/1/file.mkv', '')


def test_the_newest_session_of_a_url_counts() -> None:
    registry = SessionRegistry()
    registry.register(URL, PlaybackSession('mid', '7', '1'))
    registry.register(URL, PlaybackSession('mid', '7', '2'))
    found = registry.begin(URL)
    assert found is not None and found.media_id == '2'


def test_the_registered_id_is_that_of_the_first_playback() -> None:
    """A server that converts the stream was told it before."""
    registry = SessionRegistry()
    registry.register(URL, PlaybackSession('mid', '7', session_id='one'))
    first, second = registry.begin(URL), registry.begin(URL)
    assert first is not None and second is not None
    assert first.session_id == 'one' and second.session_id not in ('', 'one')


def test_the_oldest_sessions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, '_MAX_SESSIONS', 2)
    registry = SessionRegistry()
    for number in '1232':
        registry.register('smb://nas/' + number, PlaybackSession('mid', number))
    registry.register('smb://nas/4', PlaybackSession('mid', '4'))
    assert [bool(registry.begin('smb://nas/' + number)) for number in '1234'] == [False, True, False, True]


def test_without_the_record_there_is_neither_version_nor_file() -> None:
    session = PlaybackSession('mid', '7', '1', '11')
    assert session.media is None and session.part is None


ASKED = 'plugin://plugin.video.plexkodiconnect/play/movies/%s/?id=7&media=2&resume=0' % MID


def test_a_path_that_was_handed_out_before_the_service_started_is_known_by_what_kodi_was_asked_to_play() -> None:
    found = SessionRegistry().begin(URL, ASKED)
    assert found is not None and (found.machine_identifier, found.rating_key, found.media_id, found.method) == (
        MID, '7', '2', sessions.DIRECT_PATH)
    for other in ('', 'plugin://plugin.video.youtube/play/movies/m/?id=7', ASKED.replace('?id=7&media=2&resume=0', ''),
                  'plugin://plugin.video.plexkodiconnect/play/shows/%s/12/' % MID):
        assert SessionRegistry().begin(URL, other) is None
    registry = SessionRegistry()
    registry.register(URL, PlaybackSession('mid', '8'))
    known = registry.begin(URL, ASKED)
    assert known is not None and known.rating_key == '8'


# ---- the loopback server's URLs ------------------------------------------------------------------------------------

@pytest.mark.parametrize(('name', 'end'), [
    ('Der Film (2001).mkv', 'Der%20Film%20%282001%29.mkv'), ('a/b?c#d%e.mkv', 'a%2Fb%3Fc%23d%25e.mkv'),
    ('Fußball 🎬.mkv', 'Fu%C3%9Fball%20%F0%9F%8E%AC.mkv')])
def test_a_file_name_cannot_break_a_stream_url(name: str, end: str) -> None:
    assert source(name).url(57310) == 'http://127.0.0.1:57310/stream/%s/7/11/%s' % (MID, end)
    assert source(name, SUBTITLE).url(1) == 'http://127.0.0.1:1/subtitle/%s/7/11/%s' % (MID, end)
    assert stream_registry.parse(source(name).url(57310)) == StreamId(MID, '7', '11')


@pytest.mark.parametrize(('url', 'found'), [
    ('http://127.0.0.1:57310/stream/m/7/11/a.mkv', StreamId('m', '7', '11')),
    ('http://10.0.0.1:57310/stream/m/7/11/a.mkv', None), ('http://127.0.0.1:57310/art/m/7/thumb/1', None),
    ('http://127.0.0.1:57310/subtitle/m/7/5/a.srt', None), ('http://127.0.0.1:x/stream/m/7/11/a.mkv', None),
    ('http://127.0.0.1:57310/stream/m/7', None), ('http://127.0.0.1:57310/stream/m/7/11/a/b', None),
    ('http://127.0.0.1:57310/stream/m/a b/11/a.mkv', None), ('http://127.0.0.1:57310/stream//7/11/a.mkv', None),
    ('plugin://plugin.video.plexkodiconnect/play/movies/m/?id=7', None), ('', None)])
def test_only_urls_of_parts_are_read(url: str, found: Optional[StreamId]) -> None:
    assert stream_registry.parse(url) == found
