"""Signals to the add-on Up Next (``service.upnext``), which offers the next episode in its own window.

Source: the wiki of its project, page "Integration". It expects an announcement ``upnext_data`` of a sender whose
name ends with ``.SIGNAL``, whose data is a list with one base64 text of a JSON object.
"""
from __future__ import annotations

import base64
import json
from typing import Any, Mapping

from kodi_six import xbmc

from ..item_url import ADDON_ID
from . import jsonrpc

UP_NEXT = 'service.upnext'


def is_there() -> bool:
    """Whether Up Next is installed and enabled."""
    return bool(xbmc.getCondVisibility('System.AddonIsEnabled(%s)' % UP_NEXT))


def signal(data: Mapping[str, Any]) -> None:
    """Send it the playing episode and the next one. Raises :class:`JsonRpcError`."""
    encoded = base64.b64encode(json.dumps(data).encode('utf-8')).decode('ascii')
    jsonrpc.call('JSONRPC.NotifyAll', sender=ADDON_ID + '.SIGNAL', message='upnext_data', data=[encoded])
