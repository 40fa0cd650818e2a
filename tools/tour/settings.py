"""Each category of the settings, with its help texts."""
from __future__ import annotations

from tools.kodilab import LabError
from tools.stage import ADDON
from tools.tour.guide import SETTINGS, Guide, setting_categories

#: So many settings a screen shows, and so many are gone down for the next picture; more pages than a category has.
_ROWS, _PAGES = 8, 12


def settings(guide: Guide) -> None:
    """All categories, at the standard and at the highest level, each from top to bottom."""
    guide.insist('Addon.OpenSettings(%s)' % ADDON,
                 lambda: guide.lab.condition('Window.IsActive(%d)' % SETTINGS), 'the settings')
    guide.shoot('standard', settle=4)
    for _ in range(2):
        guide.lab.action('settingslevelchange')
    guide.shoot('expert', settle=4)
    for number, category in enumerate(setting_categories()):
        _focus(guide, guide.text(int(category.get('label') or 0)))
        name = '%d-%s' % (number + 1, category.get('id'))
        guide.shoot(name, settle=4)
        guide.press('Right')
        first = guide.lab.current_control()
        for page in range(2, _PAGES):
            if not _down(guide, first):
                break
            guide.shoot('%s-%d' % (name, page), settle=4)
        guide.press('Left')


def _down(guide: Guide, first: str) -> bool:
    """Go down by a page, to the last setting at most; False when it has been seen already."""
    before = guide.lab.current_control()
    for _ in range(_ROWS):
        guide.press('Down')
        if guide.lab.current_control() == first:  # Kodi goes on at the top
            guide.press('Up')
            break
    return guide.lab.current_control() != before


def _focus(guide: Guide, category: str) -> None:
    """Go to a category: to the left, then down."""
    labels = [guide.text(int(one.get('label') or 0)) for one in setting_categories()]
    for key in ('Left', *('Down' for _ in labels)):
        if guide.lab.current_control() == category:
            return
        if key == 'Down' or guide.lab.current_control() not in labels:
            guide.press(key)
    if guide.lab.current_control() != category:
        raise LabError('no category "%s", but "%s"' % (category, guide.lab.current_control()))
