"""What can be done with one item from Kodi's context menu."""
