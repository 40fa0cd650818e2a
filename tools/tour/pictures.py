"""Posters and backgrounds: a landscape of its own for each title, drawn with Pillow."""
from __future__ import annotations

import colorsys
import math
import random
import unicodedata
import zlib
from pathlib import Path
from typing import List, Tuple

from PIL import Image, ImageDraw, ImageFont

Color = Tuple[int, int, int]
POSTER, WIDE = (400, 600), (1280, 720)
_HILLS = 4


def _color(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)


def scene(title: str, size: Tuple[int, int], seed: str = '') -> Image.Image:
    """A sky, a sun and hills; the same for the same words. ``seed``: another place in the same colours."""
    colors = random.Random(zlib.crc32(title.encode('utf-8')))
    hue, shift = colors.random(), colors.choice((0.08, 0.14, -0.1, 0.5))
    place = random.Random(zlib.crc32((title + seed).encode('utf-8')))
    width, height = size
    sky = Image.new('RGB', (1, height))
    top, bottom = _color(hue, 0.75, 0.35), _color(hue + shift, 0.55, 0.95)
    for y in range(height):
        part = min(1.0, y / height * 1.5)
        sky.putpixel((0, y), tuple(int(a + (b - a) * part) for a, b in zip(top, bottom)))
    picture = sky.resize(size)
    draw = ImageDraw.Draw(picture)
    radius = min(size) * place.uniform(0.08, 0.2)
    x, y_sun = width * place.uniform(0.2, 0.8), height * place.uniform(0.2, 0.45)
    draw.ellipse((x - radius, y_sun - radius, x + radius, y_sun + radius), fill=_color(hue + shift, 0.2, 1.0))
    for number in range(_HILLS):
        draw.polygon(_hill(place, size, 0.42 + 0.14 * number),
                     fill=_color(hue + shift * (1 - number / _HILLS), 0.55 + 0.1 * number, 0.62 - 0.15 * number))
    return picture


def _hill(place: random.Random, size: Tuple[int, int], base: float) -> List[Tuple[float, float]]:
    width, height = size
    waves = [(place.uniform(0.5, 3.5), place.uniform(0, 6.3), place.uniform(0.01, 0.05)) for _ in range(3)]
    line = [(x, height * (base + sum(math.sin(x / width * length * 3 + begin) * high for length, begin, high in waves)))
            for x in range(0, width + 8, 8)]
    return [*line, (float(width), float(height)), (0.0, float(height))]


def poster(title: str) -> Image.Image:
    """A scene with the title."""
    picture = scene(title, POSTER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(52)
    lines: List[str] = []
    for word in _plain(title).split():
        if lines and draw.textlength(lines[-1] + ' ' + word, font=font) < POSTER[0] - 50:
            lines[-1] += ' ' + word
        else:
            lines.append(word)
    for number, line in enumerate(lines[:5]):
        place = (26, POSTER[1] - 40 - 60 * (len(lines[:5]) - number))
        draw.text((place[0] + 2, place[1] + 2), line, font=font, fill=(0, 0, 0))
        draw.text(place, line, font=font, fill=(255, 255, 255))
    return picture


def _plain(title: str) -> str:
    """A title in the letters that the font of Pillow has."""
    letters = unicodedata.normalize('NFKD', title.replace('Ł', 'L').replace('ł', 'l'))
    return letters.encode('ascii', 'ignore').decode('ascii') or '?'


def save(picture: Image.Image, folder: Path, name: str) -> Path:
    """Write a picture as the simulated Plex looks for it (``--pictures``): rating key, dash and kind."""
    path = folder / (name + '.jpg')
    picture.save(path, quality=88)
    return path
