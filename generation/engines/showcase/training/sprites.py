"""Invented products, each drawn once on a small sheet: outline, colour, which way each point faces, how far it stands out.

They stand on the sheet's lower edge and are as broad as their kind is; ``scenes`` places them. Sizes are shares of the
sheet's side; ``relief`` is in the same unit, towards the camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.engines.showcase.training.surfaces import Chance, colour, label, pattern

Map = NDArray[Any]
SIDE = 224  # pixels of a sheet
GRID_Y, GRID_X = (np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) + 0.5) / SIDE


@dataclass
class Sprite:
    """float32, SIDE x SIDE (x 2 or 3): ``alpha``, ``albedo`` 0..1, ``normal`` (x, y), ``relief``. ``gloss`` 0..1."""

    alpha: Map
    albedo: Map
    normal: Map
    relief: Map
    gloss: float = 0.2

    def over(self, other: "Sprite") -> "Sprite":
        """This one in front of ``other``; worked out only where this one is."""
        rows, columns = np.flatnonzero(self.alpha.any(1)), np.flatnonzero(self.alpha.any(0))
        gloss = max(self.gloss, other.gloss)
        if not len(rows):
            return Sprite(other.alpha, other.albedo, other.normal, other.relief, gloss)
        here = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        a = self.alpha[here]
        out = Sprite(other.alpha.copy(), other.albedo.copy(), other.normal.copy(), other.relief.copy(), gloss)
        out.alpha[here] += a * (1 - other.alpha[here])
        out.relief[here] += (self.relief[here] - other.relief[here]) * a
        out.albedo[here] += (self.albedo[here] - other.albedo[here]) * a[..., None]
        out.normal[here] += (self.normal[here] - other.normal[here]) * a[..., None]
        return out


def nothing() -> Sprite:
    flat = np.zeros((SIDE, SIDE), np.float32)
    return Sprite(flat, np.zeros((SIDE, SIDE, 3), np.float32), np.zeros((SIDE, SIDE, 2), np.float32), flat)


def solid(chance: Chance, mask: Map, rounding: float, albedo: Map | None = None) -> Sprite:
    """``mask`` (0..1) swollen like a pillow whose rim is ``rounding`` wide."""
    if albedo is None:
        albedo = pattern(chance, SIDE, SIDE)
    inside = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / SIDE
    rim = np.clip(inside / max(rounding, 2.0 / SIDE), 0, 1)
    swollen = (max(rounding, 2.0 / SIDE) * np.sqrt(np.clip(1 - (1 - rim) ** 2, 0, 1))).astype(np.float32)
    relief = cv2.GaussianBlur(swollen, (0, 0), 1.5)
    slope_y, slope_x = np.gradient(relief * SIDE)
    length = np.sqrt(slope_x * slope_x + slope_y * slope_y + 1)
    normal = np.stack((-slope_x / length, -slope_y / length), -1).astype(np.float32)
    return Sprite(mask, albedo, normal, relief, float(chance.random() ** 2))


def polygon(points: Sequence[tuple[float, float]]) -> Map:
    mask = np.zeros((SIDE, SIDE), np.uint8)  # OpenCV smooths edges on bytes only
    cv2.fillPoly(mask, [np.round(np.array(points) * SIDE * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def curve(points: Sequence[tuple[float, float]], closed: bool = True) -> list[tuple[float, float]]:  # noqa: FBT001, FBT002
    """A smooth line through the points (Catmull-Rom)."""
    p = np.array(points, float)
    n = len(p)
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    out: list[tuple[float, float]] = []
    for i in range(n if closed else n - 1):
        a, b, c, d = (p[(i + k) % n] if closed else p[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2))
        piece = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        out += [(float(x), float(y)) for x, y in piece]
    return out if closed else [*out, (float(p[-1, 0]), float(p[-1, 1]))]


def stroke(points: Sequence[tuple[float, float]], width: float, closed: bool = False) -> Map:  # noqa: FBT001, FBT002
    mask = np.zeros((SIDE, SIDE), np.uint8)  # OpenCV smooths edges on bytes only
    line = np.round(np.array(points) * SIDE * 16).astype(np.int32)
    cv2.polylines(mask, [line], closed, 255, max(1, round(width * SIDE)), cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def disc(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> Map:
    mask = np.zeros((SIDE, SIDE), np.uint8)  # OpenCV smooths edges on bytes only
    centre, axes = (round(x * SIDE * 16), round(y * SIDE * 16)), (round(rx * SIDE * 16), round(ry * SIDE * 16))
    cv2.ellipse(mask, centre, axes, angle, 0, 360, 255, -1, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def slab(x0: float, y0: float, x1: float, y1: float, corner: float) -> Map:
    """A rectangle with round corners."""
    x, y = (
        np.abs(GRID_X - (x0 + x1) / 2) - (x1 - x0) / 2 + corner,
        np.abs(GRID_Y - (y0 + y1) / 2) - (y1 - y0) / 2 + corner,
    )
    away = np.hypot(np.maximum(x, 0), np.maximum(y, 0)) + np.minimum(np.maximum(x, y), 0) - corner
    return np.clip(0.5 - away * SIDE, 0, 1).astype(np.float32)


def printed(chance: Chance, sprite: Sprite, box: tuple[float, float, float, float]) -> Sprite:
    """With a label in ``box``; on a round thing it follows the roundness."""
    x0, y0, x1, y1 = (int(edge * SIDE) for edge in box)
    if x1 - x0 < 12 or y1 - y0 < 12:
        return sprite
    ground = sprite.albedo[(y0 + y1) // 2, (x0 + x1) // 2]
    patch = label(chance, y1 - y0, x1 - x0, ground)
    sprite.albedo = sprite.albedo.copy()
    sprite.albedo[y0:y1, x0:x1] = patch
    return sprite


def turned(chance: Chance, elevation: float) -> Sprite:
    """Made on a lathe: bottle, jar, can, cup, vase, candle, lamp."""
    height, knots = chance.uniform(0.35, 0.92), int(chance.integers(3, 7))
    widest = chance.uniform(0.12, 0.42)
    radii = widest * np.where(
        chance.random(knots) < 0.35, chance.uniform(0.2, 1, knots), chance.uniform(0.75, 1, knots)
    )
    if chance.random() < 0.4:
        radii[: max(1, knots // 2)] = widest * chance.uniform(0.2, 0.5)  # a neck
    place = np.sort(np.concatenate(([0, 1], chance.uniform(0, 1, knots - 2))))
    tilt = np.sin(elevation)
    bottom = 0.98 - radii[-1] * tilt
    top = max(bottom - height, 0.03 + radii[0] * tilt)
    along = np.clip((GRID_Y[:, 0] - top) / (bottom - top), 0, 1)
    radius = np.interp(along, place, radii).astype(np.float32)
    if chance.random() < 0.7:
        radius = cv2.GaussianBlur(radius[:, None], (1, 31), 5)[:, 0]
    across = (GRID_X - 0.5) / radius[:, None]
    sides = np.where(
        (top <= GRID_Y) & (bottom >= GRID_Y), np.clip((1 - np.abs(across)) * radius[:, None] * SIDE, 0, 1), 0
    )
    foot, head = disc(0.5, bottom, radius[-1], radius[-1] * tilt), disc(0.5, top, radius[0], radius[0] * tilt)
    slope = np.gradient(radius) * SIDE
    x = np.clip(across, -1, 1)
    normal = np.stack((x, np.broadcast_to(-np.sqrt(1 - x**2) * np.clip(slope, -1, 1)[:, None] * 0.6, x.shape)), -1)
    relief = radius[:, None] * np.sqrt(1 - x**2)
    albedo = _bands(chance) if chance.random() < 0.6 else pattern(chance, SIDE, SIDE)
    body = Sprite(
        np.maximum(sides, foot).astype(np.float32), albedo, normal.astype(np.float32), relief.astype(np.float32),
        float(chance.random()),
    )  # fmt: skip
    if chance.random() < 0.65:
        wide, middle = float(radius[int((top + bottom) / 2 * SIDE)]), (top + bottom) / 2
        tall = chance.uniform(0.1, 0.35) * height
        body = printed(chance, body, (0.5 - wide * 0.8, middle - tall, 0.5 + wide * 0.8, middle + tall))
    lid = solid(chance, head, 0.004, even(chance))
    lid.normal[..., 1] -= 0.6 * np.cos(elevation)
    if chance.random() < 0.25:
        reach, thick = radius[len(radius) // 2] * chance.uniform(1.2, 1.7), chance.uniform(0.02, 0.05)
        ear = stroke(
            arc(0.5 + chance.choice((-1, 1)) * reach, (top + bottom) / 2, 0.1, height * 0.25), thick, closed=True
        )
        body = body.over(solid(chance, ear, thick / 2, albedo))
    return lid.over(body)


def even(chance: Chance) -> Map:
    return np.broadcast_to(colour(chance), (SIDE, SIDE, 3)).astype(np.float32)


def _bands(chance: Chance) -> Map:
    """A few plain colours one above the other: cap, body, foot."""
    edges = np.sort(chance.uniform(0.1, 0.95, int(chance.integers(1, 4))))
    shades = np.stack([colour(chance) for _ in range(len(edges) + 1)])
    rows = shades[np.searchsorted(edges, GRID_Y[:, 0])]
    return np.broadcast_to(rows[:, None], (SIDE, SIDE, 3)).astype(np.float32)


def arc(x: float, y: float, rx: float, ry: float) -> list[tuple[float, float]]:
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return list(zip(x + rx * np.cos(turn), y + ry * np.sin(turn), strict=True))


def box(chance: Chance, elevation: float) -> Sprite:
    """A carton, a book, a device: three faces seen from a corner, with print on the front."""
    yaw = chance.uniform(-0.7, 0.7)
    wide, tall, deep = chance.uniform(0.2, 0.6), chance.uniform(0.1, 0.75), chance.uniform(0.04, 0.4)
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-1.0, 0.0) for z in (-0.5, 0.5)]) * (wide, tall, deep)
    cos, sin, up, ahead = np.cos(yaw), np.sin(yaw), np.sin(elevation), np.cos(elevation)
    x, z = corners[:, 0] * cos + corners[:, 2] * sin, -corners[:, 0] * sin + corners[:, 2] * cos
    flat = np.stack((x, corners[:, 1] * ahead + z * up, z * ahead - corners[:, 1] * up), 1)
    flat *= min(1.0, 0.94 / np.ptp(flat[:, 0]), 0.94 / np.ptp(flat[:, 1]))
    flat[:, 0] += 0.5 - (flat[:, 0].max() + flat[:, 0].min()) / 2
    flat[:, 1] += 0.98 - flat[:, 1].max()
    faces = {"front": (1, 5, 7, 3), "left": (0, 1, 3, 2), "right": (5, 4, 6, 7), "top": (0, 4, 5, 1)}
    ground, sprite = even(chance), nothing()
    for name, order in faces.items():
        quad = flat[list(order)]
        normal = np.cross(quad[1] - quad[0], quad[3] - quad[0])
        normal = normal / (np.linalg.norm(normal) + 1e-9)
        if normal[2] <= 0.02:
            continue
        sprite = _face(chance, quad, normal, ground, name).over(sprite)
    return sprite


def _face(chance: Chance, quad: Map, normal: Map, ground: Map, name: str) -> Sprite:
    print_ = ground if chance.random() < 0.5 else pattern(chance, SIDE, SIDE)
    side = Sprite(np.ones((SIDE, SIDE), np.float32), print_, np.zeros((SIDE, SIDE, 2), np.float32), GRID_X * 0)
    if name == "front" and chance.random() < 0.75:
        x, y = np.sort(chance.uniform(0.05, 0.95, 2)), np.sort(chance.uniform(0.05, 0.95, 2))
        side = printed(chance, side, (x[0], y[0], x[1], y[1]))
    square = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], np.float32)
    place = cv2.getPerspectiveTransform(square, (quad[:, :2] * SIDE).astype(np.float32))
    albedo = cv2.warpPerspective(
        side.albedo, place, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    depth = quad[0, 2] - ((GRID_X - quad[0, 0]) * normal[0] + (GRID_Y - quad[0, 1]) * normal[1]) / max(normal[2], 0.15)
    flat = np.broadcast_to(normal[:2].astype(np.float32), (SIDE, SIDE, 2))
    return Sprite(
        polygon([(float(x), float(y)) for x, y in quad[:, :2]]),
        albedo,
        flat,
        np.clip(depth, -0.5, 0.5).astype(np.float32),
        0.2,
    )


def device(chance: Chance, elevation: float) -> Sprite:
    """Seen from the front: camera, phone, speaker, screen, radio; with lenses, knobs and a foot or none."""
    wide, tall, floor = chance.uniform(0.25, 0.92), chance.uniform(0.2, 0.85), 0.98
    foot = chance.random() < 0.25
    low = floor - (chance.uniform(0.05, 0.2) if foot else 0.0)
    x0, y0 = 0.5 - wide / 2, max(low - tall, 0.06)
    sprite = solid(chance, slab(x0, y0, 1 - x0, low, chance.uniform(0.01, 0.12)), chance.uniform(0.005, 0.06))
    if foot:
        neck, plate = slab(0.46, low - 0.02, 0.54, floor - 0.02, 0.01), disc(0.5, floor - 0.02, wide * 0.3, 0.02)
        sprite = sprite.over(solid(chance, np.maximum(neck, plate), 0.01, even(chance)))
    for _ in range(int(chance.integers(0, 3))):
        x, rise = chance.uniform(x0 + 0.02, 0.9 - x0), chance.uniform(0.01, 0.05)
        knob = slab(x, y0 - rise, x + chance.uniform(0.03, 0.15), y0 + 0.02, 0.005)
        sprite = sprite.over(solid(chance, knob, 0.01, even(chance)))
    for _ in range(int(chance.integers(0, 4))):
        x, y = chance.uniform(x0 + 0.05, 0.95 - x0), chance.uniform(y0 + 0.04, low - 0.04)
        size = chance.uniform(0.02, 0.28) * min(wide, low - y0)
        for ring in (1.0, chance.uniform(0.5, 0.85), chance.uniform(0.1, 0.4)):
            lens = disc(x, y, size * ring, size * ring) * sprite.alpha
            sprite = solid(chance, lens, size * 0.3, even(chance)).over(sprite)
    if chance.random() < 0.5:
        inset = slab(x0 + 0.02, y0 + 0.02, 1 - x0 - 0.02, low - 0.03, 0.01)
        screen = cv2.GaussianBlur(pattern(chance, SIDE, SIDE), (0, 0), 1.0)
        sprite = solid(chance, inset * sprite.alpha, 0.002, screen).over(sprite)
    if chance.random() < 0.6:
        a, b = np.sort(chance.uniform(x0, 1 - x0, 2)), np.sort(chance.uniform(y0, low, 2))
        sprite = printed(chance, sprite, (a[0], b[0], a[1], b[1]))
    return sprite
