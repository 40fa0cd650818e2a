"""Draws the icons of the menu, ``resources/media/icons/*.png``, and ``logo.png``: ``python -m tools.icons``.

White signs on a transparent background, as in skins. A sign is a list of shapes, each of which is added or cut out. A
shape is a function of a point that returns its distance from the edge, negative inside. The picture is the unit square.
The logo, the cards of ``icon.png`` without its background, is what Kodi's subtitle dialog shows of an add-on: it looks
for a file of that name in the add-on's folder. It is shapes of one colour each, one over the other; its height is 1.
"""
from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path
from typing import Callable, Dict, List, Sequence, Tuple

SIZE = 256
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / 'resources' / 'media' / 'icons'
#: Pixels of the logo: Estuary shows it 80 of 1080 lines high, so 160 on a screen of 2160.
LOGO_WIDTH, LOGO_HEIGHT = 280, 240
Shape = Callable[[float, float], float]
Sign = Sequence[Tuple[str, Shape]]
Colour = Tuple[int, int, int]
ADD, CUT = '+', '-'


def disc(x: float, y: float, radius: float) -> Shape:
    """A filled circle."""
    return lambda px, py: math.hypot(px - x, py - y) - radius


def ring(x: float, y: float, radius: float, width: float) -> Shape:
    """The outline of a circle."""
    return lambda px, py: abs(math.hypot(px - x, py - y) - radius) - width / 2


def box(left: float, top: float, right: float, bottom: float, round_: float = 0.02) -> Shape:
    """A filled rectangle with round corners."""
    x, y, w, h = (left + right) / 2, (top + bottom) / 2, (right - left) / 2 - round_, (bottom - top) / 2 - round_

    def distance(px: float, py: float) -> float:
        dx, dy = abs(px - x) - w, abs(py - y) - h
        return math.hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - round_
    return distance


def frame(left: float, top: float, right: float, bottom: float, width: float) -> Shape:
    """The outline of a rectangle."""
    outside, half = box(left, top, right, bottom, 0.04), width / 2
    return lambda px, py: abs(outside(px, py) + half) - half


def line(x1: float, y1: float, x2: float, y2: float, width: float) -> Shape:
    """A line with round ends."""
    dx, dy = x2 - x1, y2 - y1

    def distance(px: float, py: float) -> float:
        at = max(0.0, min(1.0, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy)))
        return math.hypot(px - x1 - at * dx, py - y1 - at * dy) - width / 2
    return distance


def polygon(*points: Tuple[float, float]) -> Shape:
    """A filled polygon."""
    edges = list(zip(points, points[1:] + points[:1]))

    def distance(px: float, py: float) -> float:
        nearest, inside = 9.0, False
        for (x1, y1), (x2, y2) in edges:
            dx, dy = x2 - x1, y2 - y1
            at = max(0.0, min(1.0, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy)))
            nearest = min(nearest, math.hypot(px - x1 - at * dx, py - y1 - at * dy))
            if (y1 > py) != (y2 > py) and px < dx * (py - y1) / dy + x1:
                inside = not inside
        return -nearest if inside else nearest
    return distance


def star(x: float, y: float, outer: float, inner: float) -> Shape:
    """A star with five points."""
    return polygon(*[(x + (inner if number % 2 else outer) * math.sin(number * math.pi / 5),
                      y - (inner if number % 2 else outer) * math.cos(number * math.pi / 5)) for number in range(10)])


