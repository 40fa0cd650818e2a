"""The tables of Kodi's video database with library items, and their columns that refer to other tables."""
from __future__ import annotations

from typing import NamedTuple, Tuple

#: Kodi's detail columns ``c00`` to ``c23``.
DETAILS = tuple('c%02d' % number for number in range(24))


class Fact(NamedTuple):
    """What lists show of an item: its name in :class:`~.details.ItemDetails`, an SQL expression (``k`` is the item's
    row), and the type of its value.
    """

    name: str
    sql: str
    type: type = str


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
    facts: Tuple[Fact, ...] = ()

    def column_of(self, parent: ItemTable) -> str:
        """The column with the id of an item of the table ``parent``, '' when there is none."""
        return dict(self.parents).get(parent.media_type, '')


_RATING = '(SELECT r.rating FROM rating r WHERE r.rating_id = k.%s)'
_OF_SHOW = '(SELECT s.%s FROM tvshow s WHERE s.idShow = k.idShow)'
_SHOW_ADDED = ('(SELECT p.dateAdded FROM tvshowlinkpath l JOIN path p ON p.idPath = l.idPath WHERE l.idShow = k.idShow '
               'ORDER BY p.idPath LIMIT 1)')

MOVIE = ItemTable(
    'movie', 'movie', 'idMovie', ('idMovie', 'idFile', 'idSet', 'userrating', 'premiered') + DETAILS,
    file_column='idFile', url_column='c22', path_column='c23', content='movies',
    text_columns=(('genre', 'c14'), ('director', 'c15'), ('writer', 'c06'), ('country', 'c21'), ('studio', 'c18')),
    facts=(Fact('title', 'k.c00'), Fact('plot', 'k.c01'), Fact('tagline', 'k.c03'), Fact('year', 'k.c07', int),
           Fact('sorttitle', 'k.c10'), Fact('duration', 'k.c11', int), Fact('mpaa', 'k.c12'),
           Fact('originaltitle', 'k.c16'), Fact('trailer', 'k.c19'), Fact('premiered', 'k.premiered'),
           Fact('rating', _RATING % 'c05', float),
           Fact('set', '(SELECT t.strSet FROM sets t WHERE t.idSet = k.idSet)')))
SHOW = ItemTable(
    'tvshow', 'tvshow', 'idShow', ('idShow', 'userrating', 'duration') + DETAILS, path_links='tvshowlinkpath',
    content='tvshows', text_columns=(('genre', 'c08'), ('studio', 'c14')),
    facts=(Fact('title', 'k.c00'), Fact('plot', 'k.c01'), Fact('premiered', 'k.c05'),
           Fact('year', 'substr(k.c05, 1, 4)', int), Fact('originaltitle', 'k.c09'), Fact('mpaa', 'k.c13'),
           Fact('sorttitle', 'k.c15'), Fact('trailer', 'k.c16'), Fact('rating', _RATING % 'c04', float),
           Fact('dateadded', _SHOW_ADDED)))
SEASON = ItemTable(
    'season', 'seasons', 'idSeason', ('idSeason', 'idShow', 'season', 'name', 'userrating'),
    parents=(('tvshow', 'idShow'),))
EPISODE = ItemTable(
    'episode', 'episode', 'idEpisode', ('idEpisode', 'idFile', 'idShow', 'userrating', 'idSeason') + DETAILS,
    file_column='idFile', url_column='c18', path_column='c19', content='tvshows',
    parents=(('tvshow', 'idShow'), ('season', 'idSeason')), text_columns=(('director', 'c10'), ('writer', 'c04')),
    facts=(Fact('title', 'k.c00'), Fact('plot', 'k.c01'), Fact('premiered', 'k.c05'),
           Fact('year', 'substr(k.c05, 1, 4)', int), Fact('duration', 'k.c09', int), Fact('season', 'k.c12', int),
           Fact('episode', 'k.c13', int), Fact('originaltitle', 'k.c14'), Fact('rating', _RATING % 'c03', float),
           Fact('tvshowtitle', _OF_SHOW % 'c00'), Fact('mpaa', _OF_SHOW % 'c13')))
