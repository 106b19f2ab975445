"""Whether the visible AI label really stands in the decoded pictures, where and as large as it was drawn."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from av.packet import Packet

from generation.deliver.readback import decoded
from generation.errors import DeliverableRefused
from generation.ffmpeg import opened
from generation.remembered import Remembered
from generation.render.label import Label
from generation.render.yuv import Frame, layer
from generation.shots.avc import SLICE_IDR, NotAvc, nal_types

MIN_SECONDS = 2.0
MIN_LIKENESS = 0.9  # normalised correlation with what was drawn
MIN_CONTRAST = 80  # luma steps between text and plate, of 219
REORDERED = 16  # H.264's largest decoded picture buffer (Rec. ITU-T H.264, A.3.1)


@dataclass(frozen=True)
class LabelSeen:
    """The worst of all pictures that were looked at. ``seconds``: how long the label stands unfaded."""

    likeness: float
    contrast: float
    seconds: float


_proved = Remembered[LabelSeen](64)


def see_label(path: Path, label: Label, fps: int) -> LabelSeen:
    """Decode pictures from the first to the end of the label's time and compare them with the drawing.

    Raises ``DeliverableRefused`` when it is too short, too small, missing, covered or too pale.
    """
    return _proved.of(_beginning(path, label, fps), lambda: _looked_at(path, label, fps))


def _looked_at(path: Path, label: Label, fps: int) -> LabelSeen:
    needed = math.ceil(MIN_SECONDS * fps)
    until = label.solid_until
    numbers = sorted({0, 1, needed // 2, min(needed, until - 1), until - 1})
    pictures = decoded(path, numbers) if numbers[0] >= 0 else {}
    if set(pictures) != set(numbers) or until < needed:
        raise DeliverableRefused(
            f"the AI label stands {max(until, 0) / fps:.1f} s, the law asks for 2 s: make the ad longer"
        )
    if label.smallest_glyph < label.required_glyph:
        raise DeliverableRefused(f"the AI label's glyphs have {label.smallest_glyph} px, not {label.required_glyph}")
    seen = _worst(pictures, label, until / fps)
    if seen.likeness < MIN_LIKENESS or seen.contrast < MIN_CONTRAST:
        raise DeliverableRefused(
            f"the AI label cannot be recognised in the picture (likeness {seen.likeness:.2f}, "
            f"contrast {seen.contrast:.0f}): cut the ad again"
        )
    return seen


def _beginning(path: Path, label: Label, fps: int) -> bytes:
    """SHA-256 of the coded pictures that the label stands in and of the label: equal ones are decoded to equal pictures.

    The variants of a batch often begin alike. A picture depends on none that is coded more than ``REORDERED`` after it,
    and on none from the next IDR picture on.
    """
    sizes = (label.smallest_glyph, label.required_glyph)
    told = hashlib.sha256(repr((label.box, label.solid_until, label.cue.x, label.cue.y, sizes, fps)).encode())
    told.update(label.cue.picture.tobytes())
    with opened(path, blind=True) as container:
        stream = container.streams.video[0]
        told.update(stream.codec_context.extradata or b"")
        for number, packet in enumerate(islice(container.demux(stream), max(label.solid_until, 0) + REORDERED)):
            if number >= label.solid_until and _starts_anew(packet):
                break
            told.update(repr((packet.pts, packet.size, packet.is_keyframe)).encode())
            told.update(bytes(packet))
    return told.digest()


def _starts_anew(packet: Packet) -> bool:
    """Whether it is an IDR picture of H.264; of another codec's nobody knows."""
    try:
        return packet.is_keyframe and SLICE_IDR in nal_types(bytes(packet))
    except NotAvc:
        return False


def _worst(pictures: Mapping[int, Frame], label: Label, seconds: float) -> LabelSeen:
    seen = [compare(picture, label) for picture in pictures.values()]
    return LabelSeen(
        round(min(likeness for likeness, _ in seen), 4), round(min(contrast for _, contrast in seen), 1), seconds
    )


def compare(picture: Frame, label: Label) -> tuple[float, float]:
    """(likeness, contrast) inside the plate; nothing of both where the drawing is too small to have letters on a plate."""
    box, cue = label.box, label.cue
    planes = layer(cue.picture)
    rows = slice(box.y - cue.y, box.y - cue.y + box.height)
    columns = slice(box.x - cue.x, box.x - cue.x + box.width)
    drawn = planes.luma[rows, columns].astype(np.float64)
    shown = picture.luma[box.y : box.y + box.height, box.x : box.x + box.width].astype(np.float64)
    text = drawn > 200
    plate = (drawn < 60) & (planes.keep[rows, columns] < 128)
    if not text.any() or not plate.any():
        return 0.0, 0.0
    contrast = float(shown[text].mean() - shown[plate].mean())
    either = text | plate
    first, second = drawn[either] - drawn[either].mean(), shown[either] - shown[either].mean()
    scale = math.sqrt(float((first**2).sum() * (second**2).sum()))
    return (float((first * second).sum()) / scale if scale else 0.0), contrast
