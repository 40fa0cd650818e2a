"""Answers of a PMS, of plex.tv, or of a program that pretends to be one of them."""
from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable, List, Tuple

from hypothesis import strategies as st

from resources.lib.auth.servers.connections import candidates
from resources.lib.library_sync import mapping
from resources.lib.library_sync.kinds import EPISODE, MOVIE, VIDEO
from resources.lib.playback.direct_play import DirectPlay
from resources.lib.playback.errors import PlaybackError
from resources.lib.playback.methods import PlayRequest
from resources.lib.playback.resolve import Resolver
from resources.lib.playback.session import SessionRegistry
from resources.lib.playback.stream_registry import StreamRegistry
from resources.lib.playback.transcode import playlist
from resources.lib.plex_errors import PlexError
from resources.lib.plex_functions import PMSClient, read_hub, read_items
from resources.lib.plex_http import PlexSession
from resources.lib.plex_identity import ClientIdentity
from resources.lib.plex_notifications import read_frame
from resources.lib.plex_transcode import TRANSCODER
from resources.lib.plex_tv import PlexTV
from resources.lib.service.list_item import Origin, list_item
from tools.fuzz import examples, inputs
from tools.fuzz.peers import RawServer
from tools.fuzz.target import Reader, Target

_MACHINE = 'mid'
_CONTEXT = mapping.Context(_MACHINE, 57310, 'Films')
_ROW = mapping.ExistingRow()
_LARGEST = 2 ** 63
_INDEX = TRANSCODER + 'session/s/base/index.m3u8'
_LINES = ('#EXTM3U', '#EXTINF:4.0, nodesc', '#EXTINF:', '#EXTINF:' + '9' * 400, '00000.ts', '/x.ts', '../../../x.ts',
          'http://plex:32400' + TRANSCODER + 'session/s/base/1.ts?X-Plex-Token=t', 'http://[', '//elsewhere/1.ts',
          '#EXT-X-MAP:URI="header"', '#EXT-X-KEY:URI="http://elsewhere/key"', '#EXT-X-KEY:URI="', '\r', '\0.ts')


def _items(items: Any) -> None:
    """Check that SQLite and Kodi accept all values of the records for Kodi's library and for a list."""
    for item in items:
        kind = next((one for one in VIDEO if one.name == item.plex_type), None)
        if kind is not None:
            _storable(kind.record(item, _CONTEXT, _ROW))
            list_item(item, Origin(_MACHINE, 57310))


def _storable(value: Any) -> None:
    if isinstance(value, (tuple, list)):
        for element in value:
            _storable(element)
    elif isinstance(value, int):
        assert -_LARGEST <= value < _LARGEST, 'SQLite cannot hold %d' % value
    elif isinstance(value, str):
        value.encode('utf-8')
        assert '\0' not in value


def _resolved(client: PMSClient) -> None:
    resolver = Resolver(lambda _: client, [DirectPlay(57310, StreamRegistry())], SessionRegistry())
    try:
        resolver.resolve(PlayRequest(_MACHINE, '12', ask=True))
    except PlaybackError:
        pass  # the documented error when there is nothing to play


_PMS: Tuple[Callable[[PMSClient], object], ...] = (
    lambda client: client.identity(), lambda client: client.sections(), lambda client: client.count('1', MOVIE.plex),
    lambda client: list(client.sweep('1', MOVIE.plex)), lambda client: list(client.changed('1', EPISODE.plex, 5)),
    lambda client: client.members('5'), lambda client: _items(client.collections('1')),
    lambda client: _items(client.items(['12'])[0]), lambda client: client.summaries(['12']), _resolved,
    lambda client: _items(read_items(client.items_body(['12']))[0]),
    lambda client: _items(read_hub(client.continue_watching_body(20))),
    lambda client: client.timeline('12', 'playing', 1, 2, 's'), lambda client: client.scrobble('12'),
    lambda client: client.transcode_decision({'path': '/library/metadata/12'}, 's'))
_PLEX_TV: Tuple[Callable[[PlexTV], object], ...] = (
    lambda plex_tv: plex_tv.create_pin(), lambda plex_tv: plex_tv.check_pin('1', 'x'), lambda plex_tv: plex_tv.nonce(),
    lambda plex_tv: plex_tv.exchange('x'), lambda plex_tv: plex_tv.user('t'),
    lambda plex_tv: [candidates(server) for server in plex_tv.resources('t')],
    lambda plex_tv: plex_tv.home_users('t'), lambda plex_tv: plex_tv.switch_user('u', 't', '1234'),
    lambda plex_tv: plex_tv.sign_out('t'))


def session_to(stack: ExitStack) -> Tuple[RawServer, PlexSession]:
    """A server with any answers, and a session that does not retry."""
    server = stack.enter_context(RawServer())
    session = PlexSession(ClientIdentity('me', '4.0.0'), timeout=(2.0, 2.0), retries=0)
    stack.callback(session.close)
    return server, session


def _pms(stack: ExitStack, _folder: Path) -> Reader:
    server, session = session_to(stack)
    client = PMSClient(session, 'http://127.0.0.1:%d' % server.port, 'a-token')

    def read(given: Tuple[int, bytes]) -> None:
        ask, server.answer = _PMS[given[0]], given[1]
        try:
            ask(client)
        except PlexError:
            pass
    return read


def _plex_tv(stack: ExitStack, _folder: Path) -> Reader:
    server, session = session_to(stack)
    session.request = _without_retries(session.request)  # type: ignore[method-assign]  # plex.tv requests are retried by default
    url = 'http://127.0.0.1:%d' % server.port
    plex_tv = PlexTV(session, url, url)

    def read(given: Tuple[int, bytes]) -> None:
        ask, server.answer = _PLEX_TV[given[0]], given[1]
        try:
            ask(plex_tv)
        except PlexError:
            pass
    return read


def _without_retries(request: Callable[..., Any]) -> Callable[..., Any]:
    def once(method: str, url: str, **options: Any) -> Any:
        return request(method, url, **dict(options, retries=0))
    return once


def _notifications(_stack: ExitStack, _folder: Path) -> Reader:
    def read(frame: bytes) -> None:
        try:
            read_frame(frame)
        except PlexError:
            pass
    return read


def _playlists(_stack: ExitStack, _folder: Path) -> Reader:
    def read(lines: List[str]) -> None:
        shown, entries = playlist.read('\n'.join(lines), _INDEX, lambda name: '/ours/' + name, 'http://plex:32400')
        assert not [line for line in shown.splitlines() if line and line[0] not in '#/']
        for entry in entries:
            assert entry.path.startswith(TRANSCODER) and '..' not in entry.path.partition('?')[0].split('/')
    return read


ANSWERS = inputs.answers(inputs.documents(examples.CONTAINER))
_PLEX_TV_ANSWERS = inputs.answers(st.one_of([inputs.documents(one) for one in [*examples.PLEX_TV, examples.PLEX_TV]]))
TARGETS = (
    Target('server', st.tuples(st.integers(0, len(_PMS) - 1), ANSWERS), _pms),
    Target('plex.tv', st.tuples(st.integers(0, len(_PLEX_TV) - 1), _PLEX_TV_ANSWERS), _plex_tv),
    Target('playlists', st.lists(st.sampled_from(_LINES) | st.text(max_size=40)), _playlists),
    Target('notifications', inputs.documents(examples.NOTIFICATIONS), _notifications))
