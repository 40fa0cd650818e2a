"""The user's rating of an item."""
from __future__ import annotations

from typing import Any, Mapping, Sequence

from ...kodi.texts import actions as texts
from ...local_server.api import ApiError
from ...plex_model import PLAYLIST
from ...plex_values import text
from .action import Answer, Subject, changed, choose

#: Plex counts to 10; -1 takes a rating back.
_STARS, _NO_RATING = range(10, 0, -1), -1


class Rate:
    """Of every item; a playlist is none."""

    names = ('rate',)

    def offered(self, subject: Subject) -> Sequence[str]:
        """Always."""
        return self.names if subject.item.plex_type != PLAYLIST else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask for the rating, then store it. Without signs for stars: Kodi's font has none and would draw boxes."""
        if 'choice' not in arguments:
            words = subject.shared.addon.text
            stars = [(str(count), '%d / 10' % count) for count in _STARS]
            return choose(words(texts.RATE), [*stars, (str(_NO_RATING), words(texts.NO_RATING))])
        rating = text(arguments, 'choice')
        if rating not in map(str, (*_STARS, _NO_RATING)):
            raise ApiError('not_from_plex')
        subject.client.rate(subject.item.rating_key, float(rating))
        return changed('rated')
