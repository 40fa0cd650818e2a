"""When the sign-in needs the user, he is told: once, in one sentence."""
from __future__ import annotations

from typing import Callable

from ..auth.errors import ChooseUserAgain
from ..auth.manager import SIGN_IN_AGAIN, AuthStatus
from .problems import sign_in_text_name


class SignInNotice:
    """``tell(name of a text, is an error)`` shows a line. Used by one thread."""

    def __init__(self, tell: Callable[[str, bool], None]) -> None:
        self._tell = tell
        self._told = ''

    def look(self, status: AuthStatus) -> None:
        """Tell what only the user can mend, if it was not told already. What passes by itself is not told here."""
        needed = status.state == SIGN_IN_AGAIN or status.message_key == ChooseUserAgain.message_key
        message_key = status.message_key if needed else ''
        if message_key and message_key != self._told:
            self._tell(sign_in_text_name(message_key), True)
        self._told = message_key
