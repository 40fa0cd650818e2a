"""The nodes of a library: what there is to choose below it, and the words of Kodi's node files.

A node is a filter on Kodi's library (by the tag that every item has of its Plex library) or leads to a list of the
plugin. The names of nodes are those of PlexKodiConnect 3.x where it had them: skins know them.
"""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence, Tuple
from xml.sax.saxutils import escape, quoteattr

from ...item_url import icon, list_url
from ...kodi.texts import lists as texts
from ...kodi.texts import nodes as node_texts
from ...library_sync.kinds import EPISODE, MOVIE, SHOW

#: Items of nodes that show the newest, or some by chance.
_LIMIT = 50
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Kodi's words for what a library holds.
CONTENT = {MOVIE.name: 'movies', SHOW.name: 'tvshows'}
_EPISODES = 'episodes'


class NodeLibrary(NamedTuple):
    """A library, or several of one type together: then ``key`` is '' and ``tags`` are the names of all.

    ``name`` is that of its folder, ``server`` the machineIdentifier of a server beside the main one.
    """

    name: str
    title: str
    plex_type: str
    key: str
    tags: Tuple[str, ...]
    server: str = ''


class Rule(NamedTuple):
    """A condition on items: field, operator and values in the words of Kodi's smart playlists."""

    field: str
    operator: str
    values: Tuple[str, ...] = ()


class Node(NamedTuple):
    """One node. With ``path`` it leads to a list of the plugin, else it filters Kodi's library.

    ``order`` is a field of Kodi's and a direction, ``group`` what is shown instead of the items (``genres``).
    """

    name: str
    text_id: int
    icon: str
    content: str = ''
    rules: Tuple[Rule, ...] = ()
    order: Tuple[str, str] = ('', '')
    limit: int = 0
    group: str = ''
    path: str = ''


_BY_TITLE, _NEWEST, _LATELY = ('sorttitle', 'ascending'), ('dateadded', 'descending'), ('lastplayed', 'descending')
_BY_CHANCE = ('random', 'ascending')
#: What Kodi calls pictures with a large range of brightness.
_HDR = ('dolbyvision', 'hdr10', 'hlg')


def nodes_of(library: NodeLibrary, knows_hdr: bool) -> List[Node]:
    """The nodes of a library in their order. ``knows_hdr``: Kodi can filter by it (from version 20 on)."""
    films = library.plex_type == MOVIE.name
    top = CONTENT[library.plex_type]
    single = top if films else _EPISODES
    here: Dict[str, str] = {'section': library.key, 'server': library.server} if library.key else {}
    found = [
        Node('all', texts.ALL, 'DefaultMovieTitle.png' if films else 'DefaultTVShowTitle.png', top, order=_BY_TITLE),
        Node('recent', texts.RECENTLY_ADDED, 'DefaultRecentlyAddedMovies.png' if films
             else 'DefaultRecentlyAddedEpisodes.png', single, order=_NEWEST, limit=_LIMIT),
        Node('ondeck', node_texts.IN_PROGRESS, 'DefaultInProgressShows.png', top,
             (Rule('inprogress', 'true'),), _LATELY),
        Node('plex_ondeck', texts.ON_DECK, icon('ondeck'), single,
             path=list_url('on_deck', type=MOVIE.name if films else EPISODE.name, **here)),
        _unwatched(library, top, films),
        Node('genres', texts.GENRES, 'DefaultGenre.png', top, order=_BY_TITLE, group='genres'),
        Node('years', texts.YEARS, 'DefaultYear.png', top, order=_BY_TITLE, group='years'),
    ]
    if films and library.key:
        found.append(Node('decades', texts.DECADES, 'DefaultYear.png', path=list_url(
            'sections', filter='decade', **here)))
    if films:
        found.append(Node('sets', texts.COLLECTIONS, 'DefaultSets.png', top, order=_BY_TITLE, group='sets'))
    elif library.key:
        found.append(Node('plex_sets', texts.COLLECTIONS, 'DefaultSets.png', path=list_url('collections', **here)))
    if library.key:
        found.append(Node('recommended', texts.HUBS, icon('recommended'), path=list_url('hubs', **here)))
    found.append(Node('4k', node_texts.IN_4K, icon('4k'), single,
                      (Rule('videoresolution', 'greaterthan', ('1080',)),), _NEWEST))
    if knows_hdr:
        found.append(Node('hdr', node_texts.IN_HDR, icon('hdr'), single, (Rule('hdrtype', 'is', _HDR),),
                          _NEWEST))
    found.append(Node('random', node_texts.BY_CHANCE, icon('random'), top,
                      order=_BY_CHANCE, limit=_LIMIT))
    if library.key:
        found.append(Node('browse', texts.FOLDERS, 'DefaultFolder.png', path=list_url('folder', **here)))
    return found


