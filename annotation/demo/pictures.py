"""Street scenes, drawn: a sky of some hour, houses, a road, and things to box, whose boxes are known.

The same seed draws the same picture. Everything is drawn at twice its size and scaled down, which smooths edges.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, FINE = 1200, 800, 2
HORIZON = 0.52

Box = tuple[float, float, float, float]
Color = tuple[int, int, int]


@dataclass(frozen=True)
class Light:
    """Colours of one hour: sky from top to horizon, ground, road, how much everything else is dimmed."""

    top: Color
    low: Color
    ground: Color
    road: Color
    dim: float
    lamps: bool = False


LIGHTS = (
    Light((112, 168, 219), (214, 231, 240), (142, 158, 118), (108, 110, 114), 1.0),
    Light((82, 122, 178), (247, 206, 160), (126, 132, 100), (96, 94, 98), 0.88),
    Light((150, 164, 176), (203, 210, 214), (124, 134, 118), (92, 96, 100), 0.82),
    Light((24, 34, 66), (96, 88, 122), (44, 52, 58), (48, 50, 60), 0.5, lamps=True),
    Light((94, 150, 190), (232, 226, 214), (168, 152, 112), (120, 116, 112), 0.96),
)
WALLS = ((196, 128, 104), (214, 190, 150), (168, 176, 186), (148, 112, 96), (222, 214, 200), (120, 138, 150))
PAINTS = (
    (196, 52, 44),
    (36, 84, 160),
    (236, 238, 240),
    (52, 56, 62),
    (214, 168, 40),
    (64, 128, 96),
    (150, 156, 164),
)
CLOTHES = ((188, 60, 80), (52, 96, 148), (226, 186, 70), (84, 132, 90), (70, 66, 90), (204, 118, 60))


@dataclass
class Scene:
    """A JPEG and what is on it: `(class name, (x1, y1, x2, y2))` in pixels of the picture."""

    jpeg: bytes
    objects: list[tuple[str, Box]] = field(default_factory=list)


def draw_scene(seed: int) -> Scene:
    """A street of 1200 × 800 pixels."""
    random = Random(seed)  # noqa: S311 - pictures, not secrets
    light = LIGHTS[seed % len(LIGHTS)]
    size = (WIDTH * FINE, HEIGHT * FINE)
    image = Image.new("RGB", size)
    pen = Pen(ImageDraw.Draw(image), light)
    _sky(pen, random)
    _houses(pen, random)
    vanishing = WIDTH * random.uniform(0.38, 0.62)
    _road(pen, vanishing)
    objects = _things(pen, random, vanishing)
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.4))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return Scene(out.getvalue(), objects)


@dataclass
class Pen:
    """Draws in picture pixels; dims colours to the hour unless told that they glow."""

    draw: ImageDraw.ImageDraw
    light: Light

    def color(self, color: Color, glow: bool = False) -> Color:
        return color if glow else tuple(int(part * self.light.dim) for part in color)  # type: ignore[return-value]

    def box(
        self, x1: float, y1: float, x2: float, y2: float, color: Color, round: float = 0, glow: bool = False
    ) -> None:
        where = [x1 * FINE, y1 * FINE, x2 * FINE, y2 * FINE]
        self.draw.rounded_rectangle(where, round * FINE, fill=self.color(color, glow))

    def disc(self, x: float, y: float, r: float, color: Color, glow: bool = False, tall: float = 1) -> None:
        where = [(x - r) * FINE, (y - r * tall) * FINE, (x + r) * FINE, (y + r * tall) * FINE]
        self.draw.ellipse(where, fill=self.color(color, glow))

    def shape(self, points: list[tuple[float, float]], color: Color, glow: bool = False) -> None:
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=self.color(color, glow))

    def line(self, points: list[tuple[float, float]], color: Color, width: float) -> None:
        places = [(x * FINE, y * FINE) for x, y in points]
        self.draw.line(places, fill=self.color(color), width=max(1, int(width * FINE)), joint="curve")


def _sky(pen: Pen, random: Random) -> None:
    light, horizon = pen.light, int(HEIGHT * HORIZON) + 23
    for y in range(horizon):
        share = y / horizon
        mixed = tuple(int(a + (b - a) * share) for a, b in zip(light.top, light.low, strict=True))
        pen.box(0, y, WIDTH, y + 1, mixed, glow=True)  # type: ignore[arg-type]
    if light.lamps:
        pen.disc(WIDTH * random.uniform(0.1, 0.9), 90, 26, (232, 232, 214), glow=True)
        for _ in range(60):
            pen.disc(
                random.uniform(0, WIDTH), random.uniform(0, horizon * 0.6), 1.1, (220, 224, 236), glow=True
            )
        return
    for _ in range(random.randint(2, 5)):
        left, top = random.uniform(0, WIDTH), random.uniform(40, horizon * 0.5)
        white = tuple(int(part + (255 - part) * 0.55) for part in light.low)
        for step in range(5):
            centre = left + step * 34, top + random.uniform(-9, 9)
            pen.disc(*centre, random.uniform(20, 40), white, glow=True, tall=0.5)  # type: ignore[arg-type]


def _houses(pen: Pen, random: Random) -> None:
    horizon = HEIGHT * HORIZON
    x = -30.0
    while x < WIDTH:
        width, height = random.uniform(90, 190), random.uniform(120, 330)
        top = horizon + 26 - height
        pen.box(x, top, x + width, horizon + 30, random.choice(WALLS))
        pen.box(x - 3, top - 7, x + width + 3, top, (96, 88, 84))
        _windows(pen, random, x, top, width, height)
        x += width + random.choice((0, 0, 0, random.uniform(8, 40)))


def _windows(pen: Pen, random: Random, x: float, top: float, width: float, height: float) -> None:
    columns, rows = max(2, int(width // 34)), max(2, int(height // 48))
    for column in range(columns):
        for row in range(rows):
            left = x + (column + 0.5) * width / columns - 8
            up = top + (row + 0.5) * (height - 30) / rows - 11
            lit = pen.light.lamps and random.random() < 0.55
            glass = (246, 214, 130) if lit else (74, 92, 108)
            pen.box(left - 2, up - 2, left + 18, up + 24, (228, 222, 212))
            pen.box(left, up, left + 16, up + 22, glass, glow=lit)


def _road(pen: Pen, vanishing: float) -> None:
    horizon = HEIGHT * HORIZON
    pen.box(0, horizon + 22, WIDTH, HEIGHT, pen.light.ground, glow=True)
    pen.shape([(vanishing - 70, horizon + 22), (vanishing + 70, horizon + 22), (WIDTH + 330, HEIGHT), (-330, HEIGHT)],
              (188, 184, 176))  # fmt: skip
    pen.shape([(vanishing - 46, horizon + 22), (vanishing + 46, horizon + 22), (WIDTH + 90, HEIGHT), (-90, HEIGHT)],
              pen.light.road, glow=True)  # fmt: skip
    for step in range(9):
        near, far = ((step + share) / 9 for share in (0.55, 0))
        y1, y2 = (horizon + 24 + (HEIGHT - horizon) * share**1.7 for share in (far, near))
        x1, x2 = (vanishing + (WIDTH / 2 - vanishing) * share**1.7 for share in (far, near))
        w1, w2 = (1 + 8 * share**1.7 for share in (far, near))
        pen.shape([(x1 - w1, y1), (x1 + w1, y1), (x2 + w2, y2), (x2 - w2, y2)], (226, 222, 206))


def _things(pen: Pen, random: Random, vanishing: float) -> list[tuple[str, Box]]:
    """Placed from far to near, so that near ones cover far ones; mostly covered ones are not told of."""
    horizon = HEIGHT * HORIZON
    kinds: list[tuple[str, Callable[[Pen, Random, float, float, float], Box]]] = []
    kinds += [("Car", _car)] * random.randint(2, 5)
    kinds += [("Person", _person)] * random.randint(1, 5)
    kinds += [("Bicycle", _bicycle)] * random.randint(0, 2)
    kinds += [("Tree", _tree)] * random.randint(1, 3)
    kinds += [("Traffic light", _traffic_light)] * random.randint(0, 2)
    placed = sorted(((random.uniform(0.14, 0.86), kind) for kind in kinds), key=lambda pair: pair[0])
    told: list[tuple[str, Box]] = []
    for depth, (name, paint) in placed:
        y = horizon + 26 + (HEIGHT - horizon - 60) * depth
        half_road = 46 + (WIDTH / 2 + 40) * depth
        side = random.choice((-1, 1))
        on_road = name in {"Car", "Bicycle"}
        offset = random.uniform(0.25, 0.8) * half_road if on_road else half_road * random.uniform(1.05, 1.3)
        middle = vanishing + (WIDTH / 2 - vanishing) * depth
        x = min(max(middle + side * offset, 60), WIDTH - 60)
        box = _inside(paint(pen, random, x, y, 0.35 + 1.15 * depth))
        told = [(other, seen) for other, seen in told if _covered(seen, box) < 0.6]
        told.append((name, box))
    return told


def _inside(box: Box) -> Box:
    x1, y1, x2, y2 = box
    return round(max(x1, 0), 1), round(max(y1, 0), 1), round(min(x2, WIDTH), 1), round(min(y2, HEIGHT), 1)


def _covered(seen: Box, by: Box) -> float:
    wide = min(seen[2], by[2]) - max(seen[0], by[0])
    high = min(seen[3], by[3]) - max(seen[1], by[1])
    area = (seen[2] - seen[0]) * (seen[3] - seen[1])
    return max(wide, 0) * max(high, 0) / area if area > 0 else 1


def _car(pen: Pen, random: Random, x: float, y: float, scale: float) -> Box:
    paint, w, h = random.choice(PAINTS), 150 * scale, 40 * scale
    left, top = x - w / 2, y - h
    dark = tuple(int(part * 0.72) for part in paint)
    pen.disc(x, y + 3 * scale, w * 0.52, (40, 42, 46), tall=0.09)
    pen.shape([(left + w * 0.2, top), (left + w * 0.3, top - h * 0.85), (left + w * 0.72, top - h * 0.85),
               (left + w * 0.86, top)], dark)  # type: ignore[arg-type]  # fmt: skip
    pen.shape([(left + w * 0.25, top), (left + w * 0.33, top - h * 0.7), (left + w * 0.5, top - h * 0.7),
               (left + w * 0.5, top)], (150, 176, 192))  # fmt: skip
    pen.shape([(left + w * 0.54, top), (left + w * 0.54, top - h * 0.7), (left + w * 0.7, top - h * 0.7),
               (left + w * 0.8, top)], (150, 176, 192))  # fmt: skip
    pen.box(left, top, left + w, y - h * 0.12, paint, round=9 * scale)
    pen.box(
        left + 2 * scale,
        top + h * 0.22,
        left + 12 * scale,
        top + h * 0.42,
        (255, 238, 180),
        3 * scale,
        pen.light.lamps,
    )
    pen.box(
        left + w - 11 * scale, top + h * 0.22, left + w - 2 * scale, top + h * 0.42, (214, 40, 40), 3 * scale
    )
    for share in (0.22, 0.78):
        pen.disc(left + w * share, y - h * 0.14, 15 * scale, (28, 28, 30))
        pen.disc(left + w * share, y - h * 0.14, 7 * scale, (168, 170, 174))
    return left, top - h * 0.85, left + w, y + h * 0.24


def _person(pen: Pen, random: Random, x: float, y: float, scale: float) -> Box:
    h, coat = 92 * scale, random.choice(CLOTHES)
    step = random.uniform(5, 11) * scale
    pen.disc(x, y + 1, 16 * scale, (60, 62, 60), tall=0.18)
    pen.line([(x, y - h * 0.45), (x - step, y)], (50, 54, 70), 7 * scale)
    pen.line([(x, y - h * 0.45), (x + step, y)], (44, 48, 62), 7 * scale)
    pen.box(x - 11 * scale, y - h * 0.84, x + 11 * scale, y - h * 0.4, coat, round=8 * scale)
    pen.line([(x - 9 * scale, y - h * 0.76), (x - 15 * scale, y - h * 0.48)], coat, 5 * scale)
    pen.line([(x + 9 * scale, y - h * 0.76), (x + 15 * scale, y - h * 0.48)], coat, 5 * scale)
    pen.disc(x, y - h * 0.92, 8 * scale, random.choice(((236, 196, 164), (168, 116, 84), (112, 76, 58))))
    return x - 18 * scale, y - h * 1.01, x + 18 * scale, y + 3 * scale


def _bicycle(pen: Pen, random: Random, x: float, y: float, scale: float) -> Box:
    r, half = 19 * scale, 27 * scale
    frame = random.choice(PAINTS)
    for side in (-1, 1):
        pen.disc(x + side * half, y - r, r, (30, 32, 36))
        pen.disc(x + side * half, y - r, r - 3.4 * scale, pen.light.road, glow=True)
    rider = random.choice(CLOTHES)
    pen.line([(x - half, y - r), (x - 5 * scale, y - r), (x + half * 0.75, y - r * 2.3), (x - 12 * scale, y - r * 2.2),
              (x - half, y - r)], frame, 3.6 * scale)  # fmt: skip
    pen.line([(x + half, y - r), (x + half * 0.7, y - r * 2.7)], frame, 3.6 * scale)
    pen.line([(x - 10 * scale, y - r * 2.4), (x + 3 * scale, y - r)], (52, 56, 74), 8 * scale)
    pen.line([(x - 10 * scale, y - r * 2.5), (x + 4 * scale, y - r * 4)], rider, 13 * scale)
    pen.line([(x + 4 * scale, y - r * 3.8), (x + half * 0.7, y - r * 2.7)], rider, 5 * scale)
    pen.disc(x + 8 * scale, y - r * 4.6, 9 * scale, (232, 192, 160))
    return x - half - r, y - r * 4.6 - 9 * scale, x + half + r, y + scale


def _tree(pen: Pen, random: Random, x: float, y: float, scale: float) -> Box:
    h = 170 * scale
    crown = random.choice(((74, 118, 66), (98, 134, 62), (184, 128, 52), (60, 104, 78)))
    pen.box(x - 6 * scale, y - h * 0.5, x + 6 * scale, y, (96, 74, 58))
    places = [(0, 0.72, 42), (-26, 0.6, 32), (26, 0.62, 33), (-12, 0.86, 28), (15, 0.84, 30)]
    for dx, up, r in places:
        pen.disc(x + dx * scale, y - h * up, r * scale, crown)
    for dx, up, r in places[:3]:
        lighter = tuple(min(255, part + 16) for part in crown)
        pen.disc(x + (dx - 7) * scale, y - h * up - 8 * scale, r * 0.6 * scale, lighter)  # type: ignore[arg-type]
    return x - 59 * scale, y - h * 0.86 - 28 * scale, x + 59 * scale, y


def _traffic_light(pen: Pen, random: Random, x: float, y: float, scale: float) -> Box:
    h, lit = 150 * scale, random.randrange(3)
    pen.box(x - 3 * scale, y - h, x + 3 * scale, y, (70, 74, 78))
    top = y - h - 52 * scale
    pen.box(x - 12 * scale, top, x + 12 * scale, y - h + 6 * scale, (38, 40, 42), round=5 * scale)
    for place, color in enumerate(((226, 52, 44), (240, 184, 48), (60, 190, 96))):
        shown = color if place == lit else tuple(int(part * 0.28) for part in color)
        pen.disc(x, top + (11 + 18 * place) * scale, 7 * scale, shown, glow=place == lit)  # type: ignore[arg-type]
    return x - 12 * scale, top, x + 12 * scale, y
