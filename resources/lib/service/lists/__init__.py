"""Lists that the plugin shows beside Kodi's library."""
