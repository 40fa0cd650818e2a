"""The plugin's arguments, from Kodi, a skin or another add-on, and the service's answers."""
from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar, Dict, List, Tuple

from hypothesis import strategies as st

from tools.fuzz import examples, inputs
from tools.fuzz.target import Reader, Target


class _Service:
    """A fake of the service's client, which answers every call with the same value."""

    answers: ClassVar[Dict[str, Any]] = {}

    def __init__(self, _profile_dir: str) -> None:
        pass

    def call(self, name: str, arguments: Dict[str, Any], _timeout: float = 30.0) -> Dict[str, Any]:
        """Return the answer, or raise the error in it."""
        json.dumps([name, arguments])
        return self.answer()

    def begin(self, name: str, arguments: Dict[str, Any], _timeout: float = 30.0) -> _Service:
        """Return an object with :meth:`answer`."""
        json.dumps([name, arguments])
        return self

    def answer(self) -> Dict[str, Any]:
        """Return the answer, or raise the error in it."""
        from resources.lib.local_server.client import ServiceError
        if 'error' in self.answers:
            raise ServiceError(str(self.answers['error']), str(self.answers.get('detail', '')))
        return self.answers


def _plugin(stack: ExitStack, folder: Path) -> Reader:
    from tests import fakes
    kodi = fakes.install(folder)
    stack.callback(fakes.uninstall)
    from resources.lib import entrypoint
    from resources.lib.plugin import call
    stack.callback(setattr, call, 'ServiceClient', call.ServiceClient)
    call.ServiceClient = _Service  # type: ignore[assignment,misc]

    def read(given: Tuple[List[str], Any]) -> None:
        arguments, answer = given
        _Service.answers = answer if isinstance(answer, dict) else {'error': answer}
        kodi.answer(*[0] * 5)
        entrypoint.run(list(arguments))
        for kept in (kodi.notifications, kodi.dialogs, kodi.builtins, kodi.log):
            del kept[:]
        kodi.listings.clear()
        kodi.resolved.clear()
    return read


TARGETS = (Target('plugin', st.tuples(inputs.plugin_calls(), inputs.like(examples.API_ANSWER)), _plugin),)
