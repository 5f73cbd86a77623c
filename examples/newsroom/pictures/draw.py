"""Draws the newsroom's pictures, the same each time: `python examples/newsroom/pictures/draw.py`."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sin
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 675
SCALE = 2
W, H = WIDTH * SCALE, HEIGHT * SCALE
Colour = tuple[int, int, int]
Line = list[tuple[int, int]]


def sky(*stops: tuple[float, Colour], height: int = H) -> Image.Image:
    """A vertical gradient through colours at heights from 0 to 1."""
    column = Image.new("RGB", (1, height))
    for y in range(height):
        at = y / (height - 1)
        (a, low), (b, high) = next(((p, q) for p, q in pairwise(stops) if at <= q[0]), (stops[-2], stops[-1]))
        part = min(1.0, max(0.0, (at - a) / (b - a)))
        column.putpixel((0, y), tuple(round(x + (z - x) * part) for x, z in zip(low, high, strict=True)))
    return column.resize((W, height))


def glow(picture: Image.Image, centre: tuple[float, float], radius: float, colour: Colour, strength: float) -> None:
    """Light a round place softly; `centre` in parts of the picture, `radius` in parts of its width."""
    size = int(radius * W * 2)
    light = ImageChops.invert(Image.radial_gradient("L")).resize((size, size))
    light = light.point(lambda v: int(max(0, (v - 75) / 180) ** 2.1 * 255 * strength))
    mask = Image.new("L", picture.size)
    mask.paste(light, (int(centre[0] * W - size / 2), int(centre[1] * H - size / 2)))
    picture.paste(Image.new("RGB", picture.size, colour), mask=mask)


def ridge(random: Random, level: float, rise: float, rough: float = 0.55, steps: int = 9) -> Line:
    """The upper edge of a hill by midpoint displacement; `level` and `rise` in parts of the height."""
    heights = [random.uniform(-1, 1), random.uniform(-1, 1)]
    swing = 1.0
    for _ in range(steps):
        between = [(a + b) / 2 + random.uniform(-swing, swing) for a, b in pairwise(heights)]
        heights = [x for pair in zip(heights, between, strict=False) for x in pair] + [heights[-1]]
        swing *= rough
    top = max(abs(x) for x in heights)
    step = W / (len(heights) - 1)
    return [(round(i * step), round((level + x / top * rise) * H)) for i, x in enumerate(heights)]


def land(picture: Image.Image, edge: Line, colour: Colour, foot: Colour | None = None) -> None:
    """Fill what lies under an edge, paler towards its foot when `foot` is given: haze in the valley."""
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).polygon([*edge, (W, H), (0, H)], fill=255)
    top = min(y for _, y in edge) / H
    fill = sky((0.0, colour), (max(0.01, top), colour), (min(0.99, top + 0.24), foot or colour), (1.0, foot or colour))
    picture.paste(fill, mask=mask)


def water(picture: Image.Image, level: float, random: Random, tint: Colour, darken: float = 0.78) -> None:
    """Mirror what stands above `level` into water below it, with ripples that widen towards the viewer."""
    y0 = int(level * H)
    deep = H - y0
    mirror = picture.crop((0, max(0, y0 - deep), W, y0)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirror = mirror.resize((W, deep)).filter(ImageFilter.GaussianBlur(5))
    rippled = Image.new("RGB", (W, deep))
    phase = random.uniform(0, pi)
    for y in range(deep):
        near = y / deep
        shift = (sin(phase + 30 * near**0.5 * pi) + sin(phase + 71 * near**0.5 * pi) * 0.4) * (3 + 20 * near)
        rippled.paste(mirror.crop((0, y, W, y + 1)), (round(shift), y))
        if shift > 0:
            rippled.paste(mirror.crop((0, y, 1, y + 1)).resize((round(shift) + 1, 1)), (0, y))
        elif shift < 0:
            rippled.paste(mirror.crop((W - 1, y, W, y + 1)).resize((round(-shift) + 1, 1)), (W + round(shift) - 1, y))
    rippled = Image.blend(Image.new("RGB", rippled.size, tint), rippled, darken)
    strokes = Image.new("L", rippled.size)
    pen = ImageDraw.Draw(strokes)
    for _ in range(260):
        y = int(random.random() ** 1.7 * deep)
        long = random.randint(30, 90) + int(160 * y / deep)
        x = random.randint(-60, W)
        pen.line((x, y, x + long, y), fill=random.randint(10, 46), width=1 + int(3 * y / deep))
    strokes = strokes.filter(ImageFilter.GaussianBlur(2))
    rippled.paste(Image.new("RGB", rippled.size, (250, 240, 225)), mask=strokes)
    picture.paste(rippled, (0, y0))


def reeds(picture: Image.Image, random: Random, colour: Colour, count: int, left: float, right: float) -> None:
    """Grass in the foreground."""
    pen = ImageDraw.Draw(picture)
    for _ in range(count):
        x = random.uniform(left, right) * W
        tall = random.uniform(0.05, 0.19) * H
        lean = random.uniform(-0.25, 0.35) * tall
        points = [(x + lean * (t / 6) ** 2, H - tall * t / 6) for t in range(7)]
        pen.line(points, fill=colour, width=random.choice((2, 3, 4)), joint="curve")


def town(picture: Image.Image, random: Random, level: float, colour: Colour, lights: Colour, tall: float) -> None:
    """A skyline with gables, towers and a few lit windows."""
    pen = ImageDraw.Draw(picture)
    base, x = int(level * H), -20
    while x < W:
        wide = random.randint(46, 130)
        high = int(random.uniform(0.35, 1.0) * tall * H)
        top = base - high
        kind = random.random()
        pen.rectangle((x, top, x + wide, base), fill=colour)
        if kind < 0.55:
            pen.polygon([(x - 4, top), (x + wide / 2, top - wide * 0.55), (x + wide + 4, top)], fill=colour)
        elif kind < 0.68:
            half, spire = wide * 0.18, tall * H * random.uniform(0.7, 1.15)
            middle, eaves = x + wide / 2, top - spire * 0.55
            pen.rectangle((middle - half, eaves, middle + half, base), fill=colour)
            roof = [(middle - half * 1.24, eaves), (middle, top - spire * 1.15), (middle + half * 1.24, eaves)]
            pen.polygon(roof, fill=colour)
        for row in range(top + 18, base - 14, 30):
            for column in range(x + 12, x + wide - 14, 24):
                if random.random() < 0.16:
                    pen.rectangle((column, row, column + 7, row + 11), fill=lights)
        x += wide + random.choice((0, 0, 2, 10))


def crane(pen: ImageDraw.ImageDraw, x: int, base: int, size: int, colour: Colour) -> None:
    """A harbour crane: four legs, a boom over the quay, its stays."""
    top, thick = base - size, max(5, size // 34)
    for leg in (0, size // 3):
        pen.line((x + leg, base, x + leg + size // 26, top + size // 3), fill=colour, width=thick)
    pen.line((x, base - size // 3, x + size // 3, base - size // 3), fill=colour, width=thick)
    pen.rectangle((x - size // 10, top + size // 3, x + size // 2, top + size // 3 + thick * 2), fill=colour)
    pen.line((x + size // 3, top + size // 3, x - size // 1.25, top - size // 12), fill=colour, width=thick)
    mast = (x + size // 5, top - size // 6)
    pen.line((*mast, x + size // 5, top + size // 3), fill=colour, width=thick)
    for end in (
        (x - size // 1.25, top - size // 12),
        (x - size // 3, top + size // 9),
        (x + size // 2, top + size // 3),
    ):
        pen.line((*mast, *end), fill=colour, width=max(2, thick // 3))


def turbine(pen: ImageDraw.ImageDraw, x: int, base: int, size: int, turn: float, colour: Colour) -> None:
    """A wind turbine, its blades turned by `turn` (in radians)."""
    hub = base - size
    pen.polygon(
        [(x - size / 60, base), (x - size / 150, hub), (x + size / 150, hub), (x + size / 60, base)], fill=colour
    )
    for blade in range(3):
        angle = turn + blade * 2 * pi / 3
        far, near = size * 0.52, size * 0.13
        tip = (x + far * sin(angle), hub - far * sin(angle + pi / 2))
        side = (x + near * sin(angle + 0.14), hub - near * sin(angle + 0.14 + pi / 2))
        pen.polygon([(x, hub), side, tip], fill=colour)
    pen.ellipse((x - size / 70, hub - size / 70, x + size / 70, hub + size / 70), fill=colour)


def barrier(random: Random) -> Image.Image:
    """A river in flood between dark banks at first light."""
    picture = sky((0, (52, 70, 102)), (0.34, (150, 142, 158)), (0.52, (245, 196, 150)), (1, (250, 214, 170)))
    glow(picture, (0.63, 0.5), 0.34, (255, 228, 176), 0.9)
    land(picture, ridge(random, 0.44, 0.07), (128, 128, 150), (205, 176, 160))
    land(picture, ridge(random, 0.5, 0.05), (86, 96, 118), (170, 150, 144))
    land(picture, ridge(random, 0.555, 0.022, 0.62), (48, 60, 70), (60, 66, 72))
    pen = ImageDraw.Draw(picture)
    for gate in range(8):
        x = int((0.3 + gate * 0.062) * W)
        pen.rectangle((x, int(0.475 * H), x + 34, int(0.6 * H)), fill=(34, 42, 52))
        pen.polygon([(x - 6, int(0.475 * H)), (x + 17, int(0.455 * H)), (x + 40, int(0.475 * H))], fill=(34, 42, 52))
    pen.rectangle((int(0.28 * W), int(0.505 * H), int(0.77 * W), int(0.52 * H)), fill=(34, 42, 52))
    water(picture, 0.585, random, (70, 74, 88), 0.8)
    reeds(picture, random, (22, 28, 32), 240, -0.02, 0.24)
    reeds(picture, random, (22, 28, 32), 160, 0.86, 1.03)
    return picture


def skyline(random: Random) -> Image.Image:
    """The capital's waterfront at dusk."""
    picture = sky(
        (0, (24, 30, 66)), (0.4, (98, 74, 118)), (0.6, (224, 128, 108)), (0.7, (250, 190, 132)), (1, (250, 190, 132))
    )
    glow(picture, (0.3, 0.62), 0.3, (255, 214, 150), 0.75)
    town(picture, random, 0.665, (92, 72, 106), (236, 178, 130), 0.15)
    town(picture, random, 0.68, (36, 32, 60), (255, 208, 124), 0.12)
    water(picture, 0.68, random, (40, 34, 66), 0.82)
    return picture


