"""Ids of texts: pictures that are loaded in advance."""
from __future__ import annotations

LOADING_PICTURES = 31900
PICTURES_DONE = 31901
PICTURES_LOADED = 31902
PICTURES_STOPPED = 31903
LOADING_BEGINS = 31904
STOP_LOADING = 31905
