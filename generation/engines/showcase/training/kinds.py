"""More invented products: those with soft outlines, thin parts and holes. See ``sprites``."""

from collections.abc import Callable

import numpy as np

from generation.engines.showcase.training.sprites import (
    GRID_Y,
    Sprite,
    arc,
    box,
    curve,
    device,
    disc,
    even,
    nothing,
    polygon,
    printed,
    slab,
    solid,
    stroke,
    turned,
)
from generation.engines.showcase.training.surfaces import Chance, Pattern, hsv, pattern

Maker = Callable[[Chance, float], Sprite]


def _own(chance: Chance) -> Pattern:
    """One colour or one material for a whole thing."""
    return even(chance) if chance.random() < 0.5 else pattern(chance, *GRID_Y.shape)


def shoe(chance: Chance, elevation: float) -> Sprite:
    """Toe to one side, a sole, an opening, sometimes stripes."""
    top, heel = chance.uniform(0.35, 0.62), chance.uniform(0.06, 0.14)
    upper = [(heel, 0.9), (heel - 0.02, top + 0.1), (heel + 0.04, top), (0.38, top + 0.03), (0.5, top + 0.14)]
    upper += [(0.75, 0.72), (0.93, 0.8), (0.95, 0.92), (0.5, 0.93)]
    jitter = np.array(curve([(x + chance.normal(0, 0.012), y + chance.normal(0, 0.012)) for x, y in upper]))
    sprite = solid(chance, polygon([tuple(p) for p in jitter]), 0.14, _own(chance))
    for _ in range(int(chance.integers(0, 5))):
        x = chance.uniform(0.2, 0.7)
        sash = stroke([(x, 0.9), (x + chance.uniform(-0.12, 0.12), 0.55)], chance.uniform(0.015, 0.05)) * sprite.alpha
        sprite = solid(chance, sash, 0.01, even(chance)).over(sprite)
    sole = slab(heel - 0.03, 0.88, 0.97, 0.98, 0.03)
    sprite = solid(chance, sole, 0.02, even(chance)).over(sprite)
    mouth = disc(heel + 0.17, top + 0.02, 0.12, 0.03 + 0.05 * np.sin(elevation), -8)
    sprite = solid(chance, mouth * sprite.alpha, 0.005, even(chance)).over(sprite)
    return _mirrored(sprite) if chance.random() < 0.5 else sprite


def _mirrored(sprite: Sprite) -> Sprite:
    normal = sprite.normal[:, ::-1] * np.array([-1, 1], np.float32)
    return Sprite(sprite.alpha[:, ::-1], sprite.albedo[:, ::-1], normal, sprite.relief[:, ::-1], sprite.gloss)


def pebble(chance: Chance, elevation: float) -> Sprite:
    """Any soft closed shape: a mouse, a plush toy, a fruit, a cushion, a stone."""
    count, aspect = int(chance.integers(5, 11)), chance.uniform(0.35, 1.0)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = 0.44 * chance.uniform(0.62, 1.0, count)
    points = [
        (0.5 + r * np.cos(t), 0.98 - 0.46 * aspect + r * aspect * np.sin(t)) for r, t in zip(radius, turn, strict=True)
    ]
    sprite = solid(chance, polygon(curve(points)), chance.uniform(0.05, 0.25), _own(chance))
    for _ in range(int(chance.integers(0, 5))):
        x, y, size = chance.uniform(0.25, 0.75), 0.98 - aspect * chance.uniform(0.2, 0.8), chance.uniform(0.02, 0.12)
        spot = disc(x, y, size, size * chance.uniform(0.4, 1)) * sprite.alpha
        sprite = solid(chance, spot, size / 3, even(chance)).over(sprite)
    return sprite


def bag(chance: Chance, elevation: float) -> Sprite:
    wide, tall = chance.uniform(0.4, 0.85), chance.uniform(0.3, 0.6)
    lean, top = chance.uniform(-0.08, 0.1), 0.98 - tall
    body = polygon(
        [(0.5 - wide / 2, 0.98), (0.5 - wide / 2 + lean, top), (0.5 + wide / 2 - lean, top), (0.5 + wide / 2, 0.98)]
    )
    sprite = solid(chance, body, chance.uniform(0.02, 0.12), _own(chance))
    reach = wide * chance.uniform(0.2, 0.4)
    rise = min(chance.uniform(0.1, 0.45), top - 0.04)
    strap = stroke([*arc(0.5, top, reach, rise)[12:], (0.5 + reach, top)], chance.uniform(0.012, 0.04))
    sprite = sprite.over(solid(chance, strap, 0.01, even(chance)))
    if chance.random() < 0.6:
        flap = polygon(
            [(0.5 - wide / 2 + lean, top), (0.5 + wide / 2 - lean, top), (0.5, top + tall * chance.uniform(0.3, 0.8))]
        )
        sprite = solid(chance, flap * sprite.alpha, 0.02, _own(chance)).over(sprite)
    return printed(chance, sprite, (0.4, top + tall * 0.4, 0.6, 0.9)) if chance.random() < 0.5 else sprite


