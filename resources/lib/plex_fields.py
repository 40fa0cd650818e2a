"""Which fields and elements of items a Plex Media Server is asked for, but in listings (``plex_kinds``).

``includeFields`` filters only with the API version header.
"""
from __future__ import annotations

from typing import Dict

_ALL_ELEMENTS = ('Media', 'Genre', 'Country', 'Guid', 'Rating', 'Collection', 'Director', 'Writer', 'Role',
                 'Producer', 'Similar', 'Image', 'UltraBlurColors', 'Location', 'Label', 'Mood', 'Style', 'Field',
                 'Extras', 'Chapter', 'Marker', 'Related', 'Review')
#: Leaves out all child elements of an item.
NO_ELEMENTS: Dict[str, str] = {'excludeElements': ','.join(_ALL_ELEMENTS)}
MEMBER_FILTER: Dict[str, str] = dict(NO_ELEMENTS, includeFields='ratingKey')
#: The fields for a poster with title, progress bar and info dialog.
WIDGET_FILTER: Dict[str, str] = {
    'includeFields': 'ratingKey,key,guid,type,title,originalTitle,titleSort,summary,tagline,year,'
                     'originallyAvailableAt,contentRating,rating,audienceRating,userRating,duration,studio,'
                     'viewCount,viewOffset,lastViewedAt,addedAt,thumb,art,index,parentIndex,parentRatingKey,'
                     'parentTitle,parentThumb,grandparentRatingKey,grandparentTitle,grandparentThumb,'
                     'grandparentArt,librarySectionID,editionTitle',
    **NO_ELEMENTS,
}
#: What Kodi's library does not tell of an item: how far this user is.
STATE_FILTER: Dict[str, str] = dict(
    NO_ELEMENTS, includeFields='ratingKey,type,viewCount,viewOffset,lastViewedAt,userRating,leafCount,viewedLeafCount')
#: The fields of :data:`WIDGET_FILTER` with Media elements, for :meth:`PMSClient.children`.
CHILDREN_FILTER: Dict[str, str] = dict(WIDGET_FILTER, excludeElements=','.join(
    name for name in _ALL_ELEMENTS if name != 'Media'))
#: Full metadata for the library. ``skipRefresh``: the server must not analyse the files again.
METADATA_OPTIONS: Dict[str, str] = {'includeGuids': '1', 'includeCollections': '1', 'includeExtras': '1',
                                    'skipRefresh': '1',
                                    'excludeElements': 'Similar,Producer,UltraBlurColors,Related,Review,Chapter,'
                                                       'Marker'}
#: Metadata for playback: whether the files exist, markers and chapters.
PLAYABLE_OPTIONS: Dict[str, str] = {'checkFiles': '1', 'includeMarkers': '1', 'includeChapters': '1',
                                    'includeGuids': '1', 'skipRefresh': '1',
                                    'excludeElements': 'Similar,Producer,UltraBlurColors,Related,Review,Extras'}
#: The fields of a show's episodes.
LEAF_FILTER: Dict[str, str] = dict(
    NO_ELEMENTS, includeFields='ratingKey,type,parentRatingKey,viewCount,viewOffset,lastViewedAt,userRating')
#: The fields of :class:`~.plex_model.ItemSummary`.
SUMMARY_OPTIONS: Dict[str, str] = dict(NO_ELEMENTS, skipRefresh='1')
