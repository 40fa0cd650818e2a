"""Ids of texts: Kodi's library nodes."""
from __future__ import annotations

IN_PROGRESS = 30900
IN_4K = 30901
IN_HDR = 30902
BY_CHANCE = 30903
EVERYTHING = 30904
ALL_MOVIES = 30905
ALL_SHOWS = 30906
