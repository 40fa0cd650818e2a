"""``make demo``: from sign-in to a synced library, Continue Watching and a film playing, with figures.

With a real Kodi the add-on is installed from its own repository, and only Plex is simulated. Without one, the same
service and plugin run with fakes of Kodi's modules and a database that is created from Kodi's schema.
"""
from __future__ import annotations

import argparse
import sys

from tools.demo import with_fakes, with_kodi
from tools.demo.story import Story
from tools.kodilab import KodiMissingError, find_kodi


def main() -> int:
    """Run the demo; 0 when everything worked."""
    parser = argparse.ArgumentParser(prog='python -m tools.demo', description=__doc__)
    parser.add_argument('--movies', type=int, default=2000)
    parser.add_argument('--shows', type=int, default=50, help='each with 4 seasons of 10 episodes')
    parser.add_argument('--latency', type=float, default=0.02, help='seconds before each answer of the server')
    parser.add_argument('--keep', action='store_true', help='leave Kodi open to look at')
    parser.add_argument('--no-kodi', action='store_true', help='use the stand-ins even where there is a Kodi')
    arguments = parser.parse_args()
    story = Story(arguments.movies, arguments.shows, arguments.latency)
    problem = 'it was not wanted' if arguments.no_kodi else with_kodi.missing(find_kodi, KodiMissingError)
    if problem:
        story.say('No real Kodi (%s): the demo runs on stand-ins for it.' % problem)
        return with_fakes.run(story)
    return with_kodi.run(story, arguments.keep)


if __name__ == '__main__':
    sys.exit(main())
