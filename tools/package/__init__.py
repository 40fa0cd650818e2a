"""The packager: the add-on's zip and a complete Kodi repository with everything it needs.

``python -m tools.package zip`` writes ``dist/plugin.video.plexkodiconnect-VERSION.zip``;
``python -m tools.package repo`` writes ``dist/repo``, ready to be served by any web server.
"""
