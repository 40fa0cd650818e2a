"""A library of PlexKodiConnect 3.x: the question whether it becomes ours, asked once, and what follows a yes.

The work itself is done at the beginning of the next sync. So it comes before anything is written beside the old items,
waits for the server as a sync does, can be cancelled as a sync, and goes on after Kodi was ended in the middle of it.
"""
from __future__ import annotations

import logging
from typing import Dict, Sequence, Tuple

from ...kodi import dialogs, settings
from ...kodi.texts import library as texts
from ...kodi_db.database import VideoDatabase
from ...kodi_db.writer import LibraryWriter
from ...library_sync import migration
from ...library_sync.databases import SyncDatabases
from ...library_sync.options import SyncServer
from ...state_db.lease import Claim
from ..events import SyncStarting
from ..shared import Shared

LOG = logging.getLogger('pkc.service')

#: The setting's words: the user said yes and it is not done yet; he said no, or it is done.
WANTED, ANSWERED = 'wanted', 'answered'
_OLD_NAME = 'PlexKodiConnect 3.x'


class Pkc3Migration:
    """The question about the items of PlexKodiConnect 3.x in Kodi's library, and their migration."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    @staticmethod
    def asked() -> bool:
        """Whether the user was asked already."""
        return settings.load().takeover in (WANTED, ANSWERED)

    def offer(self) -> bool:
        """Ask, unless that was done before or there is nothing to migrate. True when the user says yes."""
        return not self.asked() and self._ask(self._found())

    def ask(self) -> bool:
        """The action in the settings: ask again, or say that there is nothing."""
        found = self._found()
        if not any(found):
            dialogs.ok(self._shared.addon.name, self._text(texts.TAKEOVER_NOTHING))
            return False
        return self._ask(found)

    def run(self, starting: SyncStarting) -> None:
        """Do what the user said yes to, if that is still to be done.

        Raises :class:`PlexError`, :class:`Cancelled`, and :class:`DatabaseError`; another call goes on.
        """
        if settings.load().takeover != WANTED:
            return
        locations = self._shared.databases.locations()
        with self._shared.databases.writing, SyncDatabases(
                locations, starting.cancellation, Claim(self._shared.auth.status().user_id)) as opened:
            total, done = sum(migration.count_items(opened.video)), 0

            def there(rating_keys: Sequence[str]) -> Dict[str, str]:
                nonlocal done
                done += len(rating_keys)
                starting.progress.update(_OLD_NAME, min(done, total), total)
                return {one.rating_key: one.plex_type for one in starting.client.summaries(rating_keys)}
            writer, state = LibraryWriter(opened.video), opened.state
            server_id = state.server_id(starting.machine_identifier)
            if not server_id:
                with writer.transaction():
                    server_id = state.add_server(starting.machine_identifier)
            migrated = migration.migrate(
                writer, state, SyncServer(server_id, starting.machine_identifier, locations.kinds), there,
                starting.cancellation)
        settings.set_takeover(ANSWERED)
        text = self._text(texts.TAKEOVER_DONE, *migrated.items)
        if migrated.left_alone:
            text += ' ' + self._text(texts.TAKEOVER_LEFT_ALONE, migrated.left_alone)
        dialogs.notify(self._shared.addon.name, text, icon=self._shared.addon.icon, seconds=10.0)

    def _found(self) -> Tuple[int, ...]:
        with VideoDatabase(self._shared.databases.video_path()) as database:
            return migration.count_items(database)

    def _ask(self, found: Tuple[int, ...]) -> bool:
        if not any(found):
            return False
        yes = dialogs.yesno(self._shared.addon.name, self._text(texts.TAKEOVER_QUESTION, *found,
                                                              self._shared.auth.status().server_name),
                            self._text(texts.TAKEOVER_YES), self._text(texts.TAKEOVER_NO), prefer_yes=True)
        if self._shared.stopping.cancelled:
            return False  # Kodi closed the dialog, not the user
        LOG.info('the library of 3.x is %s', 'to be migrated' if yes else 'left alone')
        settings.set_takeover(WANTED if yes else ANSWERED)
        return yes

    def _text(self, text_id: int, *values: object) -> str:
        return self._shared.addon.text(text_id, *values)
