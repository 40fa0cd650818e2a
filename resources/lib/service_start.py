"""The beginning of the service.

Its own monitor is there when all modules are imported, which takes a second on a slow box. Without an earlier one a
Kodi that ends meanwhile would not be heard, and kill the service after waiting five seconds for it.
"""
from __future__ import annotations

from .kodi.first_monitor import FirstMonitor


def run() -> None:
    """Run the service until Kodi ends."""
    monitor = FirstMonitor()
    from .service_entry import Service
    if monitor.kodi_ends:
        return
    service = Service()
    if not monitor.kodi_ends:
        service.run()
