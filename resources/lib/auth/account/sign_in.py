"""One attempt to sign in: a code on the screen, and asking plex.tv whether it has been entered."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Optional, Tuple

from ...plex_errors import PlexError, PlexNotFound, PlexRejected, PlexUnauthorized
from ...plex_tv import Pin, PlexTV, PlexUser
from ...retry import Backoff, RetryPolicy
from ..clock import AuthClock
from ..credentials.store import CredentialStore
from ..device_key.keys import DeviceKey, device_claims

log = logging.getLogger('pkc.auth')

LINK_URL = 'https://plex.tv/link'
WAITING, LINKED, EXPIRED = 'waiting', 'linked', 'expired'
#: This many refused polls in a row end the attempt. One is harmless: its answer corrects our clock.
_REFUSALS = 5

#: Called once with the token and its user, under the attempt's own lock.
OnLinked = Callable[['SignIn', str, PlexUser], None]


class SignIn:
    """A code to be entered at plex.tv/link. Call :meth:`poll` about once a second until it is no longer waiting.

    ``key`` is the device key of a modern PIN, None for a legacy PIN. Made by :class:`.attempts.SignInAttempts`.
    """

    def __init__(self, plex_tv: PlexTV, pin: Pin, key: Optional[DeviceKey], clock: AuthClock,
                 on_linked: OnLinked) -> None:
        self.key = key
        self._plex_tv = plex_tv
        self._pin = pin
        self._clock = clock
        self._on_linked = on_linked
        self._ends = clock.monotonic() + pin.expires_in
        self._backoff = Backoff(RetryPolicy(2.0, 30.0), clock.monotonic)
        self._lock = threading.Lock()
        self._state = WAITING
        self._token = ''
        self._refusals = 0

    @property
    def code(self) -> str:
        """The four characters to type."""
        return self._pin.code

    @property
    def link_url(self) -> str:
        """The page on which to type the code."""
        return LINK_URL

    @property
    def qr_url(self) -> str:
        """The URL of that page with the code filled in, for a QR code."""
        return '%s/?pin=%s' % (LINK_URL, self._pin.code)

    @property
    def active(self) -> bool:
        """Whether the code can still be entered, or was entered and the sign-in is not complete yet."""
        return self._state == WAITING and (bool(self._token) or self.seconds_left() > 0)

    def seconds_left(self) -> float:
        """How long the code can still be entered, in seconds."""
        return max(0.0, self._ends - self._clock.monotonic()) if self._state == WAITING else 0.0

    def poll(self) -> str:
        """Ask plex.tv once. Returns ``'waiting'``, ``'linked'`` (credentials are then saved) or ``'expired'``.

        After network errors it is still waiting; after "too many requests" no request is sent for a while.
        Raises :class:`WrongUser` when a second code was entered by another user, and :class:`OSError` or
        :class:`SigningUnavailable` when the device key cannot be written.
        """
        with self._lock:
            if self._state == WAITING and not self._token:
                self._ask()
            if self._state == WAITING and self._token:
                self._complete()
            return self._state

    def cancel(self) -> None:
        """Give up. A poll under way then changes nothing any more."""
        if self._state == WAITING:
            self._state = EXPIRED

    def _ask(self) -> None:
        if self.seconds_left() <= 0:
            self._state = EXPIRED
            return
        if self._backoff.seconds_left():
            return
        try:
            pin = self._plex_tv.check_pin(self._pin.id, self._device_jwt())
        except PlexNotFound:
            self._state = EXPIRED
        except (PlexRejected, PlexUnauthorized) as error:
            self._refusals += 1
            log.warning('plex.tv refused a poll of the sign-in code: %s', error)
            if self._refusals >= _REFUSALS:
                self._state = EXPIRED
        except PlexError as error:
            log.info('the sign-in code could not be polled: %s', error)
            self._backoff.failed(getattr(error, 'retry_after', 0.0))
        else:
            self._refusals = 0
            self._backoff.reset()
            self._token = pin.auth_token

    def _device_jwt(self) -> Optional[str]:
        if self.key is None:
            return None
        return self.key.sign(device_claims(self._plex_tv.session.identity.client_identifier, self._clock.now()))

    def _complete(self) -> None:
        if self._backoff.seconds_left():
            return
        try:
            user = self._plex_tv.user(self._token)
        except PlexUnauthorized as error:
            log.warning('plex.tv does not know its own new token: %s', error)
            self._state = EXPIRED
        except PlexError as error:
            log.info('the new user could not be loaded yet: %s', error)
            self._backoff.failed(getattr(error, 'retry_after', 0.0))
        else:
            if self._state == WAITING:
                self._state = EXPIRED  # stays so when saving fails: the token is then lost with this attempt
                self._on_linked(self, self._token, user)
                self._state = LINKED


def create_modern_pin(plex_tv: PlexTV, store: CredentialStore) -> Tuple[Pin, DeviceKey]:
    """A PIN with the device key in ``store``, or with a new one; a key that plex.tv calls taken is replaced once.

    Raises :class:`SigningUnavailable` before any request, or another :class:`PlexError`.
    """
    try:
        key = store.load_key() or DeviceKey.generate()
    except OSError as error:
        log.warning('the device key cannot be read (errno %s), a new one is made', error.errno)
        key = DeviceKey.generate()
    try:
        return plex_tv.create_pin(key.jwk()), key
    except PlexRejected:
        log.info('plex.tv does not take the device key, a new one is made')
    key = DeviceKey.generate()
    return plex_tv.create_pin(key.jwk()), key
