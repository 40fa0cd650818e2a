"""Small files of the pictures that README and ``addon.xml`` show."""
from __future__ import annotations

from pathlib import Path
from typing import Dict, Sequence

from PIL import Image

from tools.stage import ROOT

DOCS = ROOT / 'docs' / 'screenshots'
ADDON = ROOT / 'resources' / 'media' / 'screenshots'
SIZE = (1280, 720)
#: Bytes of a picture: in the documents, and in the add-on, which every TV downloads.
LIMIT, ADDON_LIMIT = 150_000, 80_000
#: The picture of the tour, and its name in the documents.
KEPT: Dict[str, str] = {
    'home-movies': 'home', 'sign-in': 'sign-in', 'continue-watching': 'continue-watching', 'nodes-library': 'nodes',
    'menu': 'menu', 'actions': 'actions', 'skip': 'skip', 'next-episode': 'next-episode',
}
#: Of these, what Kodi shows before it installs the add-on.
IN_ADDON: Sequence[str] = ('home', 'continue-watching', 'sign-in', 'next-episode')


def shrink(source: Path, target: Path, limit: int = LIMIT) -> int:
    """Write a picture as JPEG of at most ``limit`` bytes; returns its bytes."""
    with Image.open(source) as opened:
        picture = opened.convert('RGB').resize(SIZE, Image.Resampling.LANCZOS)
    target.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(90, 40, -5):
        picture.save(target, quality=quality, optimize=True, progressive=False)
        if target.stat().st_size <= limit:
            break
    return target.stat().st_size


def keep(folder: Path) -> int:
    """Replace the pictures of the documents and of the add-on by those of a tour; returns how many are missing."""
    missing = 0
    for name, kept in KEPT.items():
        source = folder / (name + '.png')
        if not source.exists():
            print('%s was not taken' % name)
            missing += 1
            continue
        for folder_of, limit in ((DOCS, LIMIT), (ADDON, ADDON_LIMIT))[:2 if kept in IN_ADDON else 1]:
            target = folder_of / (kept + '.jpg')
            print('%s: %d KiB' % (target, shrink(source, target, limit) // 1024))
    return missing
