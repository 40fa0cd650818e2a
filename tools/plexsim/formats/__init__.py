"""How Plex writes things down: query strings, JSON, XML, times, base64url, PNG pictures. Functions without state."""
