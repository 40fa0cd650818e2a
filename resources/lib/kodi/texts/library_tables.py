"""Ids of texts: what the tables of Kodi's library on a server can hold."""
from __future__ import annotations

DATABASE_SOME_LETTERS = 32250
REPORT_LETTERS = 32251
