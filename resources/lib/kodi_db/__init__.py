"""Kodi's video database: its rows, written in batches and in short transactions.

``database`` opens it and holds the transactions; ``schema`` says whether we know this version, ``location`` where it
is. ``writer`` writes ``records`` through one writer for each kind (``movies``, ``shows``, ``seasons``, ``episodes``)
and the tables that they share (``files``, ``links``, ``names``, ``sets``, ``versions``). ``orphans`` and ``purge``
remove rows, ``migration`` takes over those of PlexKodiConnect 3.x, ``details`` reads for lists.
"""
