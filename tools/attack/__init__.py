"""Attacks on the add-on over real sockets, and measuring their effects: ``python -m tools.attack``.

This does not ship. An attack is a function that carries it out and returns its :class:`~.figures.Figures`; the list of
all is in :mod:`.attacks`. Each runs in its own process, whose memory is measured.
"""
