"""The tables of Kodi's video database with library items, and their columns that refer to other tables."""
from __future__ import annotations

from typing import NamedTuple, Tuple

#: Kodi's detail columns ``c00`` to ``c23``.
DETAILS = tuple('c%02d' % number for number in range(24))


class ItemTable(NamedTuple):
    """A table of library items. ``columns`` are those that are written.

    ``media_type`` is their value in the column of that name in tables such as ``art``, ``genre_link``, ``uniqueid``.

    An item that can be played has a row in ``files``, whose id is in ``file_column``; ``url_column`` and
    ``path_column`` repeat that file's URL and path id. Other items have a path through the table ``path_links``, or
    neither.
    ``content`` is ``path.strContent`` of the path above the items.

    ``parents`` are (media type, column with the id) of items that this one belongs to. ``text_columns`` are names
    (``genre``, ``director``, …) that are written out in columns of the item, separated by `` / ``.
    """

    media_type: str
    name: str
    id_column: str
    columns: Tuple[str, ...]
    file_column: str = ''
    url_column: str = ''
    path_column: str = ''
    path_links: str = ''
    content: str = ''
    parents: Tuple[Tuple[str, str], ...] = ()
    text_columns: Tuple[Tuple[str, str], ...] = ()

    def column_of(self, parent: ItemTable) -> str:
        """The column with the id of an item of the table ``parent``, '' when there is none."""
        return dict(self.parents).get(parent.media_type, '')


MOVIE = ItemTable(
    'movie', 'movie', 'idMovie', ('idMovie', 'idFile', 'idSet', 'userrating', 'premiered') + DETAILS,
    file_column='idFile', url_column='c22', path_column='c23', content='movies',
    text_columns=(('genre', 'c14'), ('director', 'c15'), ('writer', 'c06'), ('country', 'c21')))
SHOW = ItemTable(
    'tvshow', 'tvshow', 'idShow', ('idShow', 'userrating', 'duration') + DETAILS, path_links='tvshowlinkpath',
    content='tvshows', text_columns=(('genre', 'c08'),))
SEASON = ItemTable(
    'season', 'seasons', 'idSeason', ('idSeason', 'idShow', 'season', 'name', 'userrating'),
    parents=(('tvshow', 'idShow'),))
EPISODE = ItemTable(
    'episode', 'episode', 'idEpisode', ('idEpisode', 'idFile', 'idShow', 'userrating', 'idSeason') + DETAILS,
    file_column='idFile', url_column='c18', path_column='c19', content='tvshows',
    parents=(('tvshow', 'idShow'), ('season', 'idSeason')), text_columns=(('director', 'c10'), ('writer', 'c04')))
