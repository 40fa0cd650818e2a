"""One list of what several servers have: each is asked side by side, and what they say is put together.

No server is waited for long: what is late is shown as it was known last, or comes the next time. A server that cannot
be reached is left out as long as another one answers.
"""
from __future__ import annotations

import json
import logging
import queue
import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from ...kodi.texts import lists as texts
from ...plex_errors import PlexConnectionError, PlexError, PlexRateLimited, PlexServerError
from ..events import ServerChosen, SignedOut, UserSwitched
from ..list_item import WireItem
from ..same_titles import SameTitles
from ..shared import Shared
from .description import ADDED, IN_TURN, VIEWED, ListDescription, Options
from .page import next_page

LOG = logging.getLogger('pkc.service')

#: Seconds that a list waits for the first server, and for the others after that.
_FIRST, _OTHERS = 12.0, 1.5
#: What tells the time by which entries are put in order, in a form that can be compared.
_TIMES: Mapping[str, str] = {VIEWED: 'lastplayed', ADDED: 'dateadded'}

#: Answers that are kept for when a server is late, or fails with one of these errors.
_MOST = 32
_PASSING = (PlexConnectionError, PlexServerError, PlexRateLimited)

#: The answer to a list of one server, as JSON. Raises PlexError.
Ask = Callable[[str, ListDescription, Options], bytes]
#: A list as it goes to the plugin.
Page = Dict[str, Any]
#: A list of a server for a user.
_Key = Tuple[str, str, str, Options]


class _Said(NamedTuple):
    machine: str
    body: bytes = b''
    error: Optional[Exception] = None


class SeveralServers:
    """Safe to use from several threads. ``ask`` is called in threads of its own."""

    def __init__(self, shared: Shared, ask: Ask) -> None:
        self._shared = shared
        self._ask = ask
        self._same_titles = SameTitles(shared)
        self._lock = threading.Lock()
        self._last: Dict[_Key, bytes] = {}
        for event in (ServerChosen, UserSwitched, SignedOut):
            shared.events.subscribe(event, lambda _event: self._forget_all())

    def answer(self, machines: Sequence[str], description: ListDescription, options: Options) -> bytes:
        """The merged list as JSON. Raises what the first server raised when none has an answer."""
        end = options.start + options.limit
        each = options._replace(start=0, limit=end + 1, page=0)
        pages = self._pages(machines, description, each)
        found = dict(next(iter(pages.values())))
        names = self._names(pages) if description.merge == IN_TURN else {}
        entries = merged([_named(page['items'], names.get(machine, '')) for machine, page in pages.items()],
                         description.merge)
        if self._same_titles.together:
            entries = without_copies(entries)
        found['items'] = entries[options.start:end]
        if options.page and len(entries) > end:
            found['items'].append(next_page(self._shared.addon.text(texts.NEXT_PAGE), description.path, options))
        if len({page['content'] for page in pages.values()}) > 1:
            found['content'] = 'videos'
        return json.dumps(found, separators=(',', ':')).encode()

    def _names(self, pages: Mapping[str, Page]) -> Dict[str, str]:
        """What tells the servers apart where each has its own folders."""
        auth = self._shared.auth
        main = auth.status().machine_identifier
        return {machine: auth.server_name(machine or main) for machine in pages}

    def _pages(self, machines: Sequence[str], description: ListDescription, options: Options) -> Dict[str, Page]:
        """What the servers say, by server and in their order."""
        asked = [machine for machine in machines if not self._shared.clients.away(machine)] or list(machines)
        answers: queue.Queue[_Said] = queue.Queue()
        for machine in asked:
            threading.Thread(target=self._one, args=(machine, description, options, answers), name='pkc-list',
                             daemon=True).start()
        found: Dict[str, bytes] = {}
        failure: Optional[Exception] = None
        end = time.monotonic() + _FIRST
        for _ in asked:
            try:
                said = answers.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                LOG.info('a list goes without %d of %d servers, which are late', len(asked) - len(found), len(asked))
                break
            if said.error is not None:
                failure = failure or said.error
                continue
            if not found:
                end = time.monotonic() + _OTHERS
            found[said.machine] = said.body
        for machine in asked:
            late = self._last.get(self._key(machine, description, options)) if machine not in found else None
            if late is not None:
                found[machine] = late
        if not found:
            raise failure or PlexError('no server has answered in time')
        return {machine: json.loads(found[machine]) for machine in machines if machine in found}

    def _one(self, machine: str, description: ListDescription, options: Options, answers: queue.Queue[_Said]) -> None:
        key = self._key(machine, description, options)
        try:
            body = self._ask(machine, description, options)
            if key == self._key(machine, description, options):  # nobody else watches now
                self._keep(key, body)
            answers.put(_Said(machine, body))
        except PlexError as error:
            LOG.info('a server has no answer for a list: %s', error)
            self._shared.clients.failed(error, machine)
            if not isinstance(error, _PASSING):
                self._forget(key)
            answers.put(_Said(machine, error=error))
        except Exception as error:  # the top of the thread
            LOG.exception('a list failed')
            answers.put(_Said(machine, error=error))

    def _key(self, machine: str, description: ListDescription, options: Options) -> _Key:
        return self._shared.auth.status().user_id, machine, description.path, options

    def _keep(self, key: _Key, body: bytes) -> None:
        with self._lock:
            self._last.pop(key, None)
            while len(self._last) >= _MOST:
                self._last.pop(next(iter(self._last)))
            self._last[key] = body

    def _forget(self, key: _Key) -> None:
        """What the server does not give this user any more is not shown either."""
        with self._lock:
            self._last.pop(key, None)

    def _forget_all(self) -> None:
        with self._lock:
            self._last.clear()


