"""What fills a room behind a product and is not for sale: shelves full of small things.

Untaught, a reader takes a shelf that an armchair stands before for a part of the armchair: both are large, sharp and
stand on the floor.
"""

from itertools import pairwise

import numpy as np

from generation.engines.showcase.training.sprites import (
    SIDE,
    Map,
    Sprite,
    even,
    nothing,
    polygon,
    solid,
    stroke,
)
from generation.engines.showcase.training.surfaces import Chance, colour, pattern

BOTTOM = 0.98  # of a sheet: what stands there touches the floor


def shelf(chance: Chance) -> Sprite:
    """Two posts, a few boards, perhaps a back, and on the boards books and boxes."""
    half, top, lean = chance.uniform(0.15, 0.46), chance.uniform(0.03, 0.4), chance.choice((0.0, 0.0, 0.05))
    thick = chance.uniform(0.012, 0.04)
    wood = even(chance) if chance.random() < 0.6 else pattern(chance, SIDE, SIDE)
    corners = [(0.5 - half + lean, top), (0.5 + half - lean, top), (0.5 + half, BOTTOM), (0.5 - half, BOTTOM)]
    boards = np.linspace(top, BOTTOM - chance.uniform(0.02, 0.12), int(chance.integers(3, 8)))
    sprite = solid(chance, polygon(corners), 0.004, even(chance)) if chance.random() < 0.45 else nothing()
    sprite = _filled(chance, boards, half - lean - thick).over(sprite)
    frame = np.max(
        [stroke([corners[0], corners[3]], thick), stroke([corners[1], corners[2]], thick)]
        + [stroke([(0.5 - half + lean, y), (0.5 + half - lean, y)], thick) for y in boards],
        axis=0,
    )
    return solid(chance, frame, thick / 3, wood).over(sprite)


def _filled(chance: Chance, boards: Map, half: float) -> Sprite:
    """Rows of upright things between the boards, drawn as one sheet: one by one they would cost more than the room."""
    mask, albedo = np.zeros((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE, 3), np.float32)
    for above, board in pairwise(boards):
        x, room, row = 0.5 - half, board - above, colour(chance)
        while x < 0.5 + half:
            wide = chance.uniform(0.01, 0.045) if chance.random() < 0.75 else chance.uniform(0.05, 0.16)
            if chance.random() < 0.75:
                high = room * chance.uniform(0.3, 0.95)
                part = _part(x, board - high, min(x + wide, 0.5 + half), board)
                mask[part] = 1
                albedo[part] = (
                    np.clip(row * chance.uniform(0.7, 1.3), 0, 1) if chance.random() < 0.3 else colour(chance)
                )
            x += wide * chance.uniform(1.0, 1.3)
    return solid(chance, mask, 0.006, albedo)


def _part(x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
    return slice(round(y0 * SIDE), round(y1 * SIDE)), slice(
        round(x0 * SIDE), max(round(x1 * SIDE), round(x0 * SIDE) + 1)
    )
