"""The simulated plex.tv (and clients.plex.tv).

``server`` combines the classes of ``handlers``, one for each subject.
"""
