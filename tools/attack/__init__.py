"""Attacks on the add-on over real sockets, and what they cost it: ``python -m tools.attack``.

Nothing here ships. An attack is a function that carries it out and returns its :class:`~.figures.Figures`; the list of
all is in :mod:`.attacks`. Each runs in a process of its own, whose memory is measured.
"""
