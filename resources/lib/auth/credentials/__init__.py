"""Tokens, users and servers of a sign-in: one immutable record (``record``) and the store that saves it (``store``).

The store also owns the file of the device key. Everything else in ``auth`` reads and changes credentials through it.
"""
