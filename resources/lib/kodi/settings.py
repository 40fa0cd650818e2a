"""The user's settings as one frozen record, and the few that the service itself writes.

Our settings never hold a token, a PIN or a server address: Kodi keeps them in a plain file that people send around.
(PKC 3.x had its token there; :func:`old_sign_in` reads it.)
"""
from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Callable, Dict, FrozenSet, Iterable, Mapping, NamedTuple, Optional

from kodi_six import xbmcaddon

from ..item_url import ADDON_ID

INTERVALS = (0, 5, 15, 30, 60, 360)
DEFAULT_PORT = 57310
#: Values of ``start_user``; any other is the id of a user.
START_LAST, START_ASK = 'last', 'ask'
_writing = threading.RLock()


@dataclass(frozen=True)
class Settings:
    """A snapshot. ``sync_interval`` is in minutes (0: off).

    ``excluded_libraries`` and ``watch_only_libraries`` hold ids that the sync gave, ``library_intervals`` words by such
    an id. ``takeover`` is what the user said about a library of PlexKodiConnect 3.x, '' before he was asked.
    """

    modern_auth: bool = True
    allow_http: bool = True
    sync_at_start: bool = True
    sync_interval: int = 15
    show_progress: bool = True
    pause_during_playback: bool = True
    report_progress: bool = True
    local_port: int = DEFAULT_PORT
    gentle_mode: bool = False
    continue_watching_limit: int = 50
    verbose_log: bool = False
    excluded_libraries: FrozenSet[str] = frozenset()
    watch_only_libraries: FrozenSet[str] = frozenset()
    library_intervals: Mapping[str, str] = field(default_factory=dict)
    takeover: str = ''
    user_name: str = ''
    server_name: str = ''
    last_sync: str = ''
    offered_sign_in: bool = False
    start_user: str = START_LAST
    start_protected: bool = False


def load(addon_id: str = ADDON_ID) -> Settings:
    """Read all settings now. Values of the wrong kind (an older version's file) count as the default."""
    # A new object each time: Kodi's Addon object keeps the values it was made with.
    read = xbmcaddon.Addon(addon_id).getSetting
    return Settings(
        modern_auth=_bool(read, 'modern_auth', True),
        allow_http=_bool(read, 'allow_http', True),
        sync_at_start=_bool(read, 'sync_at_start', True),
        sync_interval=_int(read, 'sync_interval', 15, 0, 1440),
        show_progress=_bool(read, 'show_progress', True),
        pause_during_playback=_bool(read, 'pause_during_playback', True),
        report_progress=_bool(read, 'report_progress', True),
        local_port=_int(read, 'local_port', DEFAULT_PORT, 1024, 65535),
        gentle_mode=_bool(read, 'gentle_mode', False),
        continue_watching_limit=_int(read, 'continue_watching_limit', 50, 1, 500),
        verbose_log=_bool(read, 'verbose_log', False),
        excluded_libraries=_ids(read('excluded_libraries')),
        watch_only_libraries=_ids(read('watch_only_libraries')),
        library_intervals=_words(read('library_intervals')),
        takeover=read('takeover'),
        user_name=read('user_name'),
        server_name=read('server_name'),
        last_sync=read('last_sync'),
        offered_sign_in=_bool(read, 'offered_sign_in', False),
        start_user=read('start_user') or START_LAST,
        start_protected=_bool(read, 'start_protected', False))


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


def _bool(read: Callable[[str], str], name: str, default: bool) -> bool:
    return {'true': True, 'false': False}.get(read(name).lower(), default)


def _int(read: Callable[[str], str], name: str, default: int, lowest: int, highest: int) -> int:
    try:
        value = int(read(name))
    except ValueError:
        return default
    return value if lowest <= value <= highest else default


def _words(text: str) -> Dict[str, str]:
    try:
        found = json.loads(text or '{}')
    except ValueError:
        return {}
    return {name: word for name, word in found.items() if isinstance(word, str)} if isinstance(found, dict) else {}


def _ids(text: str) -> FrozenSet[str]:
    try:
        found = json.loads(text or '[]')
    except ValueError:
        return frozenset()
    return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, list) else frozenset()
