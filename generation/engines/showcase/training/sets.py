"""Invented places for a product: a sweep, a table before a wall, a cluttered room, a surface seen from above, thin air.

A set knows how near each of its points is (``nearness``, see ``generation.domain.rig``): a floor's falls linearly from
1 where the product stands to 0 at the horizon, a wall's is constant or leans, and what stands on the floor has that of
its foot. Positions are canvas widths from the middle of the picture, y down.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import FOCAL
from generation.engines.showcase.training.furniture import shelf
from generation.engines.showcase.training.kinds import product
from generation.engines.showcase.training.sprites import SIDE, Sprite
from generation.engines.showcase.training.surfaces import Chance, Pattern, colour, noise, pattern, plain

Map = NDArray[Any]
NEAREST = 1.4  # of a floor, in front of the product
SHELVES = 0.3  # share of the other things in a room


@dataclass
class Place:
    """``albedo`` 0..1 and ``nearness`` per pixel; where the floor's horizon and the product's foot are; is it a floor?"""

    albedo: Map
    nearness: Map
    horizon: float
    foot: float
    floor: Map  # 0..1: lies flat, so shadows fall on it
    elevation: float
    above: bool = False  # seen from straight above
    furnished: bool = False  # other things stand behind the product


def grid(width: int, height: int) -> tuple[Map, Map]:
    """Canvas positions of the pixels' middles: x, y."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x + 0.5) / width - 0.5, (y + 0.5 - height / 2) / width


def place(chance: Chance, width: int, height: int, foot: float, shade: NDArray[Any] | None, elevation: float) -> Place:
    """A random one, in which a product can stand at ``foot``. ``shade``: paint the wall in this colour.

    ``elevation``: how far the camera looks down, which is where the horizon is.
    """
    kind = chance.choice(["sweep", "table", "room", "above", "air"], p=[0.27, 0.32, 0.19, 0.14, 0.08])
    wall = plain(chance, height, width) if chance.random() < 0.6 else pattern(chance, height, width)
    if shade is not None:
        wall = np.broadcast_to(shade * chance.uniform(0.7, 1.3), (height, width, 3)).astype(np.float32)
    if kind == "above":
        return _above(chance, width, height, foot, wall)
    if kind == "air":
        return _air(chance, width, height, foot, wall, elevation)
    return _standing(chance, width, height, foot, wall, elevation, kind)


def _above(chance: Chance, width: int, height: int, foot: float, wall: Pattern) -> Place:
    x, y = grid(width, height)
    lean = chance.normal(0, 0.08, 2)
    nearness = np.clip(chance.uniform(0.84, 0.99) + lean[0] * x + lean[1] * y, 0.5, NEAREST).astype(np.float32)
    surface = pattern(chance, height, width) if chance.random() < 0.7 else wall
    return Place(surface, nearness, -9.0, foot, np.ones_like(nearness), np.radians(70), above=True)


def _air(chance: Chance, width: int, height: int, foot: float, wall: Pattern, elevation: float) -> Place:
    x, _ = grid(width, height)
    nearness = np.clip(chance.uniform(0.4, 0.65) + chance.normal(0, 0.06) * x, 0.05, 0.95).astype(np.float32)
    out = Place(wall, nearness, -9.0, foot, np.zeros_like(nearness), elevation)
    if chance.random() < 0.5:
        _hang(chance, out, int(chance.integers(1, 6)))
    return out


def _standing(
    chance: Chance, width: int, height: int, foot: float, wall: Pattern, elevation: float, kind: str
) -> Place:
    x, y = grid(width, height)
    horizon = min(-FOCAL * np.tan(elevation), foot - 0.08)
    behind = float(np.clip(chance.normal(0.58, 0.12), 0.28, 0.88))  # a wall some steps behind a table
    slope = (y - horizon) / (foot - horizon)
    wall_near = behind + (chance.normal(0, 0.1) * x if chance.random() < 0.3 else 0 * x)
    if kind == "room" and chance.random() < 0.4:  # a corner
        wall_near = wall_near + np.maximum(0, (x - chance.uniform(-0.4, 0.4)) * chance.choice((-1, 1))) * 0.5
    soft = chance.uniform(0.03, 0.25) if kind == "sweep" else 0.004
    floor = 1 / (1 + np.exp(np.clip(-(slope - wall_near) / soft * 2, -30, 30)))
    nearness = np.clip(np.logaddexp(slope / soft, wall_near / soft) * soft, 0.03, NEAREST).astype(np.float32)
    swept = kind == "sweep"
    ground = wall * chance.uniform(0.85, 1.1) if swept else _laid(chance, np.maximum(slope, 0.05), x)
    albedo = wall * (1 - floor[..., None]) + ground * floor[..., None]
    if not swept and chance.random() < 0.3:  # a skirting board
        board = (slope < wall_near) & (slope > wall_near - chance.uniform(0.02, 0.1))
        albedo[board] = colour(chance)
    out = Place(albedo.astype(np.float32), nearness, horizon, foot, floor.astype(np.float32), elevation)
    if kind == "room" or chance.random() < 0.3:
        _hang(chance, out, int(chance.integers(1, 7 if kind == "room" else 3)))
        _furnish(chance, out, int(chance.integers(1, 6 if kind == "room" else 3)), behind)
    return out


