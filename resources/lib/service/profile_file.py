"""Small JSON files in the add-on's profile: whole or not there."""
from __future__ import annotations

import json
import logging
import os
from typing import Any

from .. import atomic_file

LOG = logging.getLogger('pkc.service')


def read(path: str) -> Any:
    """What the file holds; None when it is not there or damaged."""
    try:
        content = atomic_file.read(path)
        return None if content is None else json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        LOG.warning('%s cannot be read: %s', os.path.basename(path), error)
        return None


def write(path: str, content: Any) -> bool:
    """Replace the file. False when the disk does not take it, which is logged."""
    try:
        atomic_file.write(path, json.dumps(content, indent=1).encode('utf-8'))
    except OSError as error:
        LOG.warning('%s cannot be written: %s', os.path.basename(path), error)
        return False
    return True