def sound(random: Random) -> Image.Image:
    """Fog lifting from a strait; a lighthouse on the point."""
    picture = sky((0, (120, 138, 152)), (0.45, (188, 196, 198)), (0.62, (226, 222, 212)), (1, (214, 214, 208)))
    glow(picture, (0.42, 0.42), 0.28, (250, 244, 226), 0.75)
    land(picture, ridge(random, 0.55, 0.05), (168, 178, 184), (206, 208, 204))
    edge = [(x, round(y + max(0, 0.62 * W - x) / W * 0.45 * H)) for x, y in ridge(random, 0.53, 0.03, 0.6)]
    land(picture, edge, (92, 104, 112), (150, 156, 158))
    pen = ImageDraw.Draw(picture)
    x, foot = int(0.8 * W), int(0.53 * H)
    pen.polygon([(x - 26, foot), (x - 16, int(0.3 * H)), (x + 16, int(0.3 * H)), (x + 26, foot)], fill=(70, 80, 88))
    pen.rectangle((x - 24, int(0.29 * H), x + 24, int(0.302 * H)), fill=(60, 70, 78))
    pen.rectangle((x - 13, int(0.255 * H), x + 13, int(0.29 * H)), fill=(226, 214, 178))
    pen.polygon([(x - 19, int(0.256 * H)), (x, int(0.226 * H)), (x + 19, int(0.256 * H))], fill=(60, 70, 78))
    water(picture, 0.62, random, (150, 162, 168), 0.72)
    fog = Image.new("L", picture.size)
    mist = ImageDraw.Draw(fog)
    for _ in range(16):
        cx, cy = random.uniform(-0.1, 0.9) * W, random.uniform(0.53, 0.7) * H
        mist.ellipse((cx, cy, cx + random.uniform(0.2, 0.5) * W, cy + random.uniform(0.03, 0.07) * H), fill=110)
    picture.paste(Image.new("RGB", picture.size, (232, 232, 226)), mask=fog.filter(ImageFilter.GaussianBlur(70)))
    return picture


