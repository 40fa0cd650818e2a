"""Ids of texts: numbers."""
from __future__ import annotations

DECIMAL_SIGN = 32340
