"""Lists: the options in their URLs, and the server's answers."""
from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, Tuple

from hypothesis import strategies as st

from resources.lib.plex_errors import PlexError
from resources.lib.plex_fields import STATE_FILTER
from resources.lib.plex_functions import PMSClient
from resources.lib.plex_providers import DISCOVER, DISCOVER_PATHS, Provider
from resources.lib.service.list_item import Origin, foreign_item, list_item
from tools.fuzz import examples, inputs
from tools.fuzz.target import Reader, Target
from tools.fuzz.targets.servers import ANSWERS, session_to


def _lists(stack: ExitStack, folder: Path) -> Reader:
    from tests import fakes
    fakes.install(folder)
    stack.callback(fakes.uninstall)
    from resources.lib.service.lists.description import DiscoverQuestion, Folder, ItemsQuestion
    from resources.lib.service.lists.part import read_options
    from resources.lib.service.lists.registry import LISTS
    server, session = session_to(stack)
    client = PMSClient(session, 'http://127.0.0.1:%d' % server.port, 'a-token')
    descriptions = [LISTS[path] for path in sorted(LISTS)]
    provider = Provider(DISCOVER, '', DISCOVER_PATHS)
    origin = Origin('mid', 57310)

    def read(given: Tuple[int, Dict[str, Any], bytes]) -> None:
        number, said, server.answer = given
        description = descriptions[number % len(descriptions)]
        try:
            options = read_options(said, 50)
            ask = description.ask
            if isinstance(ask, DiscoverQuestion):
                body = ask.ask(client, provider, options)
            elif isinstance(ask, ItemsQuestion):
                body = ask.ask(client, options, STATE_FILTER if number % 2 else {})
            else:
                body = ask(client, options)
            contents = description.read(body, options)
        except PlexError:
            return
        wires = [list_item(one, origin) for one in contents.items]
        wires += [wire for one in contents.items for wire in foreign_item(one, origin)]
        description.content(options, [str(wire['mediatype']) for wire in wires if wire])
        folders = [one.options.url(one.path) for one in contents.entries if isinstance(one, Folder)]
        json.dumps([wires, folders])
    return read


_OPTIONS = inputs.like(examples.OPTIONS).map(lambda said: said if isinstance(said, dict) else {'id': said})
TARGETS = (Target('lists', st.tuples(st.integers(0, 50), _OPTIONS, ANSWERS), _lists),)
