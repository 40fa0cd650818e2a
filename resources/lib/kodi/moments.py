"""Moments as Kodi shows them in the user's region."""
from __future__ import annotations

import time

from kodi_six import xbmc

_DATE, _TIME, _TIME_OF_12_HOURS = '%Y-%m-%d', '%H:%M', '%I:%M %p'


def date_and_time(seconds: float) -> str:
    """A moment (Unix seconds) as date and time of day where the user lives, to the minute.

    The date has the form of Kodi's region, or that of ISO 8601 where Kodi tells none that Python understands. Of the
    time Kodi tells in a way that Python understands only whether the day has twice twelve hours: in some regions it
    names the hour twice (``%I%I:%M:%S %p``).
    """
    moment = time.localtime(seconds)
    halves = '%I' in xbmc.getRegion('time')
    try:
        date = time.strftime(xbmc.getRegion('dateshort') or _DATE, moment)
    except ValueError:
        date = ''
    if '%' in date or not any(letter.isdigit() for letter in date):
        date = time.strftime(_DATE, moment)
    return '%s %s' % (date, time.strftime(_TIME_OF_12_HOURS if halves else _TIME, moment).lstrip('0' if halves else ''))
