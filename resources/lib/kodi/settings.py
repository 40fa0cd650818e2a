"""Reading the user's settings as one frozen record, and writing the few that the service itself changes.

Our settings never hold a token, a PIN or a server address: Kodi keeps settings in a plain file that users share.
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
#: Values of ``start_user``; any other value is a user's id.
START_LAST, START_ASK = 'last', 'ask'
#: Values of ``nodes_order``.
ORDER_TYPE, ORDER_TITLE, ORDER_SERVER = 'type', 'title', 'server'
#: Values of ``plex_playlists``.
PLAYLISTS_OFF, PLAYLISTS_FROM_PLEX, PLAYLISTS_BOTH = 'off', 'from_plex', 'both'
#: Values of ``picture_size``: as Kodi stores them, half as high, not scaled.
PICTURES_STORED, PICTURES_SMALL, PICTURES_ORIGINAL = 0, 1, 2
_writing = threading.RLock()
#: Key of a field's metadata: a function that reads Kodi's text; for None or ValueError the default is used.
_READ = 'read'


def _flag(default: bool) -> Any:
    """A setting that is on or off."""
    return field(default=default, metadata={_READ: lambda text: {'true': True, 'false': False}.get(text.lower())})


def _number(default: int, lowest: int, highest: int) -> Any:
    """A setting that is a whole number from ``lowest`` to ``highest``."""
    def read(text: str) -> Optional[int]:
        number = int(text)
        return number if lowest <= number <= highest else None
    return field(default=default, metadata={_READ: read})


def _text(default: str = '') -> Any:
    """A setting that is a text."""
    return field(default=default, metadata={_READ: lambda text: text or None})


def _choice(default: str, *others: str) -> Any:
    """A setting that is one of some words."""
    return field(default=default, metadata={_READ: lambda text: text if text in (default, *others) else None})


def _ids() -> Any:
    """A setting that is a set of ids, stored as a JSON list."""
    def read(text: str) -> Optional[FrozenSet[str]]:
        ids = json.loads(text)
        return frozenset(entry for entry in ids if isinstance(entry, str)) if isinstance(ids, list) else None
    return field(default=frozenset(), metadata={_READ: read})


def _texts_by_id() -> Any:
    """A setting that is a mapping from ids to texts, stored as a JSON object."""
    def read(text: str) -> Optional[Dict[str, str]]:
        saved = json.loads(text)
        return {name: value for name, value in saved.items() if isinstance(value, str)} \
            if isinstance(saved, dict) else None
    return field(default_factory=dict, metadata={_READ: read})


@dataclass(frozen=True)
class Settings:
    """A snapshot of the settings. Each field is declared here only, and has the name of a setting in ``settings.xml``.

    ``sync_interval`` is in minutes (0: off). ``excluded_libraries`` and ``watch_only_libraries`` hold library ids that
    the sync made, ``library_intervals`` how often to sync by such an id. For ``skip_intro`` and similar ones see
    ``playback.skipping``; ``skip_countdown`` and ``skip_hide`` (0: never) are in seconds. For ``next_episode`` and
    similar ones see ``playback.next_up``; ``still_watching`` counts episodes (0: never asked). For ``version_choice``
    see ``playback.versions``; bitrates are in kbit/s, heights in pixels (0: no limit), and ``dolby_vision`` and
    ``burn_subtitles`` are explained in ``playback.transcode.needs``. ``theme_loudness`` is 0 for
    music as loud as it is, else quieter. ``takeover`` is the user's answer about a library of PlexKodiConnect 3.x, ''
    before the question.
    """

    modern_auth: bool = _flag(True)
    allow_http: bool = _flag(True)
    sync_at_start: bool = _flag(True)
    sync_interval: int = _number(15, 0, 1440)
    show_progress: bool = _flag(True)
    pause_during_playback: bool = _flag(True)
    report_progress: bool = _flag(True)
    direct_paths: bool = _flag(False)
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
    cinema_trailers: int = _number(0, 0, 5)
    theme_music: bool = _flag(False)
    theme_loudness: int = _number(0, 0, 2)
    streams_from_plex: bool = _flag(True)
    streams_to_plex: bool = _flag(True)
    remote_control: bool = _flag(False)
    version_choice: int = _number(0, 0, 2)
    transcode_fallback: bool = _flag(True)
    quality_limits: bool = _flag(False)
    local_bitrate: int = _number(0, 0, 200000)
    local_height: int = _number(0, 0, 4320)
    remote_bitrate: int = _number(4000, 0, 200000)
    remote_height: int = _number(0, 0, 4320)
    codec_limits: bool = _flag(False)
    plays_hevc: bool = _flag(True)
    plays_av1: bool = _flag(True)
    plays_vp9: bool = _flag(True)
    plays_h264_10bit: bool = _flag(True)
    dolby_vision: int = _number(0, 0, 2)
    plays_truehd: bool = _flag(True)
    plays_dts: bool = _flag(True)
    transcode_channels: int = _number(0, 0, 8)
    burn_subtitles: int = _number(1, 0, 2)
    local_port: int = _number(DEFAULT_PORT, 1024, 65535)
    gentle_mode: bool = _flag(False)
    same_titles: bool = _flag(False)
    one_row: bool = _flag(False)
    continue_watching_limit: int = _number(50, 1, 500)
    library_nodes: bool = _flag(True)
    nodes_order: str = _text(ORDER_TYPE)
    plex_playlists: str = _choice(PLAYLISTS_FROM_PLEX, PLAYLISTS_OFF, PLAYLISTS_BOTH)
    picture_size: int = _number(PICTURES_STORED, 0, 2)
    preload_pictures: bool = _flag(False)
    verbose_log: bool = _flag(False)
    excluded_libraries: FrozenSet[str] = _ids()
    watch_only_libraries: FrozenSet[str] = _ids()
    library_intervals: Mapping[str, str] = _texts_by_id()
    takeover: str = _text()
    user_name: str = _text()
    server_name: str = _text()
    last_sync: str = _text()
    offered_sign_in: bool = _flag(False)
    start_user: str = _text(START_LAST)
    start_protected: bool = _flag(False)


def load(addon_id: str = ADDON_ID) -> Settings:
    """Read all settings. Invalid values (of an older version) become the default."""
    # A new object each time: Kodi's Addon object keeps the values that it had when it was created.
    addon = xbmcaddon.Addon(addon_id)
    values: Dict[str, Any] = {}
    for setting in fields(Settings):
        try:
            value = setting.metadata[_READ](addon.getSetting(setting.name))
        except ValueError:
            continue
        if value is not None:
            values[setting.name] = value
    return Settings(**values)


class OldSignIn(NamedTuple):
    """The sign-in that PKC 3.x kept in the add-on's settings; Kodi keeps values of settings that no longer exist."""

    client_identifier: str
    token: str
    machine_identifier: str

    def __repr__(self) -> str:
        return 'OldSignIn(…)'


