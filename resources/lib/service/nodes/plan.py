"""Which nodes there are to be: the libraries in their order, the files of all nodes, and the properties for skins."""
from __future__ import annotations

from typing import Callable, Dict, List, Sequence

from ...item_url import icon
from ...kodi.settings import ORDER_SERVER, ORDER_TITLE
from ...kodi.texts import nodes as texts
from ...library_sync.kinds import MOVIE, SHOW
from ...state_db import SectionState
from .definition import (
    CONTENT,
    EVERYTHING,
    Node,
    NodeLibrary,
    folder_file,
    node_file,
    nodes_of,
    smart_playlist,
)

#: Below the profile: where Kodi looks for nodes of the Videos window, and for playlists.
NODES, PLAYLISTS = 'library/video', 'playlists/video'
#: Folder of the node of all libraries together.
_TOGETHER = 'plex'
_ICONS = {MOVIE.name: 'DefaultMovies.png', SHOW.name: 'DefaultTVShows.png'}
#: Kodi's own nodes begin at ten.
_LAST_PLACE = 9
#: Letters of a machineIdentifier in the names of nodes.
_SERVER_LETTERS = 8

Text = Callable[[int], str]


def libraries(sections: Sequence[SectionState], order: str, kodis_titles: Sequence[str],
              server: str = '') -> List[NodeLibrary]:
    """The libraries of a server in the order that the user wants. ``kodis_titles`` are those of Kodi's own nodes.

    ``server`` is the machineIdentifier of a server beside the main one.
    """
    known = [one for one in sections if one.plex_type in CONTENT]
    if order == ORDER_SERVER:
        known.sort(key=lambda one: (not one.section_key.isdigit(), len(one.section_key), one.section_key))
    elif order == ORDER_TITLE:
        known.sort(key=lambda one: one.title.casefold())
    else:
        known.sort(key=lambda one: (one.plex_type != MOVIE.name, one.title.casefold()))
    taken = {title.casefold() for title in kodis_titles}
    prefix = 'plex_%s_' % server[:_SERVER_LETTERS] if server else 'plex_'
    return [NodeLibrary(prefix + one.section_key, '%s (Plex)' % one.title if one.title.casefold() in taken
                        else one.title, one.plex_type, one.section_key, (one.title,), server) for one in known]


class NodePlan:
    """What follows from the libraries. ``text`` gives the words of a text in Kodi's language."""

    def __init__(self, found: Sequence[NodeLibrary], text: Text, knows_hdr: bool) -> None:
        self._libraries = found
        self._text = text
        self._knows_hdr = knows_hdr

    def files(self) -> Dict[str, str]:
        """The contents of all files by their paths below the profile; none without a library."""
        if not self._libraries:
            return {}
        files: Dict[str, str] = {}
        self._together(files)
        for place, library in enumerate(self._libraries, 2):
            self._folder(files, library, '%s/%s' % (NODES, library.name), min(place, _LAST_PLACE))
            files['%s/%s.xsp' % (PLAYLISTS, library.name)] = smart_playlist(library)
        return files

    def properties(self) -> Dict[str, str]:
        """``Plex.nodes.…`` as docs/skins.md describes them."""
        found = {'Plex.nodes.total': str(len(self._libraries))}
        for number, library in enumerate(self._libraries):
            base, folder = 'Plex.nodes.%d' % number, 'library://video/%s/' % library.name
            found.update(_described(base, library.title, folder, library.plex_type, library.key))
            for node in self._nodes(library):
                where = node.path or folder + node.name + '.xml/'
                found.update(_described('%s.%s' % (base, node.name), self._text(node.text_id), where,
                                        library.plex_type, node.name))
                found['%s.%s.artwork' % (base, node.name)] = node.icon
        return found

    def _together(self, files: Dict[str, str]) -> None:
        folder = '%s/%s' % (NODES, _TOGETHER)
        files[folder + '/index.xml'] = folder_file(self._text(texts.EVERYTHING), icon('continue'), 1)
        for place, node in enumerate(EVERYTHING, 1):
            files['%s/%s.xml' % (folder, node.name)] = node_file(node, (), place, self._text(node.text_id))
        for place, (kind, text_id) in enumerate(((MOVIE.name, texts.ALL_MOVIES), (SHOW.name, texts.ALL_SHOWS)), 50):
            tags = tuple(tag for one in self._libraries if one.plex_type == kind for tag in one.tags)
            if tags:
                library = NodeLibrary(CONTENT[kind], self._text(text_id), kind, '', tags)
                self._folder(files, library, '%s/%s' % (folder, library.name), place)

    def _folder(self, files: Dict[str, str], library: NodeLibrary, folder: str, place: int) -> None:
        files[folder + '/index.xml'] = folder_file(library.title, _ICONS[library.plex_type], place)
        for number, node in enumerate(self._nodes(library), 1):
            files['%s/%s.xml' % (folder, node.name)] = node_file(node, library.tags, number, self._text(node.text_id))

    def _nodes(self, library: NodeLibrary) -> List[Node]:
        return nodes_of(library, self._knows_hdr)


def _described(base: str, title: str, where: str, plex_type: str, name: str) -> Dict[str, str]:
    return {base + '.index': where, base + '.title': title, base + '.content': where, base + '.id': name,
            base + '.type': CONTENT[plex_type], base + '.path': 'ActivateWindow(Videos,%s,return)' % where}
