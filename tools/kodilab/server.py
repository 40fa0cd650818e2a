"""Serve a folder by HTTP on the loopback: ``server.py FOLDER PORT``. Started by path, standard library only.

Kodi reads a zip on a web server by byte ranges, and crashes (20.1) when the server does not know them.
"""

from __future__ import annotations

import functools
import http.server
import io
import re
import sys
from pathlib import Path
from typing import Any


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves byte ranges, and ignores connections that Kodi drops."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> Any:
        """Answer a request for a range of a file; leave all others to the base class."""
        path = Path(self.translate_path(self.path))
        wanted = re.match(r"bytes=(\d*)-(\d*)$", self.headers.get("Range", ""))
        if not wanted or not any(wanted.groups()) or not path.is_file():
            return super().send_head()
        content = path.read_bytes()
        first, last = wanted.groups()
        begin = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last), len(content) - 1) if first and last else len(content) - 1
        if begin > end:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {begin}-{end}/{len(content)}")
        self.send_header("Content-Length", str(end - begin + 1))
        self.end_headers()
        return io.BytesIO(content[begin : end + 1])

    def end_headers(self) -> None:
        """Add ``Accept-Ranges`` to every answer."""
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def handle(self) -> None:
        """Serve a connection until it is closed."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True


def main(folder: str, port: str) -> None:
    """Serve until the process ends."""
    handler = functools.partial(_Handler, directory=folder)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
