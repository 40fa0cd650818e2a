"""File names from titles, for all systems that Kodi runs on: a folder may be shared with Windows."""
from __future__ import annotations

import re
import unicodedata
from typing import Container

#: Kodi 19 and 20 take ``.m3u8`` for a video stream, and save playlists as ``.m3u`` themselves.
SUFFIX = '.m3u'
#: Bytes of a name without its suffix: file systems allow 255, encrypted ones 143, and a number may follow.
_LONGEST = 110
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
#: Emoji and the like: Kodi 20 shows each as four other characters.
_BEYOND = re.compile('[\U00010000-\U0010ffff\u200d\ufe0e\ufe0f]+')
_DEVICES = frozenset(['con', 'prn', 'aux', 'nul'] + ['com%d' % number for number in range(1, 10)]
                     + ['lpt%d' % number for number in range(1, 10)])
_NAMELESS = 'Plex'


def stem(title: str) -> str:
    """The title as a file name without suffix, never empty."""
    name = unicodedata.normalize('NFC', title.encode('utf-8', 'ignore').decode('utf-8'))
    name = ' '.join(_FORBIDDEN.sub(' ', _BEYOND.sub('', name)).split()).strip(' .')
    name = name.encode('utf-8')[:_LONGEST].decode('utf-8', 'ignore').rstrip(' .')
    if name.partition('.')[0].strip().lower() in _DEVICES:
        name = '_' + name
    return name or _NAMELESS


def free_name(title: str, taken: Container[str]) -> str:
    """The file name for a playlist that none of ``taken`` is; those are folded by :func:`folded`."""
    base = stem(title)
    name, number = base + SUFFIX, 1
    while folded(name) in taken:
        name = '%s (Plex%s)%s' % (base, ' %d' % number if number > 1 else '', SUFFIX)
        number += 1
    return name


def folded(name: str) -> str:
    """What is the same for names that are one file on some systems."""
    return unicodedata.normalize('NFC', name).casefold()
