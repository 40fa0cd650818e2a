"""The pictures of README and ``addon.xml`` are there, small, and can be taken again by the tour."""
from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tools.package import addons
from tools.tour import pictures, shrink
from tools.tour.steps import STEPS

README = (addons.ROOT / 'README.md').read_text(encoding='utf-8')


@pytest.mark.parametrize('name', sorted(shrink.KEPT.values()))
def test_each_picture_of_the_documents_is_small_and_shown_in_the_readme(name: str) -> None:
    path = shrink.DOCS / (name + '.jpg')
    assert path.stat().st_size <= shrink.LIMIT
    with Image.open(path) as picture:
        assert picture.size == shrink.SIZE
    assert 'docs/screenshots/%s.jpg' % name in README


def test_no_other_picture_lies_there() -> None:
    assert {path.name for path in shrink.DOCS.iterdir()} == {name + '.jpg' for name in shrink.KEPT.values()}


def test_kodi_shows_pictures_before_the_installation() -> None:
    assets = addons.our_addon(worktree=True).xml.assets
    shown = [name for name in assets if 'screenshots' in name]
    assert [Path(name).stem for name in shown] == list(shrink.IN_ADDON)
    assert all((addons.ROOT / name).stat().st_size <= shrink.ADDON_LIMIT for name in shown)


def test_the_tour_takes_each_picture() -> None:
    names = [step.name for step in STEPS]
    assert len(names) == len(set(names))
    for picture in shrink.KEPT:
        assert any(picture == name or picture.startswith(name + '-') for name in names), picture


def test_a_title_has_always_the_same_poster_and_another_one_another() -> None:
    assert pictures.poster('Quiet Harbour').tobytes() == pictures.poster('Quiet Harbour').tobytes()
    assert pictures.poster('Quiet Harbour').tobytes() != pictures.poster('Last Comet').tobytes()


def test_a_picture_with_much_in_it_becomes_small_enough(tmp_path: Path) -> None:
    source = tmp_path / 'noise.png'
    Image.effect_noise((640, 360), 90).save(source)
    assert shrink.shrink(source, tmp_path / 'noise.jpg') == (tmp_path / 'noise.jpg').stat().st_size
    missing = shrink.keep(tmp_path / 'empty')
    assert missing == len(shrink.KEPT)
