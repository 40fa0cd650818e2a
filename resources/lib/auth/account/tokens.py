"""Telling Plex tokens apart without verifying them: a legacy token is one word, a JWT has three parts."""
from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Dict

from ...plex_values import number


def is_jwt(token: str) -> bool:
    """Whether ``token`` has the shape of a JWT."""
    return token.count('.') == 2


def jwt_expiry(token: str) -> float:
    """The ``exp`` claim of a JWT as Unix time in seconds; 0 when there is none (legacy tokens have none)."""
    if not is_jwt(token):
        return 0.0
    claims = _claims(token)
    return number(claims, 'exp') if not isinstance(claims.get('exp'), (bool, str)) else 0.0


def _claims(token: str) -> Dict[str, Any]:
    payload = token.split('.')[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + '=' * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
