"""Which libraries are synchronised, how much of each and how often, chosen in lists that a remote can handle."""
from __future__ import annotations

import logging
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Sequence

from ...kodi import dialogs, settings
from ...kodi.addon import Addon
from ...kodi.texts import library as texts
from ...library_sync.kinds import VIDEO
from ...library_sync.sections import split_sections
from ...plex_errors import PlexCancelled, PlexError
from ...plex_model import Section
from ..library_names import names_for
from ..shared import Shared
from .schedule import BY_HAND, DAILY, WEEKLY

LOG = logging.getLogger('pkc.service')

ON, WATCH_ONLY, OFF = 'on', 'watch_only', 'off'
_MODES = ((ON, texts.LIBRARY_ON), (WATCH_ONLY, texts.LIBRARY_WATCH_ONLY), (OFF, texts.LIBRARY_OFF))
_INTERVALS = (('', texts.LIBRARY_USUAL), (DAILY, texts.LIBRARY_DAILY), (WEEKLY, texts.LIBRARY_WEEKLY),
              (BY_HAND, texts.LIBRARY_BY_HAND))


class Rule(NamedTuple):
    """What is wanted of a library. ``interval`` is one of the schedule's words, '' for as often as the others."""

    mode: str = ON
    interval: str = ''


class Offered(NamedTuple):
    """A library to choose. ``server`` is the name of its server where several are chosen, ``machine`` as everywhere: ''
    for the main server.
    """

    section: Section
    server: str = ''
    machine: str = ''

    @property
    def title(self) -> str:
        """What the list shows."""
        return '%s · %s' % (self.server, self.section.title) if self.server else self.section.title

    @property
    def names(self) -> FrozenSet[str]:
        """What the settings may call it."""
        return names_for(self.machine, (name for name in (self.section.uuid, self.section.key) if name))


def offered_libraries(shared: Shared) -> List[Offered]:
    """The libraries of all servers; a server that is away is left out as long as another one answers.

    Raises :class:`PlexError`.
    """
    clients = shared.clients
    machines = clients.machines()
    found: List[List[Offered]] = []
    failure: Optional[PlexError] = None
    for machine in machines:
        try:
            client, machine_identifier = clients.connect(machine)
            name = shared.auth.server_name(machine_identifier) if len(machines) > 1 else ''
            wanted, _ = split_sections(client.sections(), (), VIDEO)
            found.append([Offered(section, name, machine) for section in wanted])
        except PlexCancelled:
            raise
        except PlexError as error:
            LOG.info('the libraries of a server cannot be chosen now: %s', error)
            failure = failure or error
    if failure is not None and not found:
        raise failure
    return [library for libraries in found for library in libraries]


class LibraryChoice:
    """One visit to the list of libraries."""

    def __init__(self, addon: Addon, libraries: Sequence[Offered]) -> None:
        self._addon = addon
        self._libraries = libraries
        chosen = settings.load()
        self._before = [_rule(library, chosen) for library in self._libraries]

    @property
    def several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self._libraries) > 1

    def ask(self, heading: int = texts.CHOOSE_LIBRARIES, first: bool = False) -> bool:
        """Show the list until the user leaves it; what he chose is stored then. True when something changed.

        ``first``: nothing is in Kodi's library yet that could go, and the list begins at its end.
        """
        if not self._libraries:
            dialogs.ok(self._addon.name, self._text(texts.NO_LIBRARIES))
            return False
        rules = list(self._before)
        index = len(rules) if first else 0
        while True:
            labels = [self._label(library, rule) for library, rule in zip(self._libraries, rules)]
            chosen = dialogs.select(self._text(heading), labels + [self._text(texts.DONE)], index)
            if chosen is None or chosen >= len(rules):
                break
            index = chosen
            rules[index] = self._ask_rule(self._libraries[index], rules[index])
        leaving = [rule for old, rule in zip(self._before, rules) if rule.mode == OFF and old.mode != OFF]
        if rules == self._before or leaving and not first and not dialogs.yesno(
                self._addon.name, self._text(texts.REMOVE_LIBRARIES_QUESTION)):
            return False
        self._store(rules)
        dialogs.notify(self._addon.name, self._text(texts.LIBRARIES_SAVED), icon=self._addon.icon)
        return True

    def _ask_rule(self, library: Offered, rule: Rule) -> Rule:
        """What is wanted of one library; closing a list leaves that as it was."""
        mode = self._choose(library.title, _MODES, rule.mode)
        if mode is None:
            return rule
        if mode == OFF:
            return Rule(OFF)
        interval = self._choose('%s: %s' % (library.title, self._text(texts.LIBRARY_HOW_OFTEN)), _INTERVALS,
                                rule.interval)
        return Rule(mode, rule.interval if interval is None else interval)

    def _choose(self, heading: str, choices: Sequence[Any], current: str) -> Optional[str]:
        values = [value for value, _ in choices]
        index = dialogs.select(heading, [self._text(text_id) for _, text_id in choices], values.index(current))
        return None if index is None else str(values[index])

    def _label(self, library: Offered, rule: Rule) -> str:
        words = [self._text(dict(_MODES)[rule.mode])]
        if rule.mode != OFF and rule.interval:
            words.append(self._text(dict(_INTERVALS)[rule.interval]))
        return '%s: %s' % (library.title, ', '.join(words))

    def _store(self, rules: Sequence[Rule]) -> None:
        """Rules of libraries of other servers, or hidden ones, stay."""
        chosen = settings.load()
        here = {name for library in self._libraries for name in library.names}
        named: Dict[str, Rule] = {library.section.uuid or library.section.key: rule
                                  for library, rule in zip(self._libraries, rules) if library.names}

        def with_mode(mode: str) -> List[str]:
            return [name for name, rule in named.items() if rule.mode == mode]
        intervals = {name: interval for name, interval in chosen.library_intervals.items() if name not in here}
        intervals.update((name, rule.interval) for name, rule in named.items() if rule.interval)
        settings.set_libraries(
            (chosen.excluded_libraries - here).union(with_mode(OFF)),
            (chosen.watch_only_libraries - here).union(with_mode(WATCH_ONLY)), intervals)

    def _text(self, text_id: int) -> str:
        return self._addon.text(text_id)


def _rule(library: Offered, chosen: settings.Settings) -> Rule:
    names, section = library.names, library.section
    if names & chosen.excluded_libraries:
        return Rule(OFF)
    intervals = chosen.library_intervals
    interval = next((intervals[one] for one in (section.uuid, section.key) if one in names and one in intervals), '')
    return Rule(WATCH_ONLY if names & chosen.watch_only_libraries else ON,
                interval if interval in dict(_INTERVALS) else '')
