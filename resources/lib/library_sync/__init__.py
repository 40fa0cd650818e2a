"""The synchronisation of a server's libraries with Kodi's database.

``engine`` runs it: ``plan`` and ``delta`` list what the server has and compare it (``diff``) with what we last wrote,
``fetch`` asks for full records, ``mapping`` and the kind's own mapper (``kinds``) make Kodi's records of them, and
``apply`` writes these in batches whose size ``pace`` chooses. ``removal`` decides what may be deleted, ``reconcile``
and ``repair`` make up for what Kodi or a killed process did, ``migration`` takes over a library of PlexKodiConnect 3.x.
"""
