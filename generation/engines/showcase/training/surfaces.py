"""What things are made of: colours, woven, printed and grown patterns, labels with print on them. All albedo, 0..1, RGB."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Chance = np.random.Generator
Colour = NDArray[Any]  # float32, 3
Pattern = NDArray[Any]  # float32, height x width x 3

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)


def colour(chance: Chance) -> Colour:
    """Of a thing that is sold: black, white, grey and muted ones more often than bright ones."""
    kind = chance.random()
    if kind < 0.16:
        return np.full(3, chance.uniform(0.02, 0.12), np.float32) * tint(chance, 0.15)
    if kind < 0.34:
        return np.full(3, chance.uniform(0.75, 0.97), np.float32) * tint(chance, 0.06)
    if kind < 0.46:
        return np.full(3, chance.uniform(0.2, 0.7), np.float32) * tint(chance, 0.1)
    saturation = chance.uniform(0.25, 0.6) if kind < 0.75 else chance.uniform(0.6, 0.95)
    return hsv(chance.random(), saturation, chance.uniform(0.25, 0.95))


def tint(chance: Chance, amount: float) -> Colour:
    return (1 + amount * chance.uniform(-1, 1, 3)).astype(np.float32)


def hsv(hue: float, saturation: float, value: float) -> Colour:
    pixel = np.array([[[hue * 360, saturation, value]]], np.float32)
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0]


def noise(chance: Chance, height: int, width: int, cells: tuple[float, float], octaves: int = 3) -> NDArray[Any]:
    """Smooth noise, about -1..1. ``cells``: how many bumps down and across at the coarsest octave."""
    total, amount = np.zeros((height, width), np.float32), 1.0
    for octave in range(octaves):
        down, across = (max(2, min(int(cells[axis] * 2**octave) + 1, size)) for axis, size in ((0, height), (1, width)))
        small = chance.standard_normal((down, across), np.float32)
        total += amount * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        amount *= 0.55
    return np.clip(total / 1.8, -1.5, 1.5)


def pattern(chance: Chance, height: int, width: int) -> Pattern:
    """A random material."""
    make: Callable[[Chance, int, int], Pattern] = chance.choice(
        np.array([plain, mottled, wood, stripes, tiles, dots, grass, marble], object),
        p=[0.30, 0.22, 0.14, 0.08, 0.08, 0.05, 0.07, 0.06],
    )
    return np.clip(make(chance, height, width), 0.01, 0.99)


def _flat(shade: Colour, height: int, width: int) -> Pattern:
    return np.broadcast_to(shade, (height, width, 3)).astype(np.float32)


def plain(chance: Chance, height: int, width: int) -> Pattern:
    shade = colour(chance)
    return _flat(shade, height, width) + 0.02 * noise(chance, height, width, (2, 2), 2)[..., None] * shade


def mottled(chance: Chance, height: int, width: int) -> Pattern:
    cells = chance.uniform(3, 40)
    bumps = noise(chance, height, width, (cells, cells * chance.uniform(0.5, 2)), 4)
    return _flat(colour(chance), height, width) * (1 + chance.uniform(0.04, 0.3) * bumps[..., None])


def marble(chance: Chance, height: int, width: int) -> Pattern:
    veins = np.abs(noise(chance, height, width, (3, 3), 5))
    mix = np.clip(veins * chance.uniform(2, 5), 0, 1)[..., None]
    return _flat(colour(chance), height, width) * (1 - mix) + _flat(colour(chance), height, width) * mix


def wood(chance: Chance, height: int, width: int) -> Pattern:
    """Boards with grain along them, lying or standing."""
    lying = chance.random() < 0.6
    down, across = (height, width) if lying else (width, height)
    base = hsv(chance.uniform(0.04, 0.12), chance.uniform(0.1, 0.65), chance.uniform(0.2, 0.85))
    grain = noise(chance, down, across, (chance.uniform(15, 50), chance.uniform(1, 4)), 3)
    out = _flat(base, down, across) * (1 + chance.uniform(0.08, 0.3) * grain[..., None])
    boards = int(chance.integers(2, 9))
    edges = np.sort(chance.integers(0, down, boards))
    for start, end in zip(edges, [*edges[1:], down], strict=True):
        out[start:end] *= chance.uniform(0.8, 1.15)
        out[start : start + max(1, down // 150)] *= 0.45
    return out if lying else np.ascontiguousarray(out.swapaxes(0, 1))


def stripes(chance: Chance, height: int, width: int) -> Pattern:
    angle = chance.choice([0, np.pi / 2, chance.uniform(0, np.pi)])
    down, across = np.mgrid[0 : 1 : height * 1j, 0 : width / height : width * 1j]
    wave = np.sin((down * np.cos(angle) + across * np.sin(angle)) * chance.uniform(10, 90))
    mix = np.clip(wave * chance.uniform(1, 8) + 0.5, 0, 1).astype(np.float32)[..., None]
    return _flat(colour(chance), height, width) * (1 - mix) + _flat(colour(chance), height, width) * mix


def tiles(chance: Chance, height: int, width: int) -> Pattern:
    side = max(6, int(chance.uniform(0.06, 0.3) * width))
    aspect = chance.choice([1, 2])
    out = _flat(colour(chance), height, width) * (1 + 0.05 * noise(chance, height, width, (20, 20), 2)[..., None])
    line = np.asarray(colour(chance))
    thick = max(1, side // 14)
    for row, y in enumerate(range(0, height, side)):
        out[y : y + thick] = line
        shift = (row % 2) * side * aspect // 2
        for x in range(-shift, width, side * aspect):
            out[y : y + side, max(x, 0) : max(x + thick, 0)] = line
    return out


def dots(chance: Chance, height: int, width: int) -> Pattern:
    out = _flat(colour(chance), height, width).copy()
    step, shade = int(chance.uniform(0.05, 0.2) * width) + 4, colour(chance).tolist()
    for row, y in enumerate(range(0, height + step, step)):
        for x in range(-(row % 2) * step // 2, width + step, step):
            cv2.circle(out, (x, y), max(1, step // 4), shade, -1, cv2.LINE_AA)
    return out


def grass(chance: Chance, height: int, width: int) -> Pattern:
    """Anything fine and irregular: lawn, carpet, gravel, asphalt."""
    white = chance.standard_normal((height, width), np.float32)
    fine = cv2.GaussianBlur(white, (0, 0), chance.uniform(0.6, 2.0), sigmaY=chance.uniform(0.6, 3.0))
    blades = fine / (fine.std() + 1e-6)
    return _flat(colour(chance), height, width) * (1 + chance.uniform(0.1, 0.45) * blades[..., None] * 0.5)


def label(chance: Chance, height: int, width: int, ground: Colour) -> Pattern:
    """Print: a patch with lines of letters, a mark or a bar code; ``ground`` is what it is printed on."""
    paper = colour(chance) if chance.random() < 0.7 else ground
    out = np.full((height, width, 3), np.clip(paper, 0, 1) * 255, np.uint8)  # OpenCV writes on bytes only
    ink = (np.clip(1 - paper + 0.2 * chance.uniform(-1, 1, 3), 0, 1) * 255).tolist()
    y = int(height * chance.uniform(0.1, 0.35))
    for _ in range(int(chance.integers(1, 5))):
        size = height * chance.uniform(0.08, 0.3) / 22
        text = "".join(chance.choice(list(LETTERS), int(chance.integers(3, 10))))
        place = (int(width * chance.uniform(0.02, 0.3)), y)
        cv2.putText(out, text, place, int(chance.choice(FONTS)), size, ink, max(1, int(size * 2)), cv2.LINE_AA)
        y += int(size * 34) + 2
    if chance.random() < 0.4:
        middle = (int(width * chance.uniform(0.2, 0.8)), int(height * chance.uniform(0.2, 0.8)))
        cv2.circle(
            out,
            middle,
            int(height * chance.uniform(0.06, 0.2)) + 1,
            (np.clip(colour(chance), 0, 1) * 255).tolist(),
            -1,
            cv2.LINE_AA,
        )
    return out.astype(np.float32) / 255
