"""Attacks on the add-on over real sockets, and the figures of what becomes of it meanwhile."""
