"""The simulated plex.tv (and clients.plex.tv).

``server`` puts it together; ``handlers`` has one class per subject, which gets what it needs through its constructor.
"""
