# ruff: noqa: N803  (Kodi's names)
"""The module ``xbmcplugin``: records what a plugin call gives to Kodi, by its handle."""
from __future__ import annotations

from typing import Any, List, Tuple

from tests.fakes.state import Listing, Resolved, kodi

SORT_METHOD_NONE, SORT_METHOD_LABEL, SORT_METHOD_DATE, SORT_METHOD_TITLE = 0, 1, 3, 9
SORT_METHOD_UNSORTED, SORT_METHOD_LASTPLAYED, SORT_METHOD_DATEADDED = 40, 37, 21


def _listing(handle: int) -> Listing:
    listing = kodi().listings.setdefault(handle, Listing())
    assert listing.succeeded is None, 'the directory was ended already'
    return listing


def addDirectoryItem(handle: int, url: str, listitem: Any, isFolder: bool = False, totalItems: int = 0) -> bool:
    """Add one item."""
    _listing(handle).items.append((url, listitem, isFolder))
    return True


def addDirectoryItems(handle: int, items: List[Tuple[str, Any, bool]], totalItems: int = 0) -> bool:
    """Add many items."""
    _listing(handle).items.extend(items)
    return True


def setContent(handle: int, content: str) -> None:
    """Set the kind of items."""
    _listing(handle).content = content


def setPluginCategory(handle: int, category: str) -> None:
    """Set the title of the page."""
    _listing(handle).category = category


def addSortMethod(handle: int, sortMethod: int, labelMask: str = '', label2Mask: str = '') -> None:
    """Offer a sort order."""
    _listing(handle).sort_methods.append(sortMethod)
    _listing(handle).label_masks.append(labelMask)


def endOfDirectory(handle: int, succeeded: bool = True, updateListing: bool = False, cacheToDisc: bool = True) -> None:
    """End the listing."""
    listing = _listing(handle)
    listing.succeeded, listing.cached = succeeded, cacheToDisc


def setResolvedUrl(handle: int, succeeded: bool, listitem: Any) -> None:
    """Set what to play."""
    assert handle not in kodi().resolved, 'resolved twice'
    kodi().playlist.waits_for_answer = False
    kodi().resolved[handle] = Resolved(succeeded, listitem)
