"""Fuzzing everything that reads foreign input: from servers, clients of the loopback server, URLs, files.

``targets`` has the readers, ``inputs`` makes their inputs. ``python -m tools.fuzz --inputs 200000`` runs for a long
time, tests/fuzz for a few seconds. A reader may return, or raise one of its documented errors.
"""
