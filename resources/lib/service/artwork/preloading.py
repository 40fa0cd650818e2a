"""Having Kodi load all pictures of the library before somebody looks at them, one after the other, with rests.

A pass goes through Kodi's table ``art`` by its ids, one server after the other. It waits while something plays, while a
sync writes and while the server is away, and goes on after a restart where it was. Of several servers one that is away
is passed over; when it is back the pass begins again. A picture that Kodi has already costs a look-up there.
Between two passes that nobody asked for there is some time: the library may change every few seconds.
"""
from __future__ import annotations

import logging
import threading
from typing import Callable, List, NamedTuple, Optional, Sequence

from ... import item_url
from ...cancellation import Cancelled
from ...kodi.player import playing_video
from ...kodi_db import art_rows, database
from ...kodi_db.art_rows import ArtRow
from ...local_server.art import ArtRoute
from ...sql.errors import DatabaseError
from ..shared import Shared
from .display import PreloadDisplay
from .pass_state import PassFile, PassState

LOG = logging.getLogger('pkc.service')

#: Rows that are read at a time, and in memory.
BATCH = 50
#: Seconds until it is looked again whether a pass can go on.
_LOOK_AGAIN = 5.0
#: Seconds until a pass goes on after trouble with Kodi's database, or after so many pictures in a row that could not be
#: loaded: a server that starts refuses all.
_AFTER_TROUBLE, _FAILURES = 60.0, 10
#: Seconds between two passes that nobody asked for.
_BETWEEN = 1800.0
#: Rest after each picture, in multiples of the time that it took: usually, when the user asked for it, with the setting
#: ``gentle_mode``.
_REST, _REST_ASKED, _REST_GENTLE = 2.0, 1.0, 4.0
#: Pictures that are looked up in a row, and the seconds of rest after them.
_LOOK_UPS, _LOOK_UP_REST = 20, 0.05


class Position(NamedTuple):
    """How far a pass is: pictures."""

    done: int
    total: int


