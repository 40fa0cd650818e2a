"""The simulated Plex Media Server.

``server`` puts it together; ``handlers`` has one class per subject, which gets what it needs through its constructor:
``access`` (what the asking user may see), ``containers`` (the form of answers), the library, notifications.
"""
