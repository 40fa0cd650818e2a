"""When the sign-in needs the user, he is asked: once, in one sentence, and not while he watches a film."""
from __future__ import annotations

from typing import Callable

from ...auth.errors import ChooseUserAgain
from ...auth.manager import SIGN_IN_AGAIN, AuthStatus
from ..error_texts import sign_in_text_name


class SignInNotice:
    """``tell(name of a text, is an error)`` shows a line for a moment. ``offer(name of a text)`` asks whether to sign
    in again, and returns False when that would disturb. Used by one thread.
    """

    def __init__(self, tell: Callable[[str, bool], None], offer: Callable[[str], bool]) -> None:
        self._tell = tell
        self._offer = offer
        self._told = ''
        self._offered = ''

    def look(self, status: AuthStatus) -> None:
        """Tell what only the user can mend, if it was not told already. What passes by itself is not told here."""
        again = status.state == SIGN_IN_AGAIN
        message_key = status.message_key if again or status.message_key == ChooseUserAgain.message_key else ''
        if again and message_key and message_key != self._offered and self._offer(sign_in_text_name(message_key)):
            self._told = self._offered = message_key
        if message_key and message_key != self._told:
            self._tell(sign_in_text_name(message_key), True)
        self._told = message_key
        self._offered = self._offered if message_key else ''
