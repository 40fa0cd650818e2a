"""A minimal client of the loopback server."""
from __future__ import annotations

import http.client


def get(port: int, path: str) -> int:
    """The status of the answer to GET."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=120)
    try:
        connection.request('GET', path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
