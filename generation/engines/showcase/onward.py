"""Going on from the last picture of a clip in depth: behind the product the wall moves less than the product does.

The scene is read from that picture and its layers are sampled anew, a little softer than the picture itself: one right
after the other would be seen. So it begins with the picture's own pixels, moved as a flat thing, and goes over into depth
while the camera stands so near the place it began at that both agree to a pixel or two.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from generation.domain.camera import ease
from generation.domain.engine_spec import EngineSpec, Framing, Move
from generation.domain.framing import Aim
from generation.domain.rig import Pose, seen
from generation.domain.shot_plan import ImageRef, ShotRequest, plan
from generation.engines.onward import Planes, moved
from generation.engines.showcase.scene import SceneReader
from generation.engines.showcase.shoot import Photographed, set_up
from generation.engines.showcase.warp import Frame, expose
from generation.render.yuv import Frame as Picture
from generation.render.yuv import to_rgb
from generation.subject import find_subject
from generation.watch import NullWatch

NEAR = 0.012  # canvas widths: so far a corner may be from where it began while depth comes in ...
COMES_IN = 12  # ... in so many pictures


def moved_in_depth(picture: Planes, poses: Sequence[Pose], spec: EngineSpec, reader: SceneReader) -> Iterator[Planes]:
    """One picture for each pose. Raises ``PlanRefused`` for a size that the engine cannot film."""
    width, height = picture.shape[1], picture.shape[0] * 2 // 3
    begins = _first_calm(poses, height / width)
    flat = moved(picture, poses)
    if begins is None:
        yield from flat
        return
    pixels = np.ascontiguousarray(to_rgb(Picture(width, height, picture.reshape(-1)))[:, :, ::-1])
    photo = Photographed(pixels, None, find_subject(pixels))
    aim = Aim(width / 2, height / 2, float(width))
    image = ImageRef("", "the clip's last picture", width, height, photo.subject)
    whole = ShotRequest(image, Move.STATIC, Framing.EXACT, 1.0, len(poses), spec.fps, width, height, seed=1)
    shoot = set_up(photo, plan(spec, whole), tuple(poses), aim, reader, NullWatch())
    frame = Frame.of(width, height)
    for index, pose in enumerate(poses):
        share = ease(min(max((index - begins) / COMES_IN, 0.0), 1.0))
        if share == 0.0:
            yield next(flat)
            continue
        expose(shoot.layers, index, pose, frame)
        yield frame.whole.copy() if share == 1.0 else cv2.addWeighted(next(flat), 1 - share, frame.whole, share, 0)


def _first_calm(poses: Sequence[Pose], aspect: float) -> int | None:
    """The first picture from which on ``COMES_IN`` of them stand where it all began; ``None`` if there is none."""
    corners = [(x, y) for x in (-0.5, 0.5) for y in (-aspect / 2, aspect / 2)]
    calm = 0
    for index, pose in enumerate(poses):
        away = max(np.hypot(*np.subtract(seen(pose, 1.0, x, y), (x, y))) for x, y in corners)
        calm = calm + 1 if away <= NEAR else 0
        if calm == COMES_IN:
            return index - COMES_IN + 1
    return None
