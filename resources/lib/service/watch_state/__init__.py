"""What the user marks in Kodi, on its way to the server."""