def old_sign_in(addon_id: str = ADDON_ID) -> Optional[OldSignIn]:
    """The sign-in of PKC 3.x; None when there is none. It is not changed, so that 3.x can be used again."""
    read = xbmcaddon.Addon(addon_id).getSetting
    sign_in = OldSignIn(read('plex_client_Id'), read('plexToken'), read('plex_machineIdentifier'))
    hide(sign_in.token)
    return sign_in if sign_in.client_identifier and sign_in.token else None


def set_names(user_name: str, server_name: str, addon_id: str = ADDON_ID) -> None:
    """Show the active user and the server in the settings; '' for none."""
    _write(addon_id, user_name=user_name, server_name=server_name)


def set_start_user(user: str, name: str, addon_id: str = ADDON_ID) -> None:
    """Save who is the active user after a start of Kodi (an id, ``START_LAST`` or ``START_ASK``), shown as ``name``."""
    _write(addon_id, start_user=user, start_user_name=name)


def set_last_sync(text: str, addon_id: str = ADDON_ID) -> None:
    """Show in the settings when the last sync ended, as a text or a local date."""
    _write(addon_id, last_sync=text)


def set_libraries(excluded: Iterable[str], watch_only: Iterable[str], intervals: Mapping[str, str],
                  addon_id: str = ADDON_ID) -> None:
    """Save the user's choice of libraries and their intervals; libraries that are added later are synced in full."""
    _write(addon_id, excluded_libraries=json.dumps(sorted(excluded)),
           watch_only_libraries=json.dumps(sorted(watch_only)),
           library_intervals=json.dumps(dict(intervals), sort_keys=True))


def set_direct_paths(wanted: bool, addon_id: str = ADDON_ID) -> None:
    """Switch direct paths on or off."""
    _write(addon_id, direct_paths='true' if wanted else 'false')


def set_takeover(answer: str, addon_id: str = ADDON_ID) -> None:
    """Save the user's answer about a library of PlexKodiConnect 3.x."""
    _write(addon_id, takeover=answer)


def set_offered_sign_in(offered: bool, addon_id: str = ADDON_ID) -> None:
    """Save whether the user has been asked to sign in."""
    _write(addon_id, offered_sign_in='true' if offered else 'false')


def set_modern_auth(modern: bool, addon_id: str = ADDON_ID) -> None:
    """Save the answer of a user who was offered modern authentication."""
    _write(addon_id, modern_auth='true' if modern else 'false')


def _write(addon_id: str, **values: str) -> None:
    """Write only values that differ, since each write makes Kodi call ``Monitor.onSettingsChanged``."""
    # An Addon object writes all its values, so without the lock those written by another thread could be lost.
    with _writing:
        addon = xbmcaddon.Addon(addon_id)
        for name, value in values.items():
            if addon.getSetting(name) != value:
                addon.setSetting(name, value)
