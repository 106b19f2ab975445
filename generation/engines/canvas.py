"""A photo on the canvas of a shot: what every engine that starts from a photo does first.

It is composed as ``domain.framing`` says, with room for the camera's path, so that no engine is handed a picture in
which the product is cut, and none stretches it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from generation.domain.camera import View, path, reach
from generation.domain.framing import Aim, Photo, compose, in_photo, on_canvas
from generation.domain.geometry import Box
from generation.domain.shot_plan import ImageRef, ShotPlan
from generation.engines.edges import judge
from generation.engines.plate import Plate, make_plate
from generation.errors import MediaBroken
from generation.subject import find_subject, read_photo

Pixels = NDArray[Any]  # uint8, height x width x 3, BGR


@dataclass(frozen=True)
class Staged:
    """``shown``: everywhere the product is on the canvas along ``views``, in fractions; ``None`` if nobody knows."""

    plate: Plate
    aim: Aim
    views: tuple[View, ...]
    shown: Box | None


def photo_of(image: ImageRef, file: Path) -> Pixels:
    """The photo as it was planned with. Raises ``MediaBroken``."""
    photo = read_photo(file)
    if photo.shape[:2] != (image.height, image.width):
        raise MediaBroken("the photo has another size than this shot was planned with: upload it again")
    return photo


def staged(plan: ShotPlan, image: ImageRef, photo: Pixels) -> Staged:
    """The photo ready to be looked at along the plan's camera path."""
    subject = image.subject or find_subject(photo)
    aspect = plan.height / plan.width
    views = path(plan.move, plan.strength, plan.seed, plan.frames, plan.fps, aspect)
    edges = judge(photo)
    sheet = Photo(
        width=image.width,
        height=image.height,
        subject=subject,
        plain_sides=edges.left and edges.right,
        plain_ends=edges.top and edges.bottom,
    )
    aim = compose(sheet, plan.framing, plan.width, views, aspect)
    plate = make_plate(photo, aim, in_photo(reach(views, aspect), aim), subject, edges, plan.width)
    shown = None if subject is None else on_canvas(subject, sheet, aim, views, aspect)
    return Staged(plate, aim, views, shown)
