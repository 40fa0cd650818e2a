"""A simulated plex.tv and Plex Media Server over real HTTP(S) and websockets, for tests, benchmarks and the demo.

In a test::

    library = Library.generate(seed=1, movies=2000, shows=50, seasons=4, episodes=10)
    with PlexSim(library, SimConfig(latency=0.02)) as sim:
        ...  # sim.plex_tv_url, sim.pms_url, sim.owner_token, sim.library, sim.faults, sim.requests

From other processes: ``python -m tools.plexsim --help`` and the control API (see ``control``).
Where the behaviour of real servers is not certain, the simulator is the stricter one, for instance: an unknown
filter is ignored without an error, a PIN with a key gives no token without a signature, a JWT ends opaque tokens.

The packages, each of which imports only from those above it (see ``tests/test_simulator_architecture.py``):

- ``config``: settings, the clock
- ``formats``: query strings, JSON, XML, times, pictures
- ``http``: requests, answers, routes, ports, gzip, certificates, faults, the request log
- ``items``: records of sections and items, and the elements of generated items
- ``library``: the store and its changes, watch states, filters, rendering; generated and recorded libraries
- ``accounts``: users, tokens, device keys, JWTs
- ``plextv``: PINs and the handlers of plex.tv
- ``pms``: the handlers of the PMS, push notifications, GDM
- ``control``: the control API
- ``simulator``: ``PlexSim``, which puts all of it together

To add an endpoint, write a method ``(self, request: Request) -> Answer`` in a class of ``pms.handlers`` or
``plextv.handlers`` and add one line to its ``register``: ``routes.add("GET", "/path/([0-9]+)", self.method)``; the
groups of the pattern are in ``request.match``. A new class takes what it needs through its constructor, and is one more
line in ``pms.server`` or ``plextv.server``. In a class of ``control`` the line is ``api.read("name", self.method)`` or
``api.write``.
"""

from __future__ import annotations

from tools.plexsim.config import OWNER, Clock, SimConfig
from tools.plexsim.items.records import Item, Section, WatchState
from tools.plexsim.library.library import Library
from tools.plexsim.simulator import PlexSim

__all__ = ["OWNER", "Clock", "Item", "Library", "PlexSim", "Section", "SimConfig", "WatchState"]