def chair(chance: Chance, elevation: float) -> Sprite:
    """Seat, back with or without a hole, legs that splay; a table where the back is left out, a sofa where it is broad."""
    wide, seat = chance.uniform(0.4, 0.95), chance.uniform(0.55, 0.78)
    x0, x1, thick = 0.5 - wide / 2, 0.5 + wide / 2, chance.uniform(0.02, 0.16)
    cover, legs = _own(chance), even(chance)
    sprite = nothing()
    for x in (x0 + 0.06, x0 + 0.16, x1 - 0.16, x1 - 0.06):
        foot = x + (x - 0.5) * chance.uniform(0, 0.3)
        end = 0.98 if x in (x0 + 0.06, x1 - 0.06) else 0.98 - 0.12 * np.sin(elevation) - 0.02
        sprite = solid(chance, stroke([(x, seat), (foot, end)], chance.uniform(0.012, 0.04)), 0.01, legs).over(sprite)
    if chance.random() < 0.75:
        top = chance.uniform(0.05, seat - 0.15)
        back = slab(x0, top, x1, seat + 0.02, chance.uniform(0.02, 0.12))
        if chance.random() < 0.4:
            gap = slab(x0 + wide * 0.15, top + (seat - top) * 0.45, x1 - wide * 0.15, seat - 0.03, 0.02)
            back = back * (1 - gap)
        sprite = solid(chance, back, 0.05, cover).over(sprite)
    cushion = slab(x0 - 0.02, seat - thick, x1 + 0.02, seat + thick / 2, min(thick / 2, 0.05))
    sprite = solid(chance, cushion, thick / 3, cover).over(sprite)
    if chance.random() < 0.4:
        for x in (x0 - 0.02, x1 - 0.06):
            arm = slab(x, seat - chance.uniform(0.1, 0.2), x + 0.08, seat + thick, 0.02)
            sprite = solid(chance, arm, 0.03, cover).over(sprite)
    return sprite


def plant(chance: Chance, elevation: float) -> Sprite:
    """Leaves or flowers out of a pot, hanging or upright; sometimes without the pot."""
    pot_top = chance.uniform(0.55, 0.85) if chance.random() < 0.8 else 0.98
    green, sprite = hsv(chance.uniform(0.2, 0.45), chance.uniform(0.2, 0.8), chance.uniform(0.15, 0.7)), nothing()
    hanging, leafy = chance.random() < 0.2, chance.uniform(0.008, 0.06)
    for _ in range(int(chance.integers(6, 34))):
        lean = chance.normal(0, 0.5)
        reach = chance.uniform(0.15, 0.6 if not hanging else 0.4)
        end = (0.5 + reach * np.sin(lean) * 1.1, pot_top - reach * np.cos(lean) * (1 if not hanging else -0.6))
        knee = (0.5 + (end[0] - 0.5) * 0.4 + chance.normal(0, 0.03), pot_top - reach * chance.uniform(0.3, 0.7))
        shade = np.broadcast_to(np.clip(green * chance.uniform(0.6, 1.4), 0, 1), (*GRID_Y.shape, 3)).astype(np.float32)
        stem = curve([(0.5 + chance.normal(0, 0.03), pot_top), knee, end], closed=False)
        leaf = stroke(stem, leafy * chance.uniform(0.3, 1))
        if chance.random() < 0.5:
            leaf = np.maximum(leaf, disc(*end, leafy * 2.2, leafy, np.degrees(lean) + 90))
        sprite = solid(chance, leaf, leafy, shade).over(sprite)
        if chance.random() < 0.25:
            sprite = solid(chance, disc(*end, leafy * 1.6, leafy * 1.9), leafy, even(chance)).over(sprite)
    if pot_top < 0.98:
        wide, narrow = chance.uniform(0.1, 0.26), chance.uniform(0.6, 1.0)
        pot = polygon(
            [(0.5 - wide, pot_top), (0.5 + wide, pot_top), (0.5 + wide * narrow, 0.98), (0.5 - wide * narrow, 0.98)]
        )
        sprite = solid(chance, pot, wide, _own(chance)).over(sprite)
    return sprite


