"""When Kodi's library is synchronised, and what the user sees of it."""
