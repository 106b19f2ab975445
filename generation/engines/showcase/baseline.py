"""A reader that has learned nothing: the floor that the DiT has to beat, and what films when its weights are away.

The matte is GrabCut's, seeded like the search for the product's box. Depth is the rule of a product photo: the table
rises to the product where it stands, and behind it is a wall. Every surface faces the camera and no shadow is known.
"""

import cv2
import numpy as np

from generation.domain.engine_spec import Move
from generation.domain.framing import Aim
from generation.domain.rig import Pose
from generation.engines.showcase.scene import Image, Map, Scene, SceneMaps, no_motion, product_box
from generation.subject import search_pieces
from generation.watch import Watch

SIDE = 192  # longer side of the maps, pixels
WALL = 0.35  # nearness of what stands behind
HORIZON = 0.9  # of the table, product heights above the line where it stands
FEET = 0.03  # that line is so far above the product's lowest point, share of its height


class Baseline:
    def read(
        self, photo: Image, poses: tuple[Pose, ...], move: Move, strength: float, aim: Aim, seed: int, watch: Watch
    ) -> Scene:
        watch.step(0.0, "look")
        return Scene(read_maps(photo), no_motion(len(poses)))


def read_maps(photo: Image) -> SceneMaps:
    scale = SIDE / max(photo.shape[:2])
    width, height = (max(round(side * scale), 8) for side in (photo.shape[1], photo.shape[0]))
    found = search_pieces(photo)
    if found is None:
        matte, confidence = np.zeros((height, width), np.float32), 0.0
    else:
        pieces, confidence = found
        matte = cv2.resize(pieces.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    blank = np.zeros((height, width), np.float32)
    return SceneMaps(matte, _nearness(matte), np.dstack([blank, blank]), blank, confidence)


def _nearness(matte: Map) -> Map:
    """A table that falls back towards its horizon, and a wall."""
    height, _ = matte.shape
    box = product_box(matte)
    if box is None:
        return np.ones_like(matte)
    tall = box.height * height
    foot = box.y1 * height - FEET * tall
    down = np.arange(height, dtype=np.float32)[:, None] + 0.5
    table = 1.0 - (foot - down) / (HORIZON * tall)
    return np.repeat(np.clip(table, WALL, 1.0), matte.shape[1], axis=1).astype(np.float32)
