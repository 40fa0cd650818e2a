"""The users of the account's Plex Home: listing them, switching to one, and keeping that user's token valid."""
