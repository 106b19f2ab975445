"""What can be found out about any film from its bytes alone, whoever made it. The bytes are a stranger's: nothing is believed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from generation.deliver.aigc import read_aigc
from generation.deliver.readback import ReadBack, decoded, read_back
from generation.deliver.signing import Signature, can_read, read_signature
from generation.deliver.visible_label import LabelSeen, compare, see_label
from generation.domain.geometry import WHOLE
from generation.domain.layout import ASPECTS, LayoutImpossible, PixelBox
from generation.domain.timeline import Canvas
from generation.errors import DeliverableRefused, MediaBroken
from generation.ffmpeg import opened
from generation.render.label import Label, ai_label
from generation.render.yuv import Frame, layer

MOST_BYTES = 2 * 1024**3  # what is read into memory
MOST_SECONDS = 3600
MOST_SIDE = 8192
ASPECT_TOLERANCE = 0.01
FIRST_LIKENESS = 0.6  # of the best place in the first picture; below it there is no label to look closer at


@dataclass(frozen=True)
class FileFacts:
    """``aigc`` is the implicit label, or None with the reason in ``aigc_trouble``; the same for the visible one."""

    bytes: int
    container: str
    read: ReadBack
    rotation: int
    aigc: Mapping[str, str] | None = None
    aigc_trouble: str = ""
    label: LabelSeen | None = None
    label_trouble: str = ""
    signature: Signature | None = None
    signature_known: bool = True  # False: the package that could read one is not installed

    @property
    def width(self) -> int:
        return self.read.video.height if self.rotation % 180 else self.read.video.width

    @property
    def height(self) -> int:
        return self.read.video.width if self.rotation % 180 else self.read.video.height

    @property
    def aspect(self) -> str:
        """Such as ``9:16``, or ``WxH`` for one that we do not make."""
        ratio = self.width / max(self.height, 1)
        near = {name: abs(ratio / (across / down) - 1) for name, (across, down) in ASPECTS.items()}
        name = min(near, key=lambda item: near[item])
        return name if near[name] <= ASPECT_TOLERANCE else f"{self.width}x{self.height}"


def facts_of(path: Path, read: ReadBack) -> FileFacts:
    """What platforms ask for of a file that was read back; its marks are proved elsewhere."""
    with opened(path, blind=True) as container:
        first = next(container.decode(video=0), None)
    if first is None:
        raise MediaBroken(f"{path.name} has no picture: it is no film")
    turned = first.rotation
    return FileFacts(path.stat().st_size, "mov" if _brand(path) == b"qt  " else "mp4", read, turned)


def inspect(path: Path, label_text: str) -> FileFacts:
    """Everything, for a file of unknown origin. Raises ``MediaBroken`` or ``DeliverableRefused`` when it is no film."""
    _check_bounds(path)
    read = read_back(path)
    facts = facts_of(path, read)
    aigc, aigc_trouble = None, ""
    try:
        aigc = read_aigc(path)
    except DeliverableRefused as error:
        aigc_trouble = str(error).partition(":")[0]
    label, label_trouble = None, ""
    try:
        label = find_label(path, label_text, read)
    except (DeliverableRefused, LayoutImpossible) as error:
        label_trouble = str(error).partition(":")[0]
    known = can_read()
    return FileFacts(
        facts.bytes, facts.container, read, facts.rotation, aigc, aigc_trouble, label, label_trouble,
        read_signature(path) if known else None, known,
    )  # fmt: skip


def find_label(path: Path, text: str, read: ReadBack) -> LabelSeen:
    """Our visible label, wherever it stands. Raises ``DeliverableRefused`` when it is not there as the law wants it."""
    video = read.video
    canvas = Canvas(video.width, video.height, max(round(video.fps), 1))
    label = ai_label(text, video.frames, canvas, WHOLE)
    first = decoded(path, [0]).get(0)
    place = None if first is None else _best_place(first, label)
    if place is None:
        raise DeliverableRefused(f"the AI label {text!r} was not found in the first picture")
    moved = _moved(label, *place)
    if first is None or compare(first, moved)[0] < FIRST_LIKENESS:
        raise DeliverableRefused(f"the AI label {text!r} was not found in the first picture")
    return see_label(path, moved, canvas.fps)


def _best_place(picture: Frame, label: Label) -> tuple[int, int] | None:
    """(x, y) of the plate where the picture is most like the drawing."""
    planes, box, cue = layer(label.cue.picture), label.box, label.cue
    drawn = planes.luma[box.y - cue.y :, box.x - cue.x :][: box.height, : box.width]
    if drawn.shape[0] > picture.height or drawn.shape[1] > picture.width:
        return None
    likeness = cv2.matchTemplate(picture.luma, drawn, cv2.TM_CCOEFF_NORMED)
    x, y = cv2.minMaxLoc(likeness)[3]
    return int(x), int(y)


def _moved(label: Label, x: int, y: int) -> Label:
    cue = replace(label.cue, x=x - (label.box.x - label.cue.x), y=y - (label.box.y - label.cue.y))
    return replace(label, cue=cue, box=PixelBox(x, y, label.box.width, label.box.height))


def _check_bounds(path: Path) -> None:
    """Before anything is decoded: no file may take all memory or all day."""
    if not path.is_file():
        raise MediaBroken(f"there is no file {path.name}: check the path")
    if path.stat().st_size > MOST_BYTES:
        raise MediaBroken(f"{path.name} has more than 2 GiB: no platform takes such an ad")
    with opened(path) as container:
        if not container.streams.video:
            raise MediaBroken(f"{path.name} has no picture: it is no film")
        context = container.streams.video[0].codec_context
        if max(context.width, context.height) > MOST_SIDE or min(context.width, context.height) < 2:
            raise MediaBroken(f"{path.name} is {context.width}x{context.height}: at most {MOST_SIDE} a side are judged")
        if (container.duration or 0) / 1_000_000 > MOST_SECONDS:
            raise MediaBroken(f"{path.name} lasts more than an hour: it is no ad")


def _brand(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(12)[8:]
