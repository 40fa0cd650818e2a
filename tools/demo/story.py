"""The output of the demo, with and without a real Kodi."""
from __future__ import annotations

import time
from typing import Any, Dict, Sequence


class Story:
    """Prints each step, with the seconds since the beginning."""

    def __init__(self, movies: int, shows: int, latency: float) -> None:
        self.movies = movies
        self.shows = shows
        self.latency = latency
        self._begun = time.monotonic()

    def say(self, text: str) -> None:
        """Print one line."""
        print('%5.1f s  %s' % (time.monotonic() - self._begun, text), flush=True)

    def sim_arguments(self) -> Sequence[str]:
        """The command-line arguments of the simulated Plex."""
        return ('--movies', str(self.movies), '--shows', str(self.shows), '--seasons', '4', '--episodes', '10',
                '--latency', str(self.latency), '--prerender')

    def report(self, report: Dict[str, Any]) -> bool:
        """Print the figures of a sync; returns false if it failed."""
        items = report['added'] + report['changed'] + report['watched'] + report['unchanged']
        self.say('Synchronised %d items in %.2f s: %d items/s, %d requests, %.1f MB received' % (
            items, report['seconds'], items / max(report['seconds'], 0.001), report['requests'],
            report['received'] / 1e6))
        if report['error'] or not report['complete']:
            self.say('The sync is not complete: %s' % (report['error'] or 'see the log'))
            return False
        return True

    def continue_watching(self, items: Sequence[Dict[str, Any]]) -> None:
        """Print a list, one line for each item."""
        self.say('Continue Watching, as Plex sorts it:')
        for item in items:
            position, total = item.get('position', 0.0), item.get('total', 0.0)
            place = '%d of %d min' % (position // 60, total // 60) if position else 'next'
            self.say('    %-50s %s' % (item['label'][:50], place))
