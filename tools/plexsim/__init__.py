"""A simulated plex.tv and Plex Media Server over real HTTP(S) and websockets, for tests, benchmarks and the demo.

In a test::

    library = Library.generate(seed=1, movies=2000, shows=50, seasons=4, episodes=10)
    with PlexSim(library, SimConfig(latency=0.02)) as sim:
        ...  # sim.plex_tv_url, sim.pms_url, sim.owner_token, sim.library, sim.faults, sim.requests

From other processes: ``python -m tools.plexsim --help`` and the control API (see ``control``).
Where a behaviour is not certain on real servers, the simulator takes the harsher reading, for instance: an unknown
filter is ignored without an error, a PIN with a key gives no token to who does not sign, a JWT ends the opaque tokens.
"""

from __future__ import annotations

from tools.plexsim.config import Clock, SimConfig
from tools.plexsim.items import Item, Section, WatchState
from tools.plexsim.library import Library
from tools.plexsim.server import PlexSim

__all__ = ["Clock", "Item", "Library", "PlexSim", "Section", "SimConfig", "WatchState"]
