"""All readers of foreign input, one module for each source."""
from __future__ import annotations

from tools.fuzz.targets import files, lists, loopback, player, plugin, servers, texts

TARGETS = (*servers.TARGETS, *lists.TARGETS, *loopback.TARGETS, *player.TARGETS, *plugin.TARGETS, *files.TARGETS,
           *texts.TARGETS)
