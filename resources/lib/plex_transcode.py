"""The transcoder of a PMS: asking what it would do with an item, keeping a transcode alive, ending it.

A decision has to be asked for before a transcode begins; newer servers refuse to start one otherwise. The playlist and
segments of a transcode are fetched like other files (:meth:`PMSRequests.open`).
"""
from __future__ import annotations

from typing import Any, Iterable, List, Mapping, NamedTuple

from .plex_errors import PlexNotFound
from .plex_requests import PMSRequests, rows_of
from .plex_values import Raw, children, flag, integer, text

#: What the paths of the transcoder begin with.
TRANSCODER = '/video/:/transcode/universal/'
SESSION_HEADER = 'X-Plex-Session-Identifier'
_VIDEO, _AUDIO = 1, 2
_LONGEST_WORDS = 300


class Decision(NamedTuple):
    """The server's answer. ``code``: 1000 direct play, 1001 transcode; from 2000 on it cannot be done, for the reason
    in ``text``, which is in the server's words. ``bitrate`` is in kbit/s; ``video`` and ``audio`` are copy or
    transcode, '' when the server does not tell.
    """

    code: int
    text: str
    bitrate: int = 0
    resolution: str = ''
    video: str = ''
    audio: str = ''

    @property
    def possible(self) -> bool:
        """Whether the server will convert the item."""
        return 1000 <= self.code < 2000


class TranscodeRequests(PMSRequests):
    """Requests about transcodes. ``transcode_id`` is an id of ours for one of them."""

    def transcode_decision(self, params: Mapping[str, Any], session_id: str) -> Decision:
        """What the server would do. ``session_id`` is the playback's, by which reports are recognised."""
        container = self.container(TRANSCODER + 'decision', params, headers={SESSION_HEADER: session_id}, retries=0)
        return read_decision(container)

    def ping_transcode(self, transcode_id: str) -> None:
        """Keep a transcode alive while its player asks for nothing."""
        self.act(TRANSCODER + 'ping', {'session': transcode_id}, 'GET')

    def stop_transcode(self, transcode_id: str) -> None:
        """End a transcode; servers without this request have another one for it."""
        try:
            self.act(TRANSCODER + 'stop', {'session': transcode_id}, 'GET')
        except PlexNotFound:
            self.act('/transcode/sessions/%s' % transcode_id, None, 'DELETE')


def read_decision(container: Raw) -> Decision:
    """Parse the answer. Codes and texts are numbers or texts; without a code, an item in the answer means yes."""
    rows = rows_of(container)
    code = integer(container, 'generalDecisionCode') or integer(container, 'transcodeDecisionCode')
    words = _words(container, code)
    media: Raw = next((one for row in rows for one in _selected(children(row, 'Media'))), {})
    streams = [one for part in _selected(children(media, 'Part')) for one in children(part, 'Stream')]
    return Decision(code or (1001 if rows else 2000), words, integer(media, 'bitrate'), text(media, 'videoResolution'),
                    _decision_of(streams, _VIDEO), _decision_of(streams, _AUDIO))


def _words(container: Raw, code: int) -> str:
    """The text of the refusal; the transcoder's own is more exact than the general one."""
    names = ('transcodeDecisionText', 'generalDecisionText') if code >= 2000 else ('generalDecisionText',)
    return next((text(container, name) for name in names if text(container, name)), '')


def _selected(rows: Iterable[Raw]) -> List[Raw]:
    """The element that is marked as selected, else the first; none of none."""
    there = list(rows)
    return [one for one in there if flag(one, 'selected')][:1] or there[:1]


def _decision_of(streams: Iterable[Raw], kind: int) -> str:
    return next((text(one, 'decision') for one in streams if integer(one, 'streamType') == kind), '')


def ended_by_server(container: Raw) -> str:
    """The words in which the server tells, in its answer to a report, that it has ended the playback; else ''."""
    code = integer(container, 'terminationCode')
    words = ' '.join(text(container, 'terminationText').split())[:_LONGEST_WORDS]
    return words or ('%d' % code if code else '')
