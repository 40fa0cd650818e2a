"""The simulated library: its store, the changes to it, searching, rendering, and where its items come from.

``Library`` (in ``library``) is a stack of classes, each of which adds one kind of change to the ones below it:
``store``, ``sections``, ``editing``, ``scanning`` and ``collections``. What only reads takes the ``Store``.
"""
