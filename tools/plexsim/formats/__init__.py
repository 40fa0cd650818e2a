"""Formats in Plex's requests and answers: query strings, JSON, XML, times, base64url, PNG pictures."""
