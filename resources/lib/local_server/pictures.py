"""Pictures as URLs of the loopback server name them: which kinds there are, their paths at the PMS, their sizes."""
from __future__ import annotations

import re
from typing import Dict, Mapping, NamedTuple, Tuple

#: Heights in pixels of the pictures that Kodi stores, unless ``advancedsettings.xml`` has others.
IMAGE_HEIGHT, FANART_HEIGHT = 720, 1080

_ID = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\Z')
_STAMP = re.compile(r'[0-9]{1,20}\Z')
#: Paths of composite pictures.
_PATHS = {'composite': '/library/collections/{0}/composite/{2}', 'playlist': '/playlists/{0}/composite/{2}'}


class Shape(NamedTuple):
    """Width and height of a kind of picture where Kodi stores pictures in :data:`IMAGE_HEIGHT`, backgrounds in
    :data:`FANART_HEIGHT`. ``format`` is what the PMS must convert it to, '' for its own choice.
    """

    width: int
    height: int
    background: bool = False
    format: str = ''


_POSTER, _BACKGROUND, _SQUARE = Shape(480, 720), Shape(1920, 1080, background=True), Shape(720, 720)
#: A ``thumb`` is a poster, or of an episode a wide picture, which as high as a poster is as wide as Kodi stores it.
KINDS: Mapping[str, Shape] = {
    'thumb': _POSTER, 'poster': _POSTER, 'composite': _POSTER, 'art': _BACKGROUND, 'background': _BACKGROUND,
    'banner': Shape(1280, 240), 'squareArt': _SQUARE, 'backgroundSquare': _SQUARE,
    'playlist': _SQUARE,  # the composite of a playlist's items
    'clearLogo': Shape(1000, 400, format='png'), 'clearArt': Shape(1000, 562, format='png'),
}


class Picture(NamedTuple):
    """The picture that a URL names. ``kind`` and ``stamp`` are as in Plex's own URL of it."""

    machine_identifier: str
    rating_key: str
    kind: str
    stamp: str

    @property
    def valid(self) -> bool:
        """Whether all of it has the form that it must have."""
        return bool(_ID.match(self.machine_identifier) and _ID.match(self.rating_key) and self.kind in KINDS
                    and _STAMP.match(self.stamp))

    @property
    def path(self) -> str:
        """Its path at the PMS, which gives the original."""
        return _PATHS.get(self.kind, '/library/metadata/{0}/{1}/{2}').format(self.rating_key, self.kind, self.stamp)


class Sizes(NamedTuple):
    """How large pictures are fetched: heights in pixels, see :class:`Shape`."""

    image_height: int = IMAGE_HEIGHT
    fanart_height: int = FANART_HEIGHT

    def box(self, kind: str) -> Tuple[int, int]:
        """Width and height in pixels that a picture of this kind must at least have, unless its original is smaller."""
        shape = KINDS[kind]
        usual, wanted = (FANART_HEIGHT, self.fanart_height) if shape.background else (IMAGE_HEIGHT, self.image_height)
        return max(1, shape.width * wanted // usual), max(1, shape.height * wanted // usual)


def transcoder_query(picture: Picture, box: Tuple[int, int]) -> Dict[str, str]:
    """The parameters of ``/photo/:/transcode``. ``minSize``: at least this large in both directions, so that skins can
    crop it.
    """
    query = {'url': picture.path, 'width': str(box[0]), 'height': str(box[1]), 'minSize': '1', 'upscale': '0'}
    wanted = KINDS[picture.kind].format
    return dict(query, format=wanted) if wanted else query
