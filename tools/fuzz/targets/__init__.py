"""All readers of foreign input, one module a border."""
from __future__ import annotations

from tools.fuzz.targets import files, loopback, plugin, servers, texts

TARGETS = (*servers.TARGETS, *loopback.TARGETS, *plugin.TARGETS, *files.TARGETS, *texts.TARGETS)
