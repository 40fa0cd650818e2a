"""Choosing a server by an address that the user types."""
from __future__ import annotations

import logging
from typing import List

from ...auth.errors import NotSignedIn
from ...auth.manager import AuthManager
from ...cancellation import Cancellation
from ...kodi import dialogs, texts
from ...kodi.addon import Addon
from ...kodi.texts import account as account_texts
from ...kodi.windows.choose import Entry
from ...plex_errors import PlexCancelled, PlexError
from ...plex_tv import ServerResource
from ..error_texts import typed_address_text_name

LOG = logging.getLogger('pkc.service')


def type_address(addon: Addon, auth: AuthManager, stopping: Cancellation) -> bool:
    """Ask for an address until a server of the account answers there, which is then chosen. False: given up."""
    typed = ''
    while not stopping.cancelled:
        typed = dialogs.text_input(addon.text(account_texts.ADDRESS_PROMPT), typed)
        if not typed:
            return False
        try:
            auth.add_server(typed)
            return True
        except (PlexCancelled, NotSignedIn):
            raise
        except PlexError as error:
            LOG.warning('the typed address was not taken: %s', error)
            dialogs.ok(addon.name, addon.text(texts.by_name(typed_address_text_name(error))))
    return False


def servers(auth: AuthManager) -> List[ServerResource]:
    """The servers to choose from; those of the last answer when plex.tv cannot be asked now. Raises PlexError."""
    try:
        return auth.servers()
    except (PlexCancelled, NotSignedIn):
        raise
    except PlexError:
        known = auth.known_servers()
        if not known:
            raise
        return known


def entry(addon: Addon, server: ServerResource) -> Entry:
    """How a server looks in a list: its name and whose it is, and what plex.tv says of it."""
    shared = not server.owned
    label = '%s (%s)' % (server.name, server.source_title) if shared and server.source_title else server.name
    words = [addon.text(account_texts.SHARED_SERVER if shared else account_texts.OWN_SERVER)]
    if not server.presence:
        words.append(addon.text(account_texts.SERVER_AWAY))
    return Entry(label, ', '.join(words))
