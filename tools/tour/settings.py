"""Each category of the settings, with its help texts."""
from __future__ import annotations

from tools.kodilab import LabError
from tools.stage import ADDON
from tools.tour.guide import SETTINGS, Guide, setting_categories

#: So many settings a screen shows, and so many are gone down for the next picture.
_ROWS = 8


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
        for page in range(2, (len(list(category.iter('setting'))) - 1) // _ROWS + 2):
            for _ in range(_ROWS):
                guide.press('Down')
            guide.shoot('%s-%d' % (name, page), settle=4)
        guide.press('Left')


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