class Preloader:
    """Its methods return at once, but for :meth:`stop`.

    ``load(url)`` has Kodi load a picture unless it has it; false when there is none to be had.
    """

    def __init__(self, shared: Shared, load: Callable[[str], bool], pictures: ArtRoute, file: PassFile,
                 display: PreloadDisplay) -> None:
        self._shared = shared
        self._load = load
        self._pictures = pictures
        self._file = file
        self._display = display
        self._changed = threading.Condition()
        self._state: Optional[PassState] = None
        self._position: Optional[Position] = None
        self._look_ups = 0
        self._not_before = 0.0
        self._rests_until = 0.0
        self._failures = 0
        self._cancelled = self._ending = self._unsaved = self._passed_over = False
        self._thread = threading.Thread(target=self._run, name='pkc-pictures', daemon=True)

    # ---- called by others ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Go on with a pass that the last end of Kodi interrupted."""
        state = self._file.read()
        self._state = state if state is not None and (state.asked or self._wanted()) else None
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """End the thread, which may wait for a picture; what is left is for the next start."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    @property
    def position(self) -> Optional[Position]:
        """How far the pass is; None when there is none, or one that has not begun and that nobody asked for."""
        with self._changed:
            asked = self._state is not None and self._state.asked
            return self._position or (Position(0, 0) if asked else None)

    def begin(self, asked: bool) -> None:
        """Go through all pictures; a pass that is under way goes on. ``asked``: the user wants that, and now."""
        servers = self._servers()
        with self._changed:
            state = self._state
            if state is None or state.machine_identifier not in servers or self._cancelled:
                self._state, self._position, self._cancelled = PassState(servers[0], asked), None, False
                self._not_before = 0.0 if asked else self._rests_until
            elif asked:
                self._state, self._not_before = state._replace(asked=True), 0.0
            else:
                self._state = state._replace(again=True)
            self._unsaved = True
            self._changed.notify_all()

    def server_back(self) -> None:
        """A server can be reached again: if one was passed over, all are gone through."""
        with self._changed:
            over, self._passed_over, state = self._passed_over, False, self._state
            if over and state is not None and not self._cancelled:
                self._state, self._position = PassState(self._servers()[0], state.asked, again=state.again), None
                self._unsaved = True
                self._changed.notify_all()
        if over and state is None and self._wanted():
            self.begin(asked=False)

    def cancel(self, unless_asked: bool = False) -> None:
        """Give the pass up; with ``unless_asked`` only one that the user did not ask for."""
        with self._changed:
            if self._state is not None and not (unless_asked and self._state.asked):
                self._cancelled = True
                self._changed.notify_all()

    # ---- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while self._wait():
            try:
                self._batch()
            except Cancelled:
                pass
            except DatabaseError as error:
                LOG.info('the pictures of the library cannot be read: %s', error)
                self._not_before = self._shared.clock.monotonic() + _AFTER_TROUBLE
            except Exception:  # the top of the thread
                LOG.exception('loading pictures failed')
                self._not_before = self._shared.clock.monotonic() + _AFTER_TROUBLE
        self._display.hide()
        if self._cancelled:
            self._file.write(None)

    def _wait(self) -> bool:
        """Sleep until there is something to do; False at the end."""
        while True:
            with self._changed:
                while self._state is None and not self._ending:
                    self._shared.clock.wait(self._changed, None)
                if self._ending:
                    return False
                if self._unsaved:
                    self._save()
            if self._may_go_on():
                return True
            if self._pass_over():
                continue
            self._display.hide()
            with self._changed:
                if self._cancelled:
                    return True
                if not self._ending:
                    self._shared.clock.wait(self._changed, _LOOK_AGAIN)

    def _may_go_on(self) -> bool:
        shared, state = self._shared, self._state
        status = shared.auth.status()
        machine = state.machine_identifier if state is not None else status.machine_identifier
        return not (playing_video() or shared.databases.writing.locked() or not status.usable or shared.viewer.locked
                    or self._pictures.is_away(machine) or shared.clock.monotonic() < self._not_before)

    def _pass_over(self) -> bool:
        """Go on with the next server when this one is away; the last one is waited for."""
        with self._changed:
            state, servers = self._state, self._servers()
            if state is None or self._cancelled or state.machine_identifier not in servers[:-1] or not (
                    self._pictures.is_away(state.machine_identifier)):
                return False
            self._passed_over = True
        return self._replace(state, _following(state, servers))

    def _batch(self) -> None:
        """The next pictures; ends the pass behind the last. Raises Cancelled, :class:`DatabaseError`."""
        with self._changed:
            state, cancelled = self._state, self._cancelled
        if state is None:
            return
        servers = self._servers()
        rows = self._rows(state) if not cancelled and state.machine_identifier in servers else []
        if rows:
            try:
                for row in rows:
                    self._one(row)
            finally:
                with self._changed:
                    self._save()
        elif cancelled or state.machine_identifier == servers[-1]:
            self._end(state, cancelled)
        elif state.machine_identifier in servers:
            self._replace(state, _following(state, servers))
        else:
            self._replace(state, PassState(servers[0], state.asked))

    def _servers(self) -> Sequence[str]:
        """The machineIdentifiers of the chosen servers, whose pictures are loaded one after the other."""
        status = self._shared.auth.status()
        return status.machine_identifiers or (status.machine_identifier,)

    def _rows(self, state: PassState) -> List[ArtRow]:
        base = item_url.art_base(self._shared.port) + state.machine_identifier + '/'
        position = self._position
        with database.open_reader(self._shared.databases.video_path()) as reader:
            if position is None:
                total = art_rows.count(reader, base)
                position = Position(total - art_rows.count(reader, base, state.after), total)
            rows = art_rows.following(reader, base, state.after, BATCH)
        with self._changed:
            if self._state is None or self._state.machine_identifier != state.machine_identifier:
                raise Cancelled()
            self._position = position
        return rows

    def _one(self, row: ArtRow) -> None:
        """One picture, with the rest after it. Raises Cancelled when the pass has to wait or ends."""
        began, sent = self._shared.clock.monotonic(), self._pictures.sent
        found = self._load(row.url)
        if not found and (self._ending or not self._may_go_on()):
            raise Cancelled()  # it is not the picture's fault
        fetched = found and self._pictures.sent != sent
        self._done(row, int(fetched), int(not found))
        self._failures = 0 if found else self._failures + 1
        if self._failures >= _FAILURES:
            self._failures = 0
            self._not_before = self._shared.clock.monotonic() + _AFTER_TROUBLE
        if found and not fetched:
            self._look_ups += 1
            if self._look_ups % _LOOK_UPS == 0:
                self._rest(_LOOK_UP_REST)
        else:
            self._rest((self._shared.clock.monotonic() - began) * self._share())

    def _share(self) -> float:
        if self._shared.settings.current.gentle_mode:
            return _REST_GENTLE
        return _REST_ASKED if self._state is not None and self._state.asked else _REST

    def _done(self, row: ArtRow, loaded: int, missing: int) -> None:
        with self._changed:
            state, position = self._state, self._position
            if state is None or position is None:
                raise Cancelled()
            self._state = state = state._replace(after=row.art_id, loaded=state.loaded + loaded,
                                                 missing=state.missing + missing)
            self._position = position = Position(position.done + 1, max(position.total, position.done + 1))
        self._display.update(state, *position)

    def _rest(self, seconds: float) -> None:
        """Raises Cancelled when the pass has to wait, or ends."""
        with self._changed:
            if not (self._ending or self._cancelled):
                self._shared.clock.wait(self._changed, seconds)
            ends = self._ending or self._cancelled
        if ends or not self._may_go_on():
            raise Cancelled()

    def _save(self) -> None:
        self._unsaved = False
        self._file.write(self._state)

    def _replace(self, state: PassState, new: Optional[PassState]) -> bool:
        """Go on with another pass, or with none. False when something was asked of this one meanwhile."""
        with self._changed:
            if self._state is not state:
                return False
            self._state, self._position, self._cancelled = new, None, False
            self._save()
            return True

    def _end(self, state: PassState, cancelled: bool) -> None:
        if not self._replace(state, None):
            return
        self._display.hide()
        LOG.info('pictures: %d loaded, %d not to be had%s', state.loaded, state.missing,
                 ', given up' if cancelled else '')
        self._display.ended(state, cancelled)
        if not cancelled:
            self._rests_until = self._shared.clock.monotonic() + _BETWEEN
            if state.again and self._wanted():
                self.begin(asked=False)

    def _wanted(self) -> bool:
        return self._shared.settings.current.preload_pictures


def _following(state: PassState, servers: Sequence[str]) -> PassState:
    """The pass at the next server."""
    return state._replace(machine_identifier=servers[servers.index(state.machine_identifier) + 1], after=0)
