"""Playing an item in another way than by pressing OK on it."""
from __future__ import annotations

from typing import Any, Callable, List, Mapping, Sequence, Tuple

from ... import plex_versions
from ...kodi.texts import transcode as texts
from ...local_server.api import ApiError
from ...playback.session import TRANSCODE
from ...playback.transcode import quality
from ...playback.wishes import Wish
from ...plex_model import EPISODE, MOVIE, PlexItem
from ...plex_values import text
from ..events import PlayAs
from ..numbers import decimal
from .action import Answer, Subject, choose

TRANSCODED, ORIGINAL, VERSION = 'play_transcoded', 'play_original', 'play_version'
#: Between what is chosen and the position in seconds, in the answer to the second question.
AT = '@'


class WaysToPlay:
    """Of films and episodes: converted by the server, as the original in spite of all limits, in another version."""

    names = (TRANSCODED, ORIGINAL, VERSION)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Where there is a file, or several."""
        item = subject.item
        if item.plex_type not in (MOVIE, EPISODE) or not item.media:
            return ()
        return self.names if len(item.media) > 1 else (TRANSCODED, ORIGINAL)

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask for quality or version, and where to begin if there is a resume point; then Kodi plays it."""
        if name not in self.offered(subject):
            raise ApiError('not_from_plex')
        chosen, at, position = text(arguments, 'choice').partition(AT)
        options = _options(subject.item, name, subject.shared.addon.text)
        if options and not chosen:
            return choose(subject.title, options)
        if chosen not in [value for value, _ in options or [('', '')]] or at and not position.isdigit():
            raise ApiError('not_from_plex')
        resume_s = subject.item.view_offset // 1000
        if resume_s > 0 and not at:
            return where_to_begin(subject, chosen, resume_s)
        wish = _wish(subject.item, name, chosen)
        begin_s = min(int(position), resume_s) if at else 0
        subject.shared.events.publish(PlayAs(subject.machine_identifier, subject.item, wish, begin_s))
        return {}


def where_to_begin(subject: Subject, chosen: str, resume_s: int) -> Answer:
    """Ask whether to begin at the resume point; the answer is ``chosen``, :data:`AT` and a position in seconds."""
    words = subject.shared.addon.text
    at = '%d:%02d:%02d' % (resume_s // 3600, resume_s // 60 % 60, resume_s % 60)
    return choose(subject.title, [('%s%s%d' % (chosen, AT, resume_s), words(texts.RESUME_FROM, at)),
                                  (chosen + AT + '0', words(texts.FROM_BEGINNING))])


def _options(item: PlexItem, name: str, words: Callable[..., str]) -> List[Tuple[str, str]]:
    """What there is to choose: numbers of qualities, ids of versions, nothing."""
    if name == TRANSCODED:
        return [(str(number), quality_name(one, words)) for number, one in enumerate(_qualities(item))]
    if name == VERSION:
        return [(media.media_id, label) for media, label in zip(item.media, plex_versions.labels(item.media))]
    return []


def _wish(item: PlexItem, name: str, chosen: str) -> Wish:
    if name == TRANSCODED:
        return Wish(TRANSCODE, _qualities(item)[int(chosen)])
    return Wish(media_id=chosen) if name == VERSION else Wish(original=True)


def _qualities(item: PlexItem) -> List[quality.Quality]:
    largest = max(item.media, key=lambda media: media.width * media.height)
    return quality.below(largest.width, largest.height)


def quality_name(one: quality.Quality, words: Callable[..., str]) -> str:
    """What the user sees of a quality: ``1080p · 8 Mbit/s``. ``words(id)`` is a text in Kodi's language."""
    if one.bitrate < 1000:
        return '%dp · %d kbit/s' % (one.height, one.bitrate)
    rate = one.bitrate / 1000.0
    return '%dp · %s Mbit/s' % (one.height, decimal(rate, words) if one.bitrate % 1000 else '%d' % rate)
