"""The context menu with what its entries open, and the dialogs of the settings."""
from __future__ import annotations

from tools.tour.guide import CHOOSE, CONTEXT, KEYBOARD, PATIENCE, SELECT, STATUS, TEXT_VIEW, Guide, Step

#: The entry of the context menu, the same in all languages.
_PLEX = 'Plex…'
#: More rows than the status page has.
_ROWS_OF_STATUS = 18
_MENU_OF_MOVIES = 'videodb://movies/titles/'


def context_menu(guide: Guide) -> None:
    """Kodi's context menu of a film, with our entry."""
    _open_context(guide)
    guide.shoot()


def actions(guide: Guide) -> None:
    """What our entry offers."""
    _open_actions(guide)
    guide.shoot()


def action(text: int, window: int = SELECT) -> Step:
    """A step that chooses one of the actions, by the id of its text, and waits for another list or question."""
    def visit(guide: Guide) -> None:
        _open_actions(guide)
        guide.choose(guide.text(text))
        guide.lab.wait_for(lambda: guide.lab.condition('Window.IsVisible(%d)' % window)
                           and guide.lab.current_control().strip('[]') != guide.text(text), PATIENCE, 'what it opens')
        guide.shoot()
    return visit


def _open_context(guide: Guide) -> None:
    guide.open_path(_MENU_OF_MOVIES)
    guide.lab.wait_for(lambda: guide.lab.labels('ListItem.DBID')['ListItem.DBID'], PATIENCE, 'a film')
    guide.lab.action('contextmenu')
    guide.window(CONTEXT)


def _open_actions(guide: Guide) -> None:
    _open_context(guide)
    guide.choose(_PLEX)
    guide.window(SELECT)


def direct_paths(guide: Guide) -> None:
    """The folders of the libraries, and where Kodi finds them."""
    guide.lab.builtin('RunPlugin(plugin://plugin.video.plexkodiconnect/choose_direct_paths)')
    guide.until('Window.IsVisible(%s) | Window.IsVisible(%d) | Window.IsVisible(yesnodialog)' % (CHOOSE, SELECT))
    guide.shoot()
    if guide.lab.dialog_open():
        guide.lab.answer_yes()
        guide.window(CHOOSE)
        guide.shoot('folders')
    guide.leave(SELECT)


def path_test(guide: Guide) -> None:
    """Where a library's folder is for Kodi: what can be done, and what the test of a folder says."""
    folder = guide.lab.home / 'films'
    folder.mkdir(exist_ok=True)
    guide.lab.builtin('RunPlugin(plugin://plugin.video.plexkodiconnect/choose_direct_paths)')
    guide.window(SELECT)
    guide.lab.input('Select')
    guide.choose(guide.text(31208))
    guide.window(KEYBOARD)
    guide.lab.rpc('Input.SendText', text=str(folder), done=True)
    guide.until('Window.IsVisible(yesnodialog)')
    guide.shoot('not-found')
    guide.lab.answer_yes()
    guide.window(SELECT)
    guide.choose(guide.text(31205))
    guide.window(TEXT_VIEW)
    guide.shoot()
    guide.leave(TEXT_VIEW)
    guide.leave(SELECT)


def report(guide: Guide) -> None:
    """The report of the last synchronisation."""
    guide.run('sync_report', TEXT_VIEW)
    guide.shoot()


def status(guide: Guide) -> None:
    """The status page, and its end: it is measured while one looks, so it never comes to rest."""
    guide.run('status', STATUS)
    guide.shoot(settle=2)
    for _ in range(_ROWS_OF_STATUS):
        guide.press('Down')
    guide.shoot('end', settle=2)
    guide.leave(STATUS)
