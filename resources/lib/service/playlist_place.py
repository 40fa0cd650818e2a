"""Whether what Kodi wants to play is an entry of its playlist that it has come to, known from memory."""
from __future__ import annotations

from ..kodi import playlist
from .events import EventBus, KodiNotification

_NONE = -1


class PlaylistPlace:
    """Follows Kodi's playlist of videos by what Kodi announces.

    Its entries cannot be asked while Kodi waits for our answer. Its position can, but Kodi keeps that of what plays
    while it asks for a video that it was told to play in place of it, and that is in no playlist (Kodi 20.1,
    ``PlayMedia``).
    """

    def __init__(self, events: EventBus) -> None:
        self._playing_at = _NONE
        self._filled_anew = False
        events.subscribe(KodiNotification, self._heard)

    def has_come_to(self, same_as_playing: bool) -> bool:
        """Whether it is that entry. ``same_as_playing``: it asks for what plays already, which it plays once more."""
        position = playlist.position()
        if not 0 <= position < playlist.size():
            return False
        return self._playing_at == _NONE or position != self._playing_at or self._filled_anew or same_as_playing

    def _heard(self, event: KodiNotification) -> None:
        if event.method == 'Player.OnAVStart':
            self._playing_at, self._filled_anew = playlist.position(), False
        elif event.method == 'Player.OnStop':
            self._playing_at = _NONE
        elif event.method == 'Playlist.OnClear' and event.data.get('playlistid') == playlist.PLAYLIST_ID:
            self._filled_anew = True