def harbour(random: Random) -> Image.Image:
    """Idle cranes in the evening light."""
    picture = sky(
        (0, (58, 96, 128)),
        (0.4, (140, 164, 168)),
        (0.62, (244, 206, 150)),
        (0.72, (248, 186, 120)),
        (1, (248, 186, 120)),
    )
    glow(picture, (0.7, 0.64), 0.3, (255, 226, 160), 0.85)
    land(picture, ridge(random, 0.63, 0.03), (134, 134, 136), (190, 160, 134))
    pen = ImageDraw.Draw(picture)
    for x, size in ((0.2, 0.3), (0.34, 0.34), (0.49, 0.3), (0.8, 0.4), (0.94, 0.36)):
        crane(pen, int(x * W), int(0.7 * H), int(size * H), (40, 54, 68))
    colours = ((72, 70, 78), (58, 74, 88), (104, 72, 62), (46, 58, 70))
    for column in range(40):
        for row in range(random.randint(1, 4)):
            x, y = column * 64 - 30, int(0.7 * H) - 26 - row * 26
            pen.rectangle((x, y, x + 60, y + 24), fill=random.choice(colours))
    pen.rectangle((0, int(0.7 * H), W, int(0.715 * H)), fill=(34, 44, 54))
    water(picture, 0.715, random, (54, 66, 78), 0.8)
    return picture


