"""Kodi's video database: reading its rows, and writing them in batches and short transactions.

``location`` finds it, ``database`` opens it and has the transactions, ``schema`` checks its version. ``writer`` writes
``records``, with one writer for each kind (``movies``, ``shows``, ``seasons``, ``episodes``) and others for the tables
that all kinds use (``files``, ``links``, ``names``, ``sets``, ``versions``). ``orphans`` and ``purge`` remove rows,
``migration`` takes over those of PlexKodiConnect 3.x, ``details`` reads items for lists.
"""
