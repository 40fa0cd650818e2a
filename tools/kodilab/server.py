"""A folder by HTTP on the loopback: ``server.py FOLDER PORT``. Started by path, standard library only."""

from __future__ import annotations

import functools
import http.server
import sys
from typing import Any


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Kodi drops connections half-way; that is no news."""

    protocol_version = "HTTP/1.1"

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Copy as far as the other side wants it."""
        try:
            super().copyfile(source, outputfile)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def main(folder: str, port: str) -> None:
    """Serve until the process ends."""
    handler = functools.partial(_Handler, directory=folder)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
