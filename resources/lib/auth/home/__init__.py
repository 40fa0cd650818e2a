"""The users of the account's Plex Home: who there is, becoming one of them, and keeping their token valid."""
