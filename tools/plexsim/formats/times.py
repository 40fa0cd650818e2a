"""Times as text; all numbers are seconds since 1970, UTC."""

from __future__ import annotations

import calendar
import time
from datetime import datetime, timezone
from email.utils import formatdate


def iso(seconds: float) -> str:
    """Return a time as plex.tv writes it, UTC with Z."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(seconds: float) -> str:
    """Return a time as in the HTTP header ``Date``."""
    return formatdate(seconds, usegmt=True)


def date_seconds(text: str) -> float | None:
    """Return the seconds of a ``YYYY-MM-DD`` date, None for any other text."""
    try:
        return float(calendar.timegm(time.strptime(text[:10], "%Y-%m-%d")))
    except ValueError:
        return None
