"""What the user wrote into Kodi's ``advancedsettings.xml``, which Kodi reads at its start, as far as it concerns us."""
from __future__ import annotations

import os
import re
from typing import Tuple

from .. import atomic_file
from . import addon

#: Kodi's own heights in pixels (19 to 22), and the least and greatest that we believe.
_IMAGE, _FANART = 720, 1080
_LEAST, _GREATEST = 240, 2160
_COMMENT = re.compile(r'<!--.*?-->', re.DOTALL)


def picture_heights() -> Tuple[int, int]:
    """The greatest heights in pixels in which Kodi stores pictures in general, and those of 16:9 (``imageres``,
    ``fanartres``).
    """
    path = os.path.join(addon.special_dir('special://masterprofile'), 'advancedsettings.xml')
    try:
        content = atomic_file.read(path) or b''
    except OSError:
        content = b''
    text = _COMMENT.sub('', content.decode('utf-8', 'replace'))
    image = _number(text, 'imageres', _IMAGE)
    return image, max(image, _number(text, 'fanartres', _FANART))


def _number(text: str, name: str, default: int) -> int:
    found = re.search(r'<%s>\s*([0-9]{1,4})\s*</%s>' % (name, name), text)
    return min(max(int(found.group(1)), _LEAST), _GREATEST) if found else default
