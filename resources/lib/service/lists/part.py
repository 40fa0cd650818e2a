"""Lists as a part of the service: one call of the plugin for all of them."""
from __future__ import annotations

from typing import Any, Dict, Mapping

from ...local_server.api import ApiError
from ...plex_list_options import checked_key, checked_order
from ...plex_values import checked_id, integer, text
from ..calls import require_sign_in
from ..part import Handler, Part
from ..shared import Shared
from .answers import ListAnswers
from .description import Options
from .registry import LISTS

#: Entries of a list that says nothing else, and the most that one may want.
_PAGE, _LONGEST = 50, 500
_LAST_PAGE = 100_000
_LONGEST_WORDS = 200


class Lists(Part):
    """Answers the plugin's questions for lists."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._answers = ListAnswers(shared)

    def calls(self) -> Mapping[str, Handler]:
        """``list``: ``{"path": …}`` and the options of the URL (:class:`.description.Options`)."""
        return {'list': self._list}

    def _list(self, arguments: Dict[str, Any]) -> bytes:
        description = LISTS.get(str(arguments.get('path')))
        if description is None:
            raise ApiError('unknown_list')
        require_sign_in(self.shared)
        most = _PAGE if description.filtered else self.shared.settings.current.continue_watching_limit
        options = read_options(arguments, most)
        if not all(getattr(options, name) for name in description.needs):
            raise ApiError('item_gone')
        return self._answers.answer(description, options)


def read_options(arguments: Mapping[str, Any], most: int) -> Options:
    """The options of a list as the plugin sent them; what cannot be right counts as not said.

    ``most``: how many entries there are where the URL does not say.
    """
    said = {name: text(arguments, name) for name in Options._fields}
    limit, page = integer(arguments, 'limit'), integer(arguments, 'page')
    length = min(limit, _LONGEST) if limit > 0 else most
    start = max(integer(arguments, 'start'), 0)
    if page > 0:
        start = (min(page, _LAST_PAGE) - 1) * length
    elif limit <= 0 and not start:
        page = 1
    return Options(
        said['type'], start, length, min(max(page, 0), _LAST_PAGE), checked_id(said['section']),
        checked_id(said['id']), checked_key(said['key']), said['query'][:_LONGEST_WORDS], checked_order(said['sort']),
        said['filter'], said['genre'][:_LONGEST_WORDS], _digits(said['year']), _digits(said['decade']),
        _digits(said['unwatched']), said['title'][:_LONGEST_WORDS], checked_id(said['server']))


def _digits(word: str) -> str:
    return word if word.isascii() and word.isdigit() and len(word) < 5 else ''
