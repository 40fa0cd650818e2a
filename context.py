"""Kodi runs this for the add-on's entry in the context menu."""

import sys

from resources.lib.entrypoint import context_menu

context_menu(sys.listitem)  # type: ignore[attr-defined]
