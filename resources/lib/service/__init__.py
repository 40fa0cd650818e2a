"""The parts of the service that join rooms: account, sync, live views, watched marks."""
