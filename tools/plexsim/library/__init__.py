"""The simulated library: its store, changing, searching and rendering it, generated and recorded items.

``Library`` (in ``library``) inherits from classes that each add one kind of change: ``store``, ``sections``,
``editing``, ``scanning``, ``collections`` and ``playlists``. Code that only reads uses the ``Store``.
"""
