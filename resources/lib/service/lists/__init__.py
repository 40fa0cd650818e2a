"""Lists that the plugin shows beside Kodi's library: descriptions, and one way to answer them all."""
