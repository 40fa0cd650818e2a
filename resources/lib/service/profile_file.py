"""Small JSON files in the add-on's profile: whole or not there."""
from __future__ import annotations

import json
import logging
import os
from typing import Any

LOG = logging.getLogger('pkc.service')


def read(path: str) -> Any:
    """What the file holds; None when it is not there or damaged."""
    try:
        with open(path, encoding='utf-8') as stream:
            return json.load(stream)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        LOG.warning('%s cannot be read: %s', os.path.basename(path), error)
        return None


def write(path: str, content: Any) -> bool:
    """Replace the file, so that a power cut leaves the old or the new one. False when the disk does not take it."""
    temporary = path + '.new'
    try:
        with open(temporary, 'w', encoding='utf-8') as stream:
            json.dump(content, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        LOG.warning('%s cannot be written: %s', os.path.basename(path), error)
        return False
    return True
