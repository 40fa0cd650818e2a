"""Lists as a part of the service: one call of the plugin for all of them."""
from __future__ import annotations

from typing import Any, Dict, Mapping

from ...local_server.api import ApiError
from ...plex_values import integer
from ..calls import asked_twice, require_sign_in
from ..part import Handler, Part
from ..shared import Shared
from .answers import ListAnswers
from .description import Options
from .registry import LISTS

_LONGEST = 500


class Lists(Part):
    """Answers the plugin's questions for lists."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._answers = ListAnswers(shared)

    def calls(self) -> Mapping[str, Handler]:
        """``list``: ``{"path": …, "type": …, "start": …, "limit": …}``."""
        return {'list': self._list}

    def _list(self, arguments: Dict[str, Any]) -> bytes:
        description = LISTS.get(str(arguments.get('path')))
        if description is None:
            raise ApiError('unknown_list')
        require_sign_in(self.shared)
        limit = integer(arguments, 'limit')
        options = Options(str(arguments.get('type') or ''), max(integer(arguments, 'start'), 0),
                          min(limit, _LONGEST) if limit > 0 else self.shared.settings.current.continue_watching_limit)
        return asked_twice(self.shared, lambda: self._answers.answer(description, options))
