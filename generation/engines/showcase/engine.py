"""The ``showcase`` engine: a scene is read from the photo, then a camera moves through it in three dimensions.

The reader says what is product, how far away the rest is and where the shadow lies, at a low resolution. What is
filmed are the photo's own pixels: the product by one homography per frame, so that nothing can bend it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from generation.domain.engine_spec import EngineSpec, Mode, Move
from generation.domain.geometry import Box
from generation.domain.rig import Pose, landing, poses
from generation.domain.shot_plan import ShotPlan
from generation.engines.base import Filmed
from generation.engines.onward import Planes
from generation.engines.showcase.ending import glinting, matched, share, wipe
from generation.engines.showcase.onward import moved_in_depth
from generation.engines.showcase.scene import SceneReader
from generation.engines.showcase.shipped import fingerprint, missing
from generation.engines.showcase.shoot import Shoot, framed, on_canvas, photographed, set_up
from generation.engines.showcase.warp import Frame, expose
from generation.ffmpeg import ClipWriter
from generation.watch import Part, Watch

SPEC = EngineSpec(
    id="showcase",
    version="1",
    weights=fingerprint(),
    title_zh="立体运镜",
    title_en="A camera that moves through the photo",
    moves=frozenset(Move),
    fps=30,
    frame_step=1,
    frame_offset=0,
    max_ms=120_000,
    size_multiple=2,
    max_pixels=1080 * 1920,
    modes=frozenset({Mode.FIRST, Mode.FIRST_LAST}),
)
FRAMES_PER_STEP = 5
PREPARED = 0.3  # share of the work after which the first frame is exposed


def dit() -> SceneReader:
    """Imported only where something is filmed: torch and diffusers take seconds, and the web process needs neither."""
    from generation.engines.showcase.reader import DitReader

    return DitReader()


class Showcase:
    spec = SPEC

    def __init__(self, reader: Callable[[], SceneReader] = dit) -> None:
        self._maker = reader
        self._reader: SceneReader | None = None

    def missing(self) -> list[str]:
        return missing()

    def load(self) -> None:
        self.reader()

    def reader(self) -> SceneReader:
        """What reads scenes in this process. Raises ``WeightsMissing``."""
        if self._reader is None:
            self._reader = self._maker()
        return self._reader

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        watch.step(0.0, "prepare")
        shoots = _set_up(plan, images, self.reader(), Part(watch, 0.0, PREPARED))
        with ClipWriter(out, plan.width, plan.height, plan.fps) as writer:
            for index, frame in enumerate(_exposed(plan, shoots)):
                if index % FRAMES_PER_STEP == 0:
                    watch.step(PREPARED + (1 - PREPARED) * index / plan.frames, "film")
                writer.write(frame.whole)
        facts = {
            "confidence": [round(shoot.confidence, 3) for shoot in shoots],
            "rigid_plane": [shoot.layers.front is None for shoot in shoots],
        }
        return Filmed(plan.frames, plan.width, plan.height, plan.fps, _everywhere(plan, shoots), facts)

    def move_on(self, picture: Planes, poses: Sequence[Pose]) -> Iterator[Planes]:
        return moved_in_depth(picture, poses, SPEC, self.reader())


def _set_up(plan: ShotPlan, images: Mapping[str, Path], reader: SceneReader, watch: Watch) -> tuple[Shoot, ...]:
    """One shoot, or two where the shot ends on another photo."""
    way = poses(plan.move, plan.strength, plan.seed, plan.frames, plan.fps, plan.height / plan.width, plan.easing)
    if plan.last_image is None:
        photo = photographed(plan.photo, images)
        return (set_up(photo, plan, way, framed(photo, plan, way), reader, watch),)
    photos = photographed(plan.photo, images), photographed(plan.last_image, images)
    ways = way, landing(way)
    aims = tuple(framed(photo, plan, one) for photo, one in zip(photos, ways, strict=True))
    boxes = tuple(on_canvas(photo, aim) for photo, aim in zip(photos, aims, strict=True))
    ways = matched(*ways, (boxes[0], boxes[1]), plan.fps)
    return tuple(
        set_up(photo, plan, glinting(one, plan.fps), aim, reader, Part(watch, half / 2, half / 2 + 0.5))
        for half, (photo, one, aim) in enumerate(zip(photos, ways, aims, strict=True))
    )


def _exposed(plan: ShotPlan, shoots: tuple[Shoot, ...]) -> Iterator[Frame]:
    """The frames, one after the other in the same buffer."""
    frame, other = (Frame.of(plan.width, plan.height) for _ in range(2))
    for index in range(plan.frames):
        done = share(index, plan.frames, plan.fps) if len(shoots) > 1 else 0.0
        begins = shoots[0] if done < 1 else shoots[-1]
        expose(begins.layers, index, begins.poses[index], frame)
        if 0 < done < 1:
            expose(shoots[1].layers, index, shoots[1].poses[index], other)
            wipe(frame, other, done, shoots[0].layers.lattice)
        yield frame


def _everywhere(plan: ShotPlan, shoots: tuple[Shoot, ...]) -> Box | None:
    """Everywhere the product is during the shot."""
    whole: Box | None = None
    for number, shoot in enumerate(shoots):
        for index in range(plan.frames):
            done = share(index, plan.frames, plan.fps) if len(shoots) > 1 else 0.0
            box = shoot.box(index, plan.height / plan.width) if done != 1 - number else None
            if box is not None:
                whole = box if whole is None else whole.union(box)
    return whole
