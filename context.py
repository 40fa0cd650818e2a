"""Kodi runs this for the add-on's entry in the context menu."""

import sys

from resources.lib.entrypoint import refresh

refresh(sys.listitem)  # type: ignore[attr-defined]
