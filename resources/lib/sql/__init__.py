"""Access to databases, independent of the engine. Only the module ``sqlite`` depends on SQLite.

Kodi's library is in SQLite by default. Kodi can also keep it in MariaDB, shared by several devices; such an engine is
another implementation of :class:`~.connection.Connection`, chosen in ``engines``.
"""
