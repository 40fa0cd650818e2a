"""The lists of the plugin, Kodi's own nodes, and search."""
from __future__ import annotations

from typing import Callable
from urllib.parse import quote

from tools.kodilab import LabError
from tools.stage import PLUGIN
from tools.tour.guide import KEYBOARD, Guide, Step

#: Views of Estuary.
LIST, WALL, WIDE_LIST = 50, 500, 55


def shown(path: str, view: int = 0) -> Step:
    """A step that opens a list."""
    def visit(guide: Guide) -> None:
        guide.open_list(path, view)
        guide.shoot()
    return visit


def shown_inside(path: str, view: int = 0) -> Step:
    """A step that opens the first folder of a list."""
    def visit(guide: Guide) -> None:
        guide.open_list(guide.inside(path), view)
        guide.shoot()
    return visit


def of_an_item(path: str, kind: str) -> Step:
    """A step that opens a list about the first item of a type; ``path`` ends where its key comes."""
    def visit(guide: Guide) -> None:
        guide.open_list(path + str(guide.stage.ask('items', type=kind)[0]['ratingKey']), WALL)
        guide.shoot()
    return visit


def nodes(guide: Guide) -> None:
    """Our entries in Kodi's Videos window, and one of them."""
    guide.open_path('library://video/')
    guide.shoot()
    rows = guide.lab.rpc('Files.GetDirectory', directory='library://video/')['files']
    ours = [row['file'] for row in rows if 'plex' in row['file']]
    if not ours:
        raise LabError('no node of ours among %s' % [row['file'] for row in rows])
    guide.open_path(ours[0])
    guide.shoot('library')


def search(guide: Guide) -> None:
    """The keyboard, and what is found."""
    guide.insist('ActivateWindow(Videos,"%s/search",return)' % PLUGIN,
                 lambda: guide.lab.condition('Window.IsVisible(%d)' % KEYBOARD), 'the keyboard')
    guide.shoot()
    guide.back_home()
    title = str(guide.stage.ask('items', type='movie')[3]['title'])
    guide.open_list('/search?query=' + quote(title.split()[0]))
    guide.shoot('found')


def library_of(kind: str) -> Callable[[Guide], None]:
    """A step that shows Kodi's own list of movies or TV shows, which is Plex's."""
    def visit(guide: Guide) -> None:
        guide.open_path('videodb://%s/titles/' % kind)
        guide.shoot()
    return visit
