"""The sign-in window: a code in large letters, a QR code, a countdown. It works with any skin and a remote control."""
from __future__ import annotations

from typing import Any, Callable, Optional

from ...cancellation import Cancellation
from ..addon import Addon
from ..texts import account as texts
from .page import Page
from .qr import QrPictures
from .sign_in_session import Attempt, SignInSession

# Ids in the window's XML.
LETTERS = (111, 112, 113, 114)
PLAIN_CODE, LINK, QR, COUNTDOWN, STATUS = 120, 121, 122, 123, 124
QR_GROUP, CANCEL = 132, 200
DONE_PROPERTY = 'done'  # the window's property by which the XML shows one of two groups
_NORMAL, _TROUBLE = 'FFB8BCC2', 'FFFF9D4D'
_DRAWN = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')


def show_sign_in(attempt: Attempt, make_new_attempt: Callable[[], Attempt], addon: Addon,
                 cancellation: Cancellation, poll_s: float = 1.0) -> str:
    """Show the window until the code is entered, the user gives up, or ``cancellation`` is cancelled.

    Blocks; do not call from Kodi's callbacks. ``attempt.poll`` (every ``poll_s`` seconds) and ``make_new_attempt`` are
    called in another thread; when they raise, the window says so and tries again.
    Returns ``'linked'`` or ``'cancelled'``.
    """
    pictures = QrPictures(addon.profile_dir + '/temp')
    pictures.clear()
    window = SignInWindow.make(addon)
    session = SignInSession(attempt, make_new_attempt, cancellation, window, poll_s)
    window.prepare(session, addon, pictures)
    try:
        window.doModal()
    finally:
        session.end()
        pictures.clear()
    return session.result


class SignInWindow(Page):
    """The Kodi window of :func:`show_sign_in`. Its methods may be called from any thread."""

    XML = 'script-plexkodiconnect-signin.xml'

    def __init__(self, *args: Any) -> None:  # Kodi's own constructor takes the four arguments of the XML
        super().__init__(*args)
        self._session: Optional[SignInSession] = None
        self._addon: Any = None
        self._pictures: Any = None
        self._qr_text = ''
        self._qr_path = ''

    def prepare(self, session: SignInSession, addon: Addon, pictures: QrPictures) -> None:
        """Set what to show. Call before ``doModal``; the constructor's arguments are Kodi's."""
        self._session, self._addon, self._pictures = session, addon, pictures

    def onInit(self) -> None:  # Kodi's name
        """Kodi calls this when the controls exist, and again when the window comes back."""
        super().onInit()
        if self._session is not None:
            self._session.start()

    def onClick(self, controlId: int) -> None:  # Kodi's names
        """Kodi calls this when the button was pressed."""
        if controlId == CANCEL:
            self.close()

    def show_attempt(self, attempt: Attempt) -> None:
        """Show code, address and QR code."""
        self._show_code(attempt.code.strip())
        self._control(LINK).setLabel(attempt.link_url.split('://')[-1].rstrip('/'))
        if attempt.qr_url != self._qr_text:
            self._qr_text, self._qr_path = attempt.qr_url, self._pictures.make(attempt.qr_url)
        self._control(QR_GROUP).setVisible(bool(self._qr_path))
        if self._qr_path:
            self._control(QR).setImage(self._qr_path, False)

    def show_seconds(self, seconds: int) -> None:
        """Show for how many seconds the code is still valid."""
        left = '%d:%02d' % divmod(seconds, 60)
        self._control(COUNTDOWN).setLabel(self._addon.text(texts.SIGN_IN_VALID_FOR, left) if seconds else '')

    def show_waiting(self) -> None:
        """Show that the code waits to be entered."""
        self._status(texts.SIGN_IN_WAITING, _NORMAL)

    def show_new_code(self) -> None:
        """Show that the code has expired and a new one is being fetched."""
        self._show_code('')
        self._control(QR_GROUP).setVisible(False)
        self._status(texts.SIGN_IN_NEW_CODE, _NORMAL)

    def show_no_connection(self) -> None:
        """Show that plex.tv does not answer."""
        self._status(texts.SIGN_IN_NO_CONNECTION, _TROUBLE)

    def show_linked(self) -> None:
        """Show success in place of the code."""
        self.setProperty(DONE_PROPERTY, 'true')

    def _status(self, text_id: int, color: str) -> None:
        self._control(STATUS).setLabel('[COLOR %s]%s[/COLOR]' % (color, self._addon.text(text_id)))

    def _show_code(self, code: str) -> None:
        """Show the code with our pictures of letters, since skins' fonts are too small; as a text if one is missing."""
        drawn = len(code) == len(LETTERS) and _DRAWN.issuperset(code.upper())
        for control_id, letter in zip(LETTERS, code.upper() if drawn else ' ' * len(LETTERS)):
            control = self._control(control_id)
            control.setVisible(drawn)
            if drawn:
                control.setImage(self._addon.media('code/%s.png' % letter))
        self._control(PLAIN_CODE).setLabel('' if drawn else code)
