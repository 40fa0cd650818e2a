"""Several files as one video: Kodi's ``stack://`` URLs.

Kodi plays such a URL as one video with one position and one length, if it opens the URL itself; as a plugin's answer it
does not (docs/kodi.md).
"""
from __future__ import annotations

from typing import Sequence

from ..item_url import BASE

_SCHEME, _BETWEEN = 'stack://', ' , '


def join(urls: Sequence[str]) -> str:
    """The URL of several files in their order; of a single one its own."""
    if len(urls) == 1:
        return urls[0]
    return _SCHEME + _BETWEEN.join(url.replace(',', ',,') for url in urls)


def is_stack(url: str) -> bool:
    """Whether it is a URL of several files."""
    return url.startswith(_SCHEME)


def is_whole(url: str) -> bool:
    """Whether a player that reports this URL is in any of several files: Kodi 20 reports the stack, and after a jump to
    another file the plugin's URL for which it is played.
    """
    return url.startswith((_SCHEME, BASE))


def first(url: str) -> str:
    """The URL of the first file of a stack; of any other URL that itself."""
    return url[len(_SCHEME):].split(_BETWEEN)[0].replace(',,', ',') if is_stack(url) else url