def hills(random: Random) -> Image.Image:
    """Ridge after ridge in evening haze."""
    picture = sky((0, (96, 116, 152)), (0.3, (206, 178, 170)), (0.48, (250, 208, 150)), (1, (250, 208, 150)))
    glow(picture, (0.36, 0.34), 0.24, (255, 236, 190), 0.95)
    far, near = (206, 168, 150), (42, 38, 52)
    for layer in range(7):
        part = layer / 6
        colour = tuple(round(a + (b - a) * part) for a, b in zip(far, near, strict=True))
        haze = tuple(round(c + (232 - c) * 0.42 * (1 - part)) for c in colour)
        land(picture, ridge(random, 0.4 + 0.085 * layer, 0.075, 0.52), colour, haze)  # type: ignore[arg-type]
    return picture


def bridge(random: Random) -> Image.Image:
    """Five arches mirrored in the water."""
    picture = sky((0, (110, 150, 178)), (0.5, (206, 214, 206)), (0.62, (244, 226, 194)), (1, (244, 226, 194)))
    glow(picture, (0.2, 0.5), 0.3, (255, 244, 214), 0.7)
    land(picture, ridge(random, 0.53, 0.03), (150, 166, 162), (196, 200, 186))
    town(picture, random, 0.63, (142, 140, 136), (230, 206, 160), 0.09)
    stone = Image.new("L", picture.size)
    pen = ImageDraw.Draw(stone)
    pen.polygon(
        [(0, int(0.5 * H)), (W // 2, int(0.455 * H)), (W, int(0.5 * H)), (W, int(0.67 * H)), (0, int(0.67 * H))],
        fill=255,
    )
    for arch in range(6):
        x = int((arch - 0.42) / 5.2 * W)
        pen.ellipse((x, int(0.53 * H), x + int(W / 5.2 * 0.84), int(0.83 * H)), fill=0)
    picture.paste(sky((0, (118, 104, 92)), (0.45, (118, 104, 92)), (0.67, (78, 70, 66)), (1, (78, 70, 66))), mask=stone)
    top = ImageDraw.Draw(picture)
    top.line([(0, int(0.5 * H)), (W // 2, int(0.455 * H)), (W, int(0.5 * H))], fill=(146, 130, 112), width=14)
    water(picture, 0.67, random, (104, 120, 122), 0.8)
    return picture


def windfarm(random: Random) -> Image.Image:
    """Turbines on a grey-green sea at sunrise."""
    picture = sky((0, (78, 112, 138)), (0.45, (176, 194, 190)), (0.66, (250, 224, 176)), (1, (250, 224, 176)))
    glow(picture, (0.5, 0.66), 0.3, (255, 238, 190), 0.9)
    pen = ImageDraw.Draw(picture)
    far = [(random.uniform(0.1, 0.16), (i + random.uniform(0.3, 0.7)) / 9) for i in range(9)]
    places = [*far, (0.26, 0.19), (0.3, 0.83), (0.38, 0.66), (0.5, 0.36)]
    for size, x in places:
        shade = round(186 - size * 240)
        turbine(
            pen,
            int(x * W),
            int((0.66 + size * 0.06) * H),
            int(size * H),
            random.uniform(0, 2),
            (shade, shade + 8, shade + 14),
        )
    water(picture, 0.69, random, (96, 126, 122), 0.66)
    return picture


def dunes(random: Random) -> Image.Image:
    """Dunes running down to a pale sea."""
    picture = sky((0, (112, 162, 190)), (0.4, (216, 220, 208)), (0.46, (238, 226, 200)), (1, (238, 226, 200)))
    water(picture, 0.44, random, (128, 170, 178), 0.5)
    sands = ((224, 190, 144), (212, 168, 116), (196, 144, 92), (168, 114, 72))
    for layer, sand in enumerate(sands):
        edge = [
            (
                x,
                round((0.54 + 0.11 * layer + 0.055 * sin(x / W * (2.1 + layer * 0.5) * pi + layer * 1.9)) * H)
                + layer * 4,
            )
            for x in range(0, W + 1, 8)
        ]
        pale = tuple(min(255, c + 26) for c in sand)
        land(picture, edge, pale, sand)  # type: ignore[arg-type]
        shade = Image.new("L", picture.size)
        lower = [(x, y + round(abs(sin(x / W * 3.3 * pi + layer)) * 0.09 * H)) for x, y in edge]
        ImageDraw.Draw(shade).polygon([*edge, *reversed(lower)], fill=80)
        dark = tuple(c - 62 for c in sand)
        picture.paste(Image.new("RGB", picture.size, dark), mask=shade.filter(ImageFilter.GaussianBlur(3)))
    return picture


def main() -> None:
    """Draw each picture, shrink it, and keep it under 40 KB."""
    folder = Path(__file__).parent
    for seed, draw in enumerate((barrier, skyline, sound, harbour, hills, bridge, windfarm, dunes), start=11):
        picture = draw(Random(seed)).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        file = folder / f"{draw.__name__}.jpg"
        for quality in range(86, 30, -4):
            picture.save(file, quality=quality, optimize=True, progressive=True)
            if file.stat().st_size <= 40_000:
                break
        print(f"{file.name}: {file.stat().st_size} bytes at quality {quality}")


if __name__ == "__main__":
    main()
