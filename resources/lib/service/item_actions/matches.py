"""Telling the server which work an item really is, among the candidates that it finds. For administrators."""
from __future__ import annotations

from typing import Any, Mapping, Sequence, Tuple

from ...kodi.texts import playlists as texts
from ...library_sync.kinds import MOVIE, SHOW
from ...local_server.api import ApiError
from ...plex_matches import Candidate, candidates, fix_match
from ...plex_values import text
from .action import Answer, Subject, changed, choose, type_text

_KINDS = (MOVIE.name, SHOW.name)
_SEARCH = 'search'
_MOST, _LONGEST_TITLE = 50, 200


class FixMatch:
    """Of films and shows."""

    names = ('fix_match',)

    def offered(self, subject: Subject) -> Sequence[str]:
        """To administrators."""
        return self.names if subject.item.plex_type in _KINDS and subject.client.features.may_manage() else ()

    def act(self, subject: Subject, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Ask which of the candidates it is; the user may have others looked for by another title."""
        if not self.offered(subject):
            raise ApiError('not_allowed')
        words, item = subject.shared.addon.text, subject.item
        choice, typed = text(arguments, 'choice'), text(arguments, 'typed')[:_LONGEST_TITLE]
        if choice == _SEARCH and not typed:
            return type_text(words(texts.OTHER_TITLE), item.title)
        found = candidates(subject.client, item.rating_key, item.section_key, typed)[:_MOST]
        chosen = [one for one in found if one.guid == choice]
        if chosen:
            fix_match(subject.client, item.rating_key, chosen[0])
            return changed('match_fixed')
        if choice and choice != _SEARCH:
            raise ApiError('item_gone')
        if not typed and not found:
            return type_text(words(texts.OTHER_TITLE), item.title)
        if not found:
            return {'text': 'nothing_found'}
        again = [] if typed else [(_SEARCH, words(texts.OTHER_TITLE))]
        return choose(words(texts.FIX_MATCH), [_option(subject, one) for one in found] + again)


def _option(subject: Subject, candidate: Candidate) -> Tuple[str, str]:
    label = '%s (%d)' % (candidate.name, candidate.year) if candidate.year > 0 else candidate.name
    if candidate.score > 0:
        label = '%s · %d %%' % (label, candidate.score)
    if candidate.guid == subject.item.guid:
        label = subject.shared.addon.text(texts.MATCH_NOW, label)
    return candidate.guid, label
