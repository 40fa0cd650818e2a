"""Ids of texts: several servers at once."""
from __future__ import annotations

SEVERAL_AT_ONCE = 32100
CHOOSE_SERVERS = 32101
LEAVE_SERVERS_QUESTION = 32102
