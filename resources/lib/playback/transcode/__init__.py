"""The server converts what is played: when, to what, and the stream that Kodi gets for it."""
