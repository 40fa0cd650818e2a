"""The status page as a part of the service: it asks the others for their lines, and adds the versions."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ...kodi.texts import account as account_texts
from ...kodi.texts import status as texts
from ...kodi.versions import versions
from ..part import Handler, Part
from ..shared import Shared
from ..status_board import Group, StatusLine, as_dict
from .saving import LogSaver

_HEADINGS = {Group.ACCOUNT: texts.STATUS_ACCOUNT, Group.SERVER: account_texts.SERVER, Group.SYNC: texts.STATUS_SYNC,
             Group.LIBRARY: texts.STATUS_LIBRARY, Group.WAITING: texts.STATUS_WAITING,
             Group.VERSIONS: texts.STATUS_VERSIONS}
_BEST = 'cryptography'


class Status(Part):
    """Answers what the page shows, from memory."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._saver = LogSaver(shared)
        shared.status.add(Group.VERSIONS, self._versions)

    def calls(self) -> Mapping[str, Handler]:
        """The page, and saving the log."""
        return {'status_page': self._page, 'save_log': self.shared.flows.call(self._save_log)}

    def _save_log(self) -> None:
        self._saver.save(self._groups())

    def _page(self, arguments: Dict[str, Any]) -> Dict[str, Any]:
        """With ``measure``, what takes some seconds is found out meanwhile, for a later call."""
        if arguments.get('measure'):
            self.shared.status.measure()
        return {'groups': [{'heading': heading, 'lines': [as_dict(line) for line in lines]}
                           for heading, lines in self._groups().items()]}

    def _groups(self) -> Dict[str, List[StatusLine]]:
        """The paragraphs of the page by their headings."""
        return {self.shared.addon.text(_HEADINGS[group]): lines for group, lines in self.shared.status.read().items()}

    def _versions(self) -> List[StatusLine]:
        text = self.shared.addon.text
        library = self.shared.auth.signing_library
        if not library:
            words = text(texts.NOT_NEEDED_YET)
        else:
            words = library if library == _BEST else text(texts.INSTEAD_OF, library, _BEST)
        return [StatusLine(*pair) for pair in versions(self.shared.addon)] + [
            StatusLine(text(texts.SIGNATURES), words)]
