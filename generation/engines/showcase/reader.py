"""The DiT as a reader of scenes: what ``Showcase`` films by."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch
from diffusers.utils.logging import disable_progress_bar
from numpy.typing import NDArray

from generation.domain.engine_spec import Move
from generation.domain.framing import Aim
from generation.domain.rig import Pose
from generation.engines.showcase.latents import KEYS
from generation.engines.showcase.looks import LOOKS, Reading, looked_at
from generation.engines.showcase.pipeline import ShowcasePipeline
from generation.engines.showcase.scene import Homographies, Image, Map, Scene, SceneMaps, no_motion
from generation.engines.showcase.shipped import WEIGHTS, missing
from generation.errors import WeightsMissing
from generation.watch import Watch

# Product widths: the product's own motion beside the rig's is never larger. What moved more would come apart from those
# of its parts that the outline has missed and that move with the background beside it.
LARGEST = 0.0012
FIT = 3  # degree of the polynomials that smooth it over time
SURE, LOST = 0.94, 0.80  # agreement of the looks, and the confidence of 1 and 0 that it stands for


@cache
def pipeline(folder: Path = WEIGHTS) -> ShowcasePipeline:
    """Loaded once per process. Raises ``WeightsMissing``."""
    for part in missing(folder):
        raise WeightsMissing(f"missing: {part}")
    disable_progress_bar()  # of two files
    try:
        made = ShowcasePipeline.from_pretrained(str(folder), local_files_only=True, dtype=torch.float32)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise WeightsMissing(f"the weights of showcase cannot be read ({error}): install Hitsmith again") from error
    made.set_progress_bar_config(disable=True)
    if torch.cuda.is_available():
        made = made.to("cuda")
    return made


class DitReader:
    """Asks the DiT. See ``scene.SceneReader``."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        self._pipeline = pipeline(folder)

    def read(
        self, photo: Image, poses: tuple[Pose, ...], move: Move, strength: float, aim: Aim, seed: int, watch: Watch
    ) -> Scene:
        keys = np.linspace(0, len(poses) - 1, KEYS).round().astype(int)
        path = tuple(_in_photo_widths(poses[key], aim.width / photo.shape[1]) for key in keys)

        def told(done: float) -> None:
            watch.step(done, "read the scene")

        found = looked_at(self._pipeline, photo, path, move, seed, told, LOOKS)
        return Scene(maps_of(found), _motion(found, len(poses), keys))


def _in_photo_widths(pose: Pose, scale: float) -> Pose:
    return replace(pose, x=pose.x * scale, y=pose.y * scale, lift_x=pose.lift_x * scale, lift_y=pose.lift_y * scale)


def maps_of(found: Reading) -> SceneMaps:
    """All at the size of the matte; as sure as the looks agree."""
    size = (found.matte.shape[1], found.matte.shape[0])

    def large(values: Map) -> Map:
        return cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)

    return SceneMaps(
        matte=found.matte,
        nearness=large(found.nearness),
        normal=large(found.normal),
        shadow=large(found.shadow),
        confidence=float(np.clip((found.agreement - LOST) / (SURE - LOST), 0, 1)),
    )


def _motion(found: Reading, frames: int, keys: NDArray[np.int64]) -> Homographies:
    """Smooth over time, none at the first key, and never larger than LARGEST."""
    own = found.motion.astype(np.float64)
    own = own - own[:1]
    times = keys / max(frames - 1, 1)
    powers = np.stack([times**power for power in range(1, FIT + 1)], 1)
    fit = np.linalg.lstsq(powers, own, rcond=None)[0]
    ways = np.linspace(0, 1, frames)
    smooth = np.stack([ways**power for power in range(1, FIT + 1)], 1) @ fit
    reach = np.abs(smooth).reshape(frames, 2, 3) @ np.array([0.5, 0.5, 1.0])
    smooth = smooth * min(1.0, LARGEST / max(float(reach.max()), 1e-9))
    out = no_motion(frames)
    out[:, :2] += smooth.reshape(frames, 2, 3)
    return out