def _unwatched(library: NodeLibrary, top: str, films: bool) -> Node:
    if films:
        rules: Tuple[Rule, ...] = (Rule('playcount', 'is', ('0',)),)
    elif library.key:  # Kodi cannot filter shows by whether any of their episodes was not watched
        return Node('unwatched', texts.UNWATCHED, 'DefaultTVShows.png', top, path=list_url(
            'section', id=library.key, type=SHOW.name, unwatched='1', server=library.server))
    else:
        rules = (Rule('numwatched', 'is', ('0',)), Rule('numepisodes', 'greaterthan', ('0',)))
    return Node('unwatched', texts.UNWATCHED, 'DefaultMovies.png' if films else 'DefaultTVShows.png', top, rules,
                _BY_TITLE)


#: What the node of all libraries together begins with.
EVERYTHING: Sequence[Node] = (
    Node('continue', texts.CONTINUE_WATCHING, icon('continue'), path=list_url('continue_watching')),
    Node('plex_ondeck', texts.ON_DECK, icon('ondeck'), path=list_url('on_deck')),
    Node('recent_movies', texts.RECENTLY_ADDED_MOVIES, 'DefaultRecentlyAddedMovies.png', 'movies',
         path=list_url('recently_added', type=MOVIE.name)),
    Node('recent_episodes', texts.RECENTLY_ADDED_EPISODES, 'DefaultRecentlyAddedEpisodes.png', _EPISODES,
         path=list_url('recently_added', type=EPISODE.name)),
    Node('recommended', texts.HUBS, icon('recommended'), path=list_url('hubs')),
    Node('watchlist', texts.WATCHLIST, icon('watchlist'), path=list_url('watchlist')),
    Node('plex_sets', texts.COLLECTIONS, 'DefaultSets.png', path=list_url('collections')),
    Node('playlists', texts.PLAYLISTS, 'DefaultVideoPlaylists.png', path=list_url('playlists')),
)


def node_file(node: Node, library_tags: Sequence[str], order: int, label: str) -> str:
    """The XML of a node. ``library_tags``: only items with one of these tags, where it filters."""
    if node.path:
        content = '\t<content>%s</content>\n' % node.content if node.content else ''
        return _node(' type="folder"', order, label, node.icon, content + '\t<path>%s</path>\n' % escape(node.path))
    lines = ['\t<content>%s</content>\n\t<match>all</match>\n' % node.content]
    lines += [_rule(rule) for rule in (Rule('tag', 'is', tuple(library_tags)),) + node.rules]
    if node.group:
        lines.append('\t<group>%s</group>\n' % node.group)
    if node.order[0]:
        lines.append('\t<order direction="%s">%s</order>\n' % (node.order[1], node.order[0]))
    if node.limit:
        lines.append('\t<limit>%d</limit>\n' % node.limit)
    return _node(' type="filter"', order, label, node.icon, ''.join(lines))


def folder_file(label: str, picture: str, order: int) -> str:
    """The XML of a folder of nodes (its ``index.xml``)."""
    return _node('', order, label, picture, '')


def smart_playlist(library: NodeLibrary) -> str:
    """A smart playlist with all of a library."""
    return ('%s<smartplaylist type="%s">\n\t<name>%s</name>\n\t<match>all</match>\n%s'
            '\t<order direction="%s">%s</order>\n</smartplaylist>\n' % (
                _HEADER, CONTENT[library.plex_type], escape(library.title), _rule(Rule('tag', 'is', library.tags)),
                _BY_TITLE[1], _BY_TITLE[0]))


def _node(kind: str, order: int, label: str, picture: str, inner: str) -> str:
    return '%s<node order="%d"%s>\n\t<label>%s</label>\n\t<icon>%s</icon>\n%s</node>\n' % (
        _HEADER, order, kind, escape(_no_number(label)), escape(picture), inner)


def _no_number(label: str) -> str:
    """Kodi takes a label of digits for the number of one of its texts."""
    return label + '\u200b' if label.isdigit() else label


def _rule(rule: Rule) -> str:
    values = ''.join('\n\t\t<value>%s</value>' % escape(value) for value in rule.values)
    return '\t<rule field=%s operator=%s>%s\n\t</rule>\n' % (quoteattr(rule.field), quoteattr(rule.operator), values)
