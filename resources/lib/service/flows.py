"""Dialogs that go through several steps with the user, one at a time over all parts of the service."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Dict

from ..plex_errors import PlexError
from .error_texts import plex_tv_text_name, text_name

LOG = logging.getLogger('pkc.service')


class FlowRunner:
    """Runs each flow in a thread of its own; a second window over the first would only confuse.

    ``tell(name of a text, is an error)`` says what went wrong.
    """

    def __init__(self, tell: Callable[[str, bool], None]) -> None:
        self._tell = tell
        self._busy = threading.Lock()

    def start(self, flow: Callable[[], None], asks_server: bool = False) -> bool:
        """Run it. False when another flow is on screen. ``asks_server``: the user's server, not plex.tv."""
        if not self._busy.acquire(blocking=False):
            return False
        threading.Thread(target=self._run, args=(flow, asks_server), name='pkc-flow', daemon=True).start()
        return True

    def call(self, flow: Callable[[], None],
             asks_server: bool = False) -> Callable[[Dict[str, object]], Dict[str, str]]:
        """The handler of a call of the plugin that starts this flow."""
        def handler(_arguments: Dict[str, object]) -> Dict[str, str]:
            return {} if self.start(flow, asks_server) else {'text': 'sign_in_running'}
        return handler

    def _run(self, flow: Callable[[], None], asks_server: bool) -> None:
        try:
            flow()
        except PlexError as error:
            LOG.warning('%s', error)
            self._tell(text_name(error) if asks_server else plex_tv_text_name(error), True)
        except Exception:  # the top of the thread
            LOG.exception('a dialog failed')
            self._tell('error', True)
        finally:
            self._busy.release()
