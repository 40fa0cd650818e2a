"""Why an item cannot be played: one class per meaning, each with the name of the text that the user sees."""
from __future__ import annotations


class PlaybackError(Exception):
    """Root. ``key`` names a text; ``detail`` is safe English without file names or addresses."""

    key = 'not_playable'

    def __init__(self, detail: str = '') -> None:
        super().__init__('%s: %s' % (self.key, detail) if detail else self.key)
        self.detail = detail


class NotPlayable(PlaybackError):
    """The item has no file of its own, for instance a show."""


class ItemGone(PlaybackError):
    """Plex does not know the item any more, or this user may not see it."""

    key = 'item_gone'


class FileMissing(PlaybackError):
    """Plex says that the file does not exist (drive not mounted, file moved)."""

    key = 'file_missing'


class FileInaccessible(PlaybackError):
    """The file exists, but Plex cannot read it (permissions)."""

    key = 'file_inaccessible'


class UnknownServer(PlaybackError):
    """The URL names a server that the signed-in user does not have."""

    key = 'unknown_server'


class TranscodeRefused(PlaybackError):
    """The server cannot convert the item. ``detail`` is in the server's words."""

    key = 'transcode_refused'
