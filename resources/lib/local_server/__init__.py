"""The loopback HTTP server of the service (API, artwork, streams) and the plugin's client for it."""
