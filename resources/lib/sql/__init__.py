"""Databases, whatever engine they are in. ``sqlite`` is the only module of the add-on that knows SQLite.

Kodi's library is in SQLite by default. Kodi can also keep it on MariaDB, shared by several boxes; such an engine is
another implementation of :class:`~.connection.Connection`, chosen in ``engines``.
"""
