"""What this Kodi is, for the status page. The plugin shows it too when the service does not run."""
from __future__ import annotations

import platform

from . import addon as kodi_addon
from .addon import Addon

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import List, Tuple


def versions(addon: Addon) -> List[Tuple[str, str]]:
    """(name, version) of the add-on, Kodi, the system and Python."""
    system = ' '.join(part for part in (kodi_addon.platform_name(), platform.release(), platform.machine()) if part)
    return [(addon.name, addon.version), ('Kodi', '%s (%s)' % (kodi_addon.kodi_version(), system)),
            ('Python', platform.python_version())]