def turned(shape: Shape, x: float, y: float, degrees: float) -> Shape:
    """A shape around the origin, turned clockwise and moved to a point."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return lambda px, py: shape((px - x) * cosine + (py - y) * sine, (py - y) * cosine - (px - x) * sine)


def larger(shape: Shape, by: float) -> Shape:
    """A shape with a border of this width, round at the corners."""
    return lambda px, py: shape(px, py) - by


def card(width: float, height: float, x: float, y: float, degrees: float) -> Shape:
    """A card around a point."""
    return turned(box(-width / 2, -height / 2, width / 2, height / 2, 0.07), x, y, degrees)


PLAY = polygon((0.40, 0.31), (0.40, 0.69), (0.72, 0.50))
LETTER = 0.055
SIGNS: Dict[str, Sign] = {
    'continue': [(ADD, ring(0.5, 0.5, 0.36, 0.07)), (ADD, PLAY)],
    'ondeck': [(ADD, box(0.30, 0.12, 0.70, 0.17)), (ADD, box(0.22, 0.22, 0.78, 0.27)),
               (ADD, frame(0.14, 0.33, 0.86, 0.86, 0.06)), (ADD, polygon((0.42, 0.46), (0.42, 0.73), (0.64, 0.595)))],
    'recent': [(ADD, ring(0.5, 0.5, 0.36, 0.07)), (ADD, line(0.5, 0.28, 0.5, 0.5, 0.07)),
               (ADD, line(0.5, 0.5, 0.66, 0.60, 0.07))],
    'recommended': [(ADD, star(0.5, 0.53, 0.41, 0.18))],
    'libraries': [(ADD, box(0.14, 0.16, 0.28, 0.84)), (ADD, box(0.33, 0.16, 0.47, 0.84)),
                  (ADD, polygon((0.54, 0.22), (0.67, 0.17), (0.88, 0.79), (0.75, 0.84)))],
    'collections': [(ADD, frame(0.14, 0.14, 0.64, 0.64, 0.06)), (CUT, box(0.32, 0.32, 0.90, 0.90)),
                    (ADD, box(0.36, 0.36, 0.86, 0.86, 0.04))],
    'playlists': [(ADD, line(0.16, 0.24, 0.84, 0.24, 0.07)), (ADD, line(0.16, 0.43, 0.84, 0.43, 0.07)),
                  (ADD, line(0.16, 0.62, 0.48, 0.62, 0.07)), (ADD, polygon((0.60, 0.56), (0.60, 0.86), (0.86, 0.71)))],
    'watchlist': [(ADD, box(0.28, 0.12, 0.72, 0.88)), (CUT, polygon((0.24, 0.95), (0.5, 0.70), (0.76, 0.95)))],
    'discover': [(ADD, ring(0.5, 0.5, 0.37, 0.06)),
                 (ADD, polygon((0.68, 0.32), (0.56, 0.56), (0.32, 0.68), (0.44, 0.44))), (CUT, disc(0.5, 0.5, 0.045))],
    'search': [(ADD, ring(0.43, 0.43, 0.25, 0.08)), (ADD, line(0.62, 0.62, 0.83, 0.83, 0.10))],
    'account': [(ADD, disc(0.5, 0.32, 0.17)), (ADD, disc(0.5, 0.90, 0.36)), (CUT, box(0.0, 0.86, 1.0, 1.4))],
    'sync': [(ADD, ring(0.5, 0.5, 0.30, 0.08)), (CUT, box(0.62, 0.40, 0.99, 0.54, 0.0)),
             (CUT, box(0.01, 0.46, 0.38, 0.60, 0.0)), (ADD, polygon((0.64, 0.40), (0.96, 0.40), (0.80, 0.58))),
             (ADD, polygon((0.04, 0.60), (0.36, 0.60), (0.20, 0.42)))],
    'settings': [(ADD, disc(0.5, 0.5, 0.27))] + [
        (ADD, line(0.5, 0.5, 0.5 + 0.35 * math.cos(number * math.pi / 4), 0.5 + 0.35 * math.sin(number * math.pi / 4),
                   0.13)) for number in range(8)] + [(CUT, disc(0.5, 0.5, 0.12))],
    'report': [(ADD, box(0.20, 0.10, 0.80, 0.90)), (CUT, box(0.32, 0.28, 0.68, 0.34)),
               (CUT, box(0.32, 0.46, 0.68, 0.52)), (CUT, box(0.32, 0.64, 0.56, 0.70))],
    'server': [(ADD, box(0.14, 0.16, 0.86, 0.45, 0.04)), (ADD, box(0.14, 0.55, 0.86, 0.84, 0.04)),
               (CUT, disc(0.26, 0.305, 0.045)), (CUT, disc(0.26, 0.695, 0.045))],
    'signout': [(ADD, frame(0.14, 0.14, 0.60, 0.86, 0.07)), (CUT, box(0.50, 0.36, 0.70, 0.64, 0.0)),
                (ADD, line(0.36, 0.5, 0.80, 0.5, 0.07)), (ADD, polygon((0.70, 0.36), (0.70, 0.64), (0.90, 0.50)))],
    'folder': [(ADD, box(0.12, 0.20, 0.48, 0.40, 0.04)), (ADD, box(0.12, 0.29, 0.88, 0.80, 0.04))],
    'movies': [(ADD, box(0.12, 0.20, 0.88, 0.80, 0.04))] + [
        (CUT, box(x, y, x + 0.07, y + 0.08)) for x in (0.18, 0.37, 0.56, 0.75) for y in (0.25, 0.67)],
    'shows': [(ADD, frame(0.10, 0.18, 0.90, 0.72, 0.07)), (ADD, line(0.32, 0.84, 0.68, 0.84, 0.07))],
    'random': [(ADD, box(0.16, 0.16, 0.84, 0.84, 0.10))] + [
        (CUT, disc(x, y, 0.07)) for x, y in ((0.32, 0.32), (0.68, 0.32), (0.5, 0.5), (0.32, 0.68), (0.68, 0.68))],
    '4k': [(ADD, frame(0.08, 0.22, 0.92, 0.78, 0.05)), (ADD, line(0.35, 0.36, 0.22, 0.55, LETTER)),
           (ADD, line(0.22, 0.55, 0.44, 0.55, LETTER)), (ADD, line(0.38, 0.46, 0.38, 0.65, LETTER)),
           (ADD, line(0.56, 0.36, 0.56, 0.65, LETTER)), (ADD, line(0.58, 0.52, 0.74, 0.36, LETTER)),
           (ADD, line(0.62, 0.49, 0.75, 0.65, LETTER))],
    'hdr': [(ADD, ring(0.5, 0.5, 0.19, 0.07))] + [
        (ADD, line(0.5 + 0.30 * math.cos(number * math.pi / 4), 0.5 + 0.30 * math.sin(number * math.pi / 4),
                   0.5 + 0.39 * math.cos(number * math.pi / 4), 0.5 + 0.39 * math.sin(number * math.pi / 4), 0.06))
        for number in range(8)],
    'unwatched': [(ADD, ring(0.5, 0.5, 0.34, 0.09)), (ADD, disc(0.5, 0.5, 0.14))],
    'sort': [(ADD, line(0.16, 0.26, 0.84, 0.26, 0.09)), (ADD, line(0.16, 0.50, 0.64, 0.50, 0.09)),
             (ADD, line(0.16, 0.74, 0.40, 0.74, 0.09))],
    'next': [(ADD, line(0.18, 0.5, 0.72, 0.5, 0.10)), (ADD, polygon((0.58, 0.24), (0.58, 0.76), (0.88, 0.50)))],
}

_BACK, _MIDDLE, _FRONT = (card(0.55, 0.83, 0.40, 0.545, -13), card(0.60, 0.88, 0.565, 0.505, -4),
                          card(0.62, 0.90, 0.815, 0.485, 5))
LOGO: Sequence[Tuple[Shape, Colour]] = (
    (_BACK, (30, 112, 116)), (larger(_BACK, -0.012), (18, 74, 82)),
    (_MIDDLE, (92, 205, 190)), (larger(_MIDDLE, -0.012), (36, 150, 138)),
    (_FRONT, (255, 205, 130)), (larger(_FRONT, -0.012), (250, 162, 58)),
    (larger(polygon((0.72, 0.33), (0.69, 0.63), (0.96, 0.505)), 0.035), (26, 31, 42)),
)


def draw(sign: Sign) -> bytes:
    """The sign as PNG file."""
    rows: List[bytes] = []
    for y in range(SIZE):
        row = bytearray(b'\0')
        for x in range(SIZE):
            px, py, distance = (x + 0.5) / SIZE, (y + 0.5) / SIZE, 9.0
            for kind, shape in sign:
                distance = min(distance, shape(px, py)) if kind == ADD else max(distance, -shape(px, py))
            row += bytes((255, 255, 255, round(255 * max(0.0, min(1.0, 0.5 - distance * SIZE)))))
        rows.append(bytes(row))
    return _png(SIZE, SIZE, rows)


def draw_logo() -> bytes:
    """The logo as PNG file."""
    rows: List[bytes] = []
    for y in range(LOGO_HEIGHT):
        row = bytearray(b'\0')
        for x in range(LOGO_WIDTH):
            row += _pixel((x + 0.5) / LOGO_HEIGHT, (y + 0.5) / LOGO_HEIGHT)
        rows.append(bytes(row))
    return _png(LOGO_WIDTH, LOGO_HEIGHT, rows)


def _pixel(x: float, y: float) -> bytes:
    """Red, green, blue and opacity of the logo at a point."""
    red, green, blue, seen = 0.0, 0.0, 0.0, 0.0
    for shape, colour in LOGO:
        covered = max(0.0, min(1.0, 0.5 - shape(x, y) * LOGO_HEIGHT))
        below = seen * (1 - covered)
        red, green, blue = (old * below + new * covered for old, new in zip((red, green, blue), colour))
        seen = below + covered
        if seen:
            red, green, blue = red / seen, green / seen, blue / seen
    return bytes((round(red), round(green), round(blue), round(255 * seen)))


def _png(width: int, height: int, rows: Sequence[bytes]) -> bytes:
    """A PNG file of lines of red, green, blue and opacity, each after its filter byte."""
    header = struct.pack('>IIBBBBB', width, height, 8, 6, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + b''.join(_chunk(name, body) for name, body in (
        (b'IHDR', header), (b'IDAT', zlib.compress(b''.join(rows), 9)), (b'IEND', b'')))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body))


def main() -> None:
    """Write all icons, and the logo."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, sign in SIGNS.items():
        (FOLDER / (name + '.png')).write_bytes(draw(sign))
    (ROOT / 'logo.png').write_bytes(draw_logo())


if __name__ == '__main__':
    main()
