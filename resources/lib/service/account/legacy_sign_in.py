"""The sign-in of a PKC 3.x that was here before: its token is taken over as it is, then the modern way is offered.

Nothing is revoked or minted for the old token's client identifier, and Kodi keeps the old settings: whoever goes back
to 3.x is still signed in there.
"""
from __future__ import annotations

import logging

from ...auth.manager import SIGNED_OUT, AuthManager
from ...kodi import dialogs, settings
from ...kodi.addon import Addon
from ...kodi.texts import account as texts
from ...plex_errors import PlexUnauthorized

LOG = logging.getLogger('pkc.service')


def take_over(auth: AuthManager) -> bool:
    """Sign in with the token of PKC 3.x. False: there is none, or plex.tv does not know it any more.

    Raises :class:`PlexError` when plex.tv cannot be asked; nothing has changed then.
    """
    old = settings.old_sign_in()
    if old is None or auth.status().state != SIGNED_OUT:
        return False
    modern = settings.load().modern_auth
    settings.set_modern_auth(False)  # until the user was asked, the account stays as it was
    adopted = False
    try:
        adopted = auth.adopt_legacy(old.client_identifier, old.token, old.machine_identifier)
    except PlexUnauthorized:
        LOG.info('the token of the older version is no longer valid')
    finally:
        if not adopted:
            settings.set_modern_auth(modern)
    return adopted


def offer_modern(addon: Addon, user_name: str) -> None:
    """Say whose sign-in was taken over, and offer the modern one, to which the account then changes by itself."""
    taken = addon.text(texts.OLD_SIGN_IN_TAKEN, user_name)
    if dialogs.yesno(addon.name, '%s[CR]%s' % (taken, addon.text(texts.MODERN_AUTH_OFFER)), prefer_yes=True):
        settings.set_modern_auth(True)