def wheels(chance: Chance, elevation: float) -> Sprite:
    """Thin tubes and rings one sees through: a bicycle, a pram, a lamp, a rack, a pair of glasses."""
    radius, tube = chance.uniform(0.12, 0.24), chance.uniform(0.01, 0.03)
    shade = even(chance)
    low = 0.98 - radius
    hubs = [(0.04 + radius, low), (0.96 - radius, low)]
    rings = [stroke(arc(x, y, radius - tube / 2, radius - tube / 2), tube, closed=True) for x, y in hubs]
    if chance.random() < 0.5:
        rings += [
            stroke([(x, y), (x + radius * np.cos(t), y + radius * np.sin(t))], 0.005) for x, y in hubs for t in range(6)
        ]
    sprite = solid(chance, np.max(rings, 0), tube / 2, even(chance))
    knots = [hubs[0], hubs[1], (0.45, low + 0.01), (0.35, low - 0.3), (0.68, low - 0.28), (0.72, low - 0.4)]
    for a, b in ((0, 3), (0, 2), (2, 3), (3, 4), (2, 4), (4, 1), (4, 5)):
        if chance.random() < 0.85:
            bar = stroke([knots[a], knots[b]], tube * chance.uniform(0.7, 1.6))
            sprite = solid(chance, bar, tube / 2, shade).over(sprite)
    return solid(chance, slab(0.28, low - 0.35, 0.42, low - 0.31, 0.015), 0.01, even(chance)).over(sprite)


def loop(chance: Chance, elevation: float) -> Sprite:
    """A band with something on it: headphones, a watch, a ring, a belt, a necklace."""
    rx, ry, band = chance.uniform(0.2, 0.42), chance.uniform(0.25, 0.42), chance.uniform(0.02, 0.1)
    ring = stroke(arc(0.5, 0.52, rx, ry), band, closed=True)
    if chance.random() < 0.5:
        ring = ring * (GRID_Y < 0.62)
    sprite = solid(chance, ring, band / 2, _own(chance))
    if chance.random() < 0.5:
        for side in (-1, 1):
            pad = disc(0.5 + side * rx, 0.66, band * 1.2 + 0.03, band + 0.1, side * 8)
            sprite = solid(chance, pad, 0.05, even(chance)).over(sprite)
    else:
        face = disc(0.5, 0.52 + ry, 0.14, 0.13)
        sprite = solid(chance, face, 0.02, even(chance)).over(sprite)
        sprite = solid(chance, disc(0.5, 0.52 + ry, 0.11, 0.10), 0.01, even(chance)).over(sprite)
    return _standing(sprite)


def ball(chance: Chance, elevation: float) -> Sprite:
    sprite = solid(chance, disc(0.5, 0.55, 0.43, 0.43), 0.43, _own(chance))
    for _ in range(int(chance.integers(0, 7))):
        seam = (
            stroke(arc(chance.uniform(0.1, 0.9), chance.uniform(0.1, 0.9), 0.4, 0.4), 0.012, closed=True) * sprite.alpha
        )
        sprite.albedo = sprite.albedo * (1 - seam[..., None]) + even(chance) * seam[..., None]
    return sprite


def cable(chance: Chance, elevation: float) -> Sprite:
    """A long thing that winds, with a head at its end: a cable, a hose, a brush, a tool."""
    points = [(chance.uniform(0.05, 0.3), 0.1), (0.35, 0.3 + chance.normal(0, 0.1)), (0.6, 0.6 + chance.normal(0, 0.1))]
    points.append((0.8, 0.85))
    sprite = solid(chance, stroke(curve(points, closed=False), chance.uniform(0.04, 0.16)), 0.05, even(chance))
    return solid(chance, disc(0.8, 0.85, 0.16, 0.1, 40), 0.04, _own(chance)).over(sprite)


def _standing(sprite: Sprite) -> Sprite:
    """Moved down to the lower edge of the sheet."""
    rows = np.flatnonzero(sprite.alpha.max(1) > 0.5)
    gap = int(0.98 * len(sprite.alpha)) - int(rows[-1]) if len(rows) else 0
    if gap <= 0:
        return sprite
    alpha, albedo, normal, relief = (
        np.roll(part, gap, 0) for part in (sprite.alpha, sprite.albedo, sprite.normal, sprite.relief)
    )
    return Sprite(alpha, albedo, normal, relief, sprite.gloss)


MAKERS: tuple[tuple[Maker, float], ...] = (
    (turned, 0.26), (box, 0.14), (device, 0.16), (shoe, 0.07), (pebble, 0.08), (bag, 0.06), (chair, 0.06), (plant, 0.06),
    (wheels, 0.02), (loop, 0.02), (ball, 0.03), (cable, 0.01),
)  # fmt: skip


def product(chance: Chance, elevation: float) -> Sprite:
    """A random one."""
    weights = np.array([weight for _, weight in MAKERS])
    make = MAKERS[int(chance.choice(len(MAKERS), p=weights / weights.sum()))][0]
    return _standing(make(chance, elevation))
