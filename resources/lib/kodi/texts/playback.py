"""Playing."""
from __future__ import annotations

CHOOSE_VERSION = 30600
