"""Choosing a server from the list, by an address that the user types, or several."""
from __future__ import annotations

import logging
from typing import List, Optional, Sequence, Tuple

from ...auth.errors import NotSignedIn
from ...auth.manager import AuthManager
from ...cancellation import Cancellation
from ...kodi import dialogs, texts
from ...kodi.addon import Addon
from ...kodi.texts import account as account_texts
from ...kodi.texts import several_servers as texts_of_several
from ...kodi.windows.choose import Entry, choose
from ...plex_errors import PlexCancelled, PlexError
from ...plex_tv import ServerResource
from ..error_texts import typed_address_text_name
from ..shared import Shared

LOG = logging.getLogger('pkc.service')


class ServerChoice:
    """The dialogs. To use another server takes one press; several at once are behind the last entry."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._text = shared.addon.text

    def ask(self, servers: Sequence[ServerResource]) -> Optional[Tuple[str, ...]]:
        """Let the user choose. Returns the servers of several whose items are to go now; None when he gives up."""
        shared, status = self._shared, self._shared.auth.status()
        keys = [server.machine_identifier for server in servers]
        entries = [entry(shared.addon, server) for server in servers]
        entries.append(Entry(self._text(account_texts.ENTER_ADDRESS)))
        if len(servers) > 1:
            names = [server.name for server in servers if server.machine_identifier in status.machine_identifiers]
            entries.append(Entry(self._text(texts_of_several.SEVERAL_AT_ONCE),
                                 ', '.join(names) if status.several else ''))
        chosen = keys.index(status.machine_identifier) if status.machine_identifier in keys else -1
        index = choose(shared.addon, self._text(account_texts.CHOOSE_SERVER), entries,
                       len(entries) - 1 if status.several and len(servers) > 1 else chosen, shared.stopping)
        if index is None:
            return None
        if index == len(keys):
            return () if type_address(shared.addon, shared.auth, shared.stopping) else None
        return self._select([keys[index]] if index < len(keys) else self._ask_several(servers))

    def _ask_several(self, servers: Sequence[ServerResource]) -> List[str]:
        """What the user ticks; nothing when he gives up."""
        chosen = self._shared.auth.status().machine_identifiers
        found = dialogs.multiselect(
            self._text(texts_of_several.CHOOSE_SERVERS), [entry(self._shared.addon, one).label for one in servers],
            [index for index, one in enumerate(servers) if one.machine_identifier in chosen])
        return [servers[index].machine_identifier for index in found or ()]

    def _select(self, wanted: Sequence[str]) -> Optional[Tuple[str, ...]]:
        auth = self._shared.auth
        before = auth.status().machine_identifiers
        several = len(before) > 1 or len(wanted) > 1
        left = tuple(one for one in before if one not in wanted) if several else ()
        if not wanted or left and not dialogs.yesno(self._shared.addon.name, self._text(
                texts_of_several.LEAVE_SERVERS_QUESTION, ', '.join(auth.server_name(one) for one in left))):
            return None
        if len(wanted) == 1:
            auth.select_server(wanted[0])
        else:
            auth.select_servers(wanted)
        return left


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
