"""Odd inputs for everything that reads what others wrote: servers, clients of the loopback server, URLs, files.

``targets`` names the readers, ``inputs`` what they are given. ``python -m tools.fuzz --inputs 200000`` feeds them for
long; tests/fuzz does the same for a few seconds. A reader may answer, or raise one of its documented errors.
"""
