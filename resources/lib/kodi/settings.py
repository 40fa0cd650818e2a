"""The user's settings as one frozen record, and the few that the service itself writes.

Our settings never hold a token, a PIN or a server address: Kodi keeps them in a plain file that people send around.
(PKC 3.x had its token there; :func:`old_sign_in` reads it.)
"""
from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, fields
from typing import Any, Dict, FrozenSet, Iterable, Mapping, NamedTuple, Optional

from kodi_six import xbmcaddon

from ..item_url import ADDON_ID
from ..redaction import hide

DEFAULT_PORT = 57310
#: Values of ``start_user``; any other is the id of a user.
START_LAST, START_ASK = 'last', 'ask'
#: Values of ``nodes_order``.
ORDER_TYPE, ORDER_TITLE, ORDER_SERVER = 'type', 'title', 'server'
_writing = threading.RLock()
#: Key of a field's metadata: reads Kodi's text; None, or a ValueError, for the default.
_READ = 'read'


def _flag(default: bool) -> Any:
    """A switch."""
    return field(default=default, metadata={_READ: lambda text: {'true': True, 'false': False}.get(text.lower())})


def _number(default: int, lowest: int, highest: int) -> Any:
    """A whole number within bounds."""
    def read(text: str) -> Optional[int]:
        number = int(text)
        return number if lowest <= number <= highest else None
    return field(default=default, metadata={_READ: read})


def _text(default: str = '') -> Any:
    """A word or a line."""
    return field(default=default, metadata={_READ: lambda text: text or None})


def _ids() -> Any:
    """A set of ids, stored as a JSON list."""
    def read(text: str) -> Optional[FrozenSet[str]]:
        found = json.loads(text)
        return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, list) else None
    return field(default=frozenset(), metadata={_READ: read})


def _words() -> Any:
    """Words by id, stored as a JSON object."""
    def read(text: str) -> Optional[Dict[str, str]]:
        found = json.loads(text)
        return {name: word for name, word in found.items() if isinstance(word, str)} \
            if isinstance(found, dict) else None
    return field(default_factory=dict, metadata={_READ: read})


@dataclass(frozen=True)
class Settings:
    """A snapshot, and the one declaration of what is read: a field is a setting of the same name in ``settings.xml``.

    ``sync_interval`` is in minutes (0: off). ``excluded_libraries`` and ``watch_only_libraries`` hold ids that the sync
    gave, ``library_intervals`` words by such an id. ``skip_intro`` and its like: see ``playback.skipping``;
    ``skip_countdown`` and ``skip_hide`` (0: never) are in seconds. ``next_episode`` and its like: see
    ``playback.next_up``; ``still_watching`` counts episodes (0: never asked). ``takeover`` is what the user said about
    a library of PlexKodiConnect 3.x, '' before he was asked.
    """

    modern_auth: bool = _flag(True)
    allow_http: bool = _flag(True)
    sync_at_start: bool = _flag(True)
    sync_interval: int = _number(15, 0, 1440)
    show_progress: bool = _flag(True)
    pause_during_playback: bool = _flag(True)
    report_progress: bool = _flag(True)
    skip_intro: int = _number(1, 0, 2)
    skip_credits: int = _number(1, 0, 2)
    skip_commercials: int = _number(1, 0, 2)
    skip_countdown: int = _number(5, 1, 60)
    skip_hide: int = _number(10, 0, 600)
    next_episode: int = _number(2, 0, 2)
    next_episode_countdown: int = _number(15, 1, 120)
    next_episode_before_end: int = _number(30, 5, 600)
    still_watching: int = _number(3, 0, 100)
    use_up_next: bool = _flag(True)
    rewind_on_resume: int = _number(0, 0, 300)
    streams_from_plex: bool = _flag(True)
    streams_to_plex: bool = _flag(True)
    local_port: int = _number(DEFAULT_PORT, 1024, 65535)
    gentle_mode: bool = _flag(False)
    continue_watching_limit: int = _number(50, 1, 500)
    library_nodes: bool = _flag(True)
    nodes_order: str = _text(ORDER_TYPE)
    verbose_log: bool = _flag(False)
    excluded_libraries: FrozenSet[str] = _ids()
    watch_only_libraries: FrozenSet[str] = _ids()
    library_intervals: Mapping[str, str] = _words()
    takeover: str = _text()
    user_name: str = _text()
    server_name: str = _text()
    last_sync: str = _text()
    offered_sign_in: bool = _flag(False)
    start_user: str = _text(START_LAST)
    start_protected: bool = _flag(False)


