"""A shot filmed for a place in a finished video: its number of pictures, its size, the way it is turned."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generation.domain.engine_spec import EngineSpec, Framing, Move
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines.registry import engine
from generation.errors import MediaMissing
from generation.film import film_to_file
from generation.media import sha256_of
from generation.render.yuv import Frame, cropped, mix, resized
from generation.shots.cuts import Bounds
from generation.shots.survey import Planes, Survey, pictures
from generation.subject import find_subject, read_photo
from generation.watch import Watch


@dataclass(frozen=True)
class Wish:
    """What is to be seen in the new shot. ``match`` 0..1: how far it takes over the look of the shots around it."""

    photo: Path
    move: Move = Move.PUSH
    framing: Framing = Framing.MEDIUM
    strength: float = 1.0
    seed: int = 1
    engine: str = "still"
    match: float = 1.0


def plan_for(video: Survey, place: Bounds, wish: Wish) -> ShotPlan:
    """Exactly as many pictures as the place has; they are shown at the video's own times. Raises ``PlanRefused``."""
    if not wish.photo.is_file():
        raise MediaMissing(f"there is no photo {wish.photo}: give the path of a JPEG or PNG")
    spec = engine(wish.engine).spec
    photo = read_photo(wish.photo)
    height, width = photo.shape[:2]
    canvas_width, canvas_height = film_size(spec, *video.look.shown)
    image = ImageRef(sha256_of(wish.photo), wish.photo.name, width, height, find_subject(photo))
    return plan(
        spec,
        ShotRequest(
            image=image,
            move=wish.move,
            framing=wish.framing,
            strength=wish.strength,
            frames=place.frames,
            fps=spec.fps,
            width=canvas_width,
            height=canvas_height,
            seed=wish.seed,
        ),
    )


def film_size(spec: EngineSpec, width: int, height: int) -> tuple[int, int]:
    """The size of the video, or the largest of its shape that the engine can film."""
    if spec.sizes:
        return width, height
    scale = min(1.0, math.sqrt(spec.max_pixels / (width * height)))
    step = math.lcm(spec.size_multiple, 2)
    rounded = math.floor if scale < 1.0 else math.ceil
    return rounded(width * scale / step) * step, rounded(height * scale / step) * step


def film(shot: ShotPlan, wish: Wish, out: Path, watch: Watch) -> None:
    """Film into ``out``. Raises ``GenerationError``."""
    film_to_file(shot, {shot.photo.sha256: wish.photo}, out, watch)


def fitted(clip: Path, video: Survey, place: Bounds) -> Iterator[Planes]:
    """The filmed pictures as the video holds its own. One for one where its pictures are steady; where they are not,
    those between two filmed pictures are mixed of both, so that the move keeps its pace."""
    look = video.look
    for frame in _timed(clip, _places(video, place)):
        laid = _cover(frame, *look.shown)
        yield _turned(laid, look.rotation) if look.rotation else laid.planar


def _places(video: Survey, place: Bounds) -> list[float]:
    """For each picture, which filmed one it is (0 ..), or between which two."""
    last = place.frames - 1
    if video.is_steady or not last:
        return [float(number) for number in range(place.frames)]
    times = video.times[place.start : place.end]
    return [float((time - times[0]) / (times[-1] - times[0]) * last) for time in times]


def _timed(clip: Path, places: list[float]) -> Iterator[Frame]:
    found = pictures(clip)
    here, number = _frame(next(found)), 0
    after = here
    for place in places:
        while number < int(place):
            here, number = after, number + 1
            after = here
        if after is here:
            following = next(found, None)
            after = here if following is None else _frame(following)
        if place == number:
            yield here
        else:
            between = here.copy()
            mix(between, after, place - number)
            yield between


def _frame(planes: Planes) -> Frame:
    return Frame(planes.shape[1], planes.shape[0] * 2 // 3, planes.reshape(-1))


def _cover(frame: Frame, width: int, height: int) -> Frame:
    """Scaled to fill width x height; what is too much at two sides is cut off."""
    if (frame.width, frame.height) == (width, height):
        return frame
    scale = max(width / frame.width, height / frame.height)
    across = min(2 * round(width / scale / 2), frame.width)
    down = min(2 * round(height / scale / 2), frame.height)
    if (across, down) != (frame.width, frame.height):
        x, y = 2 * ((frame.width - across) // 4), 2 * ((frame.height - down) // 4)
        frame = cropped(frame, x, y, across, down)
    return resized(frame, width, height)


def _turned(frame: Frame, rotation: int) -> Planes:
    """As the video stores it: a player will turn it by ``rotation`` degrees counter-clockwise."""
    quarters = -rotation // 90
    luma = np.rot90(frame.luma, quarters)
    chroma = [np.rot90(plane, quarters) for plane in frame.chroma]
    flat = np.concatenate([np.ascontiguousarray(plane).reshape(-1) for plane in (luma, *chroma)])
    return flat.reshape(luma.shape[0] * 3 // 2, luma.shape[1])
