"""The simulated Plex Media Server.

``server`` combines the classes of ``handlers``, one for each subject. These use ``access`` (what the requesting user
may see), ``containers`` (the form of answers), the library and notifications.
"""
