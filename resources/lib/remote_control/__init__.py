"""Plex Companion: Kodi as a player that Plex's apps find in the network and control.

``gdm`` announces the player, ``listener`` and ``handler`` are its HTTP server, ``companion`` decides who may do what,
``commands`` reads what is asked, ``subscribers`` and ``timeline`` tell controllers what plays, ``proxy`` gets the
commands that the server passes on. Sources of the protocol: docs/plex.md, "Remote control".
"""
