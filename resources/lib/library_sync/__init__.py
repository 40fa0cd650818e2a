"""Synchronising a server's libraries into Kodi's database.

``engine`` runs a sync: ``plan`` and ``delta`` list the server's items and compare them (``diff``) with what was last
written; ``fetch`` requests full metadata; ``mapping`` and the mapper of each kind (``kinds``) make Kodi's records;
``apply`` writes them in batches, whose size ``pace`` chooses. ``removal`` decides what may be deleted. ``reconcile``
and ``repair`` correct differences between our database and Kodi's. ``migration`` takes over a library of 3.x.
"""