def load(addon_id: str = ADDON_ID) -> Settings:
    """Read all settings now. Values of the wrong kind (an older version's file) count as the default."""
    # A new object each time: Kodi's Addon object keeps the values it was made with.
    addon = xbmcaddon.Addon(addon_id)
    found: Dict[str, Any] = {}
    for one in fields(Settings):
        try:
            value = one.metadata[_READ](addon.getSetting(one.name))
        except ValueError:
            continue
        if value is not None:
            found[one.name] = value
    return Settings(**found)


class OldSignIn(NamedTuple):
    """What PKC 3.x kept in the add-on's settings. Kodi keeps values whose setting is gone."""

    client_identifier: str
    token: str
    machine_identifier: str

    def __repr__(self) -> str:
        return 'OldSignIn(…)'


def old_sign_in(addon_id: str = ADDON_ID) -> Optional[OldSignIn]:
    """The sign-in of PKC 3.x; nothing when there is none. Read only, so that 3.x finds it again."""
    read = xbmcaddon.Addon(addon_id).getSetting
    found = OldSignIn(read('plex_client_Id'), read('plexToken'), read('plex_machineIdentifier'))
    hide(found.token)
    return found if found.client_identifier and found.token else None


def set_names(user_name: str, server_name: str, addon_id: str = ADDON_ID) -> None:
    """Show in the settings who is signed in and which server is used; '' for none."""
    _write(addon_id, user_name=user_name, server_name=server_name)


def set_start_user(user: str, name: str, addon_id: str = ADDON_ID) -> None:
    """Remember who watches after a start of Kodi, and show it as ``name``."""
    _write(addon_id, start_user=user, start_user_name=name)


def set_last_sync(text: str, addon_id: str = ADDON_ID) -> None:
    """Show in the settings when the last synchronisation ended, in words or as a local date."""
    _write(addon_id, last_sync=text)


def set_libraries(excluded: Iterable[str], watch_only: Iterable[str], intervals: Mapping[str, str],
                  addon_id: str = ADDON_ID) -> None:
    """Remember what the user wants of which library; libraries that come later are wanted with all that is in them."""
    _write(addon_id, excluded_libraries=json.dumps(sorted(excluded)),
           watch_only_libraries=json.dumps(sorted(watch_only)),
           library_intervals=json.dumps(dict(intervals), sort_keys=True))


def set_takeover(answer: str, addon_id: str = ADDON_ID) -> None:
    """Remember what is to become of a library of PlexKodiConnect 3.x."""
    _write(addon_id, takeover=answer)


def set_offered_sign_in(offered: bool, addon_id: str = ADDON_ID) -> None:
    """Remember that the user was once asked whether to sign in."""
    _write(addon_id, offered_sign_in='true' if offered else 'false')


def set_modern_auth(modern: bool, addon_id: str = ADDON_ID) -> None:
    """Store the answer of a user who was offered modern authentication."""
    _write(addon_id, modern_auth='true' if modern else 'false')


def _write(addon_id: str, **values: str) -> None:
    """Write what differs: each write makes Kodi call ``Monitor.onSettingsChanged``."""
    # Kodi stores all values of the object that writes: those of another thread's would be lost.
    with _writing:
        addon = xbmcaddon.Addon(addon_id)
        for name, value in values.items():
            if addon.getSetting(name) != value:
                addon.setSetting(name, value)
