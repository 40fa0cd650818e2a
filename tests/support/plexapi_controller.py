"""plexapi's PlexClient as a program of its own, for a Kodi in a network of its own.

``python -m tests.support.plexapi_controller PMS PLAYER TOKEN`` reads a command as JSON from each line of its input, and
writes what came of it as a line of JSON.
"""
from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict

from plexapi.client import PlexClient
from plexapi.exceptions import PlexApiException
from plexapi.server import PlexServer


class Controller:
    """One player; ``token`` is shown to it with each request."""

    def __init__(self, server: str, player: str, token: str) -> None:
        self.server = PlexServer(server, token)
        self.player = PlexClient(server=self.server, baseurl=player, token=token)

    def play(self, key: str, offset: int = 0) -> None:
        """An item from a position in milliseconds."""
        self.player.playMedia(self.server.fetchItem(int(key)), offset=offset)

    def play_queue(self, key: str, start: str, offset: int = 0) -> None:
        """A season or show, from one of its episodes and a position in milliseconds on."""
        self.player.createPlayQueue(self.server, self.server.fetchItem(int(key)),
                                    startItem=self.server.fetchItem(int(start)), offset=offset)

    def command(self, name: str, *arguments: Any) -> None:
        """Any other method of plexapi's."""
        getattr(self.player, name)(*arguments)

    def timeline(self) -> Dict[str, Any]:
        """What plays."""
        self.player._timeline_cache_timestamp = 0
        found = self.player.timeline
        return {name: str(getattr(found, name)) for name in ('state', 'time', 'duration', 'ratingKey', 'volume')} \
            if found is not None else {'state': 'stopped'}

    def clients(self) -> Dict[str, str]:
        """The players that the server knows: identifiers by name."""
        return {client.title: client.machineIdentifier for client in self.server.clients()}

    def by_server(self, name: str, *arguments: Any) -> None:
        """As :meth:`command`, through the server."""
        self.player.proxyThroughServer(True, self.server)
        try:
            self.command(name, *arguments)
        finally:
            self.player.proxyThroughServer(False)


def main() -> None:
    """Serve commands until the input ends."""
    controller = Controller(*sys.argv[1:4])
    print(json.dumps({'result': controller.player.title}), flush=True)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        action: Callable[..., Any] = getattr(controller, name)
        try:
            print(json.dumps({'result': action(*arguments)}), flush=True)
        except (PlexApiException, OSError) as error:
            print(json.dumps({'error': type(error).__name__}), flush=True)


if __name__ == '__main__':
    main()
