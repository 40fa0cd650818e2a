"""What a sign-in leaves behind: one immutable record (``record``), and the store that writes it (``store``).

The store also owns the file of the device key. Everything else in ``auth`` reads and changes credentials through it.
"""