def merged(pages: Sequence[Sequence[WireItem]], how: str) -> List[WireItem]:
    """The entries of all pages in one order; those of one page keep theirs.

    ``how``: by the time at which they were watched or added, the newest first, or one page after the other. An entry
    without a time, such as an episode that comes next, stays beside the one before it. The same folder appears once.
    """
    if how not in _TIMES:
        return _once([wire for page in pages for wire in page])
    stamped = [(stamp, number, place, wire) for number, page in enumerate(pages)
               for place, (stamp, wire) in enumerate(zip(_stamps(page, _TIMES[how]), page))]
    stamped.sort(key=lambda one: one[1:3])
    stamped.sort(key=lambda one: one[0], reverse=True)
    return [wire for _, _, _, wire in stamped]


def without_copies(wires: Sequence[WireItem]) -> List[WireItem]:
    """Each title once, told by its ids at other sites; the first one stays."""
    seen: Set[Tuple[str, str, str]] = set()
    found: List[WireItem] = []
    for wire in wires:
        ids = {(wire['mediatype'], site, str(one)) for site, one in wire.get('uniqueids', {}).items() if site != 'plex'}
        if not ids & seen:
            found.append(wire)
        seen |= ids
    return found


def _stamps(page: Sequence[WireItem], field: str) -> List[str]:
    """A time for each entry that is never later than that of the one before."""
    own = [str(wire.get('info', {}).get(field) or '') for wire in page]
    before = next((stamp for stamp in own if stamp), '')
    found: List[str] = []
    for stamp in own:
        before = min(before, stamp) if stamp else before
        found.append(before)
    return found


def _once(wires: Sequence[WireItem]) -> List[WireItem]:
    return list({wire['url']: wire for wire in reversed(wires)}.values())[::-1]


def _named(wires: Sequence[WireItem], name: str) -> List[WireItem]:
    """Folders with the name of their server."""
    return [dict(wire, label='%s · %s' % (wire['label'], name)) if name and wire.get('folder') else wire
            for wire in wires]