def _laid(chance: Chance, slope: Map, x: Map) -> Pattern:
    """A material that lies on the floor, in perspective."""
    tile = pattern(chance, SIDE * 2, SIDE * 2)
    scale = chance.uniform(0.5, 1.6) * SIDE
    across, ahead = x / slope * scale, chance.uniform(0.6, 1.6) / slope * scale
    lookup = [np.abs(np.mod(axis, 4 * SIDE - 2) - (2 * SIDE - 1)).astype(np.float32) for axis in (across, ahead)]
    return cv2.remap(tile, lookup[0], lookup[1], cv2.INTER_LINEAR)


def _hang(chance: Chance, out: Place, count: int) -> None:
    """Things on the wall: pictures, windows, shelves, planks, spots of light."""
    height, width = out.nearness.shape
    for _ in range(count):
        wide, tall = (max(3, int(share * width)) for share in chance.uniform(0.04, 0.6, 2))
        x, y = int(chance.uniform(-0.2, 1) * width), int(chance.uniform(-0.2, 0.6) * height)
        mask = np.zeros((height, width), np.uint8)
        if chance.random() < 0.75:
            cv2.rectangle(mask, (x, y), (x + wide, y + tall), 255, -1)
        else:
            cv2.circle(mask, (x, y), wide // 2 + 1, 255, -1, cv2.LINE_AA)
        share = (mask / np.float32(255) * (1 - out.floor) * chance.uniform(0.5, 1))[..., None]
        thing = pattern(chance, height, width) if chance.random() < 0.6 else colour(chance) * chance.uniform(0.8, 1.4)
        out.albedo = (out.albedo * (1 - share) + thing * share).astype(np.float32)


def _furnish(chance: Chance, out: Place, count: int, behind: float) -> None:
    """Other things that stand behind the product, the farthest first."""
    out.furnished = True
    depths = np.sort(chance.uniform(behind, max(0.84, behind + 0.02), count))
    for depth in depths:
        shelved = chance.random() < SHELVES
        thing = shelf(chance) if shelved else product(chance, out.elevation)
        foot = out.horizon + depth * (out.foot - out.horizon)
        size = (chance.uniform(0.5, 1.6) if shelved else chance.uniform(0.2, 0.85)) * depth
        alpha, albedo, _, _ = placed(thing, out.nearness.shape, chance.uniform(-0.55, 0.55), foot, size, 0.0)
        shade = (0.75 + 0.35 * noise(chance, out.nearness.shape[0], out.nearness.shape[1], (2, 2), 1))[..., None]
        share = alpha[..., None]
        out.albedo = (out.albedo * (1 - share) + albedo * shade * share).astype(np.float32)
        out.nearness = np.where(alpha > 0.5, np.float32(depth), out.nearness)
        out.floor = out.floor * (1 - alpha)


def placed(
    sprite: Sprite, shape: tuple[int, ...], x: float, foot: float, size: float, roll: float
) -> tuple[Map, Map, Map, Map]:
    """A sprite in the picture: alpha, albedo, normal, relief (in canvas widths). ``x``, ``foot``: its lower middle."""
    height, width = shape[:2]
    scale = size * width / SIDE
    cos, sin = np.cos(roll) * scale, np.sin(roll) * scale
    pivot = np.array([0.5 * SIDE, 0.98 * SIDE])
    target = np.array([(x + 0.5) * width, foot * width + height / 2])
    turn = np.array([[cos, -sin], [sin, cos]])
    matrix = np.column_stack((turn, target - turn @ pivot))
    how = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR

    def put(part: Map) -> Map:
        if scale < 0.7:  # warping alone would leave steps
            part = cv2.GaussianBlur(part, (0, 0), 0.35 / scale)
        return cv2.warpAffine(part, matrix, (width, height), flags=how)

    normal = put(sprite.normal) @ np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]], np.float32)
    alpha = put(sprite.alpha)
    albedo = put(sprite.albedo * sprite.alpha[..., None]) / np.maximum(alpha, 1e-3)[..., None]
    return alpha, albedo, normal, put(sprite.relief) * size
