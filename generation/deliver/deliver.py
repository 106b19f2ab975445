"""The one function that makes deliverables; nothing else may write one.

Encode, visible AI label, AIGC metadata, C2PA signature, read everything back from the bytes, the platforms' pre-flight, hash,
record. Several shapes of one ad are made of one pass over its clips.
"""

import logging
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from generation.deliver.aac import Aac
from generation.deliver.check import Check
from generation.deliver.marks import AigcMetadata, C2paSignature, Facts, Mark, VisibleLabel
from generation.deliver.material import check_material
from generation.deliver.safe_zones import safe_zone
from generation.deliver.shape import FilmShape, Proved, check_wanted
from generation.deliver.signing import Certificate, certificate_of_settings
from generation.deliver.sound import sound_of
from generation.domain.captions import CaptionTooLong
from generation.domain.cut_order import ClipFile, CutOrder
from generation.domain.layout import LayoutImpossible
from generation.domain.timeline import TimelineInvalid
from generation.domain.timeline_rules import validate
from generation.errors import CutRefused
from generation.render.picture import check_clips, pictures_of
from generation.render.staging import Staging, stage_ad
from generation.segments.cache import SegmentCache
from generation.segments.errors import SegmentsDiffer
from generation.segments.film import joined_film, tell
from generation.watch import Part, Watch

WATCH_EVERY = 5  # frames
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivered:
    """A file that passed every check. ``checks``: name -> passed, measured, expected; ``timings``: seconds of each step.

    ``label``: what was proved of its marks, and for each platform that takes its shape whether it takes the file. The
    timings of shapes that were made together are those of all of them.
    """

    video: Path
    poster: Path
    contact_sheet: Path
    sha256: str
    width: int
    height: int
    frames: int
    fps: int
    checks: dict[str, Facts]
    label: Facts
    notes: tuple[str, ...]
    timings: dict[str, float]


def preflight(order: CutOrder, files: Mapping[str, Path]) -> tuple[str, ...]:
    """Lay the whole ad out without a clip, so that a text that does not fit is known before anything is filmed or paid.

    Returns notes for the merchant. Raises ``CutRefused`` (also as ``MissingGlyph``), ``MediaMissing``, ``MediaBroken``.
    """
    return _staged(order, {}, files).notes


def deliver(
    order: CutOrder,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    workdir: Path,
    watch: Watch,
    *,
    wanted: Sequence[str] = (),
    more_marks: Sequence[Mark] = (),
    segments: SegmentCache | None = None,
) -> Delivered:
    """Make, label, sign and prove one file. ``clips`` by clip key, ``files`` by SHA-256 (``order.files`` names them).

    ``wanted``: platforms that must take it; ``more_marks``: laid after ours, before the signature; ``segments``: where the
    segments of an order with joins are kept for the next one.
    Raises ``CutRefused`` for an order that cannot be cut, ``MediaMissing``/``MediaBroken`` for its material,
    ``DeliverableRefused`` naming the failed check (the file is then removed), and whatever ``watch`` raises.
    """
    folders = {order.aspect: workdir}
    return _made(order, folders, clips, files, watch, wanted, more_marks, segments)[order.aspect]


def deliver_many(
    order: CutOrder,
    aspects: Sequence[str],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    workdir: Path,
    watch: Watch,
    *,
    wanted: Sequence[str] = (),
    more_marks: Sequence[Mark] = (),
) -> dict[str, Delivered]:
    """The same for several aspects of one ad, whose clips are decoded once; all of them or none. Raises as ``deliver``.

    Each result is that of ``deliver`` with this aspect, to the byte; its files lie in a folder such as ``9x16``.
    """
    folders = {aspect: workdir / aspect.replace(":", "x") for aspect in aspects}
    if not folders or len(folders) < len(aspects):
        raise CutRefused(f"aspects {', '.join(aspects) or '(none)'}: name each one once, and at least one")
    try:
        for folder in folders.values():
            folder.mkdir()
        return _made(order, folders, clips, files, watch, wanted, more_marks)
    except BaseException:
        for folder in folders.values():
            if folder.is_dir():
                folder.rmdir()
        raise


def _made(
    order: CutOrder,
    folders: Mapping[str, Path],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    watch: Watch,
    wanted: Sequence[str],
    more_marks: Sequence[Mark],
    segments: SegmentCache | None = None,
) -> dict[str, Delivered]:
    clock = _Clock()
    check_wanted(wanted)
    holder = certificate_of_settings()
    shapes = [_shape(replace(order, aspect=aspect), clips, files, folder) for aspect, folder in folders.items()]
    for shape in shapes:
        shape.aigc()  # refused before any work, not after
    check_clips(order.timeline, clips)
    check_material(order.timeline, clips)
    clock.lap("stage")
    sound = sound_of(order.timeline, files)
    clock.lap("sound")
    try:
        if not (order.joins and _joined(shapes, clips, files, sound, segments, watch)):
            _encode(order, shapes, clips, sound, watch)
        watch.step(0.92, "check")
        clock.lap("encode")
        proved = [
            shape.prove(_marks(shape, holder, more_marks), wanted, has_sound=sound is not None) for shape in shapes
        ]
        clock.lap("check")
        for shape in shapes:
            shape.stills.save_poster(shape.folder / "poster.jpg")
            shape.stills.save_sheet(shape.folder / "contact.png")
        clock.lap("stills")
    except BaseException:
        for shape in shapes:
            shape.discard()
        raise
    return {shape.order.aspect: _delivered(shape, done, clock) for shape, done in zip(shapes, proved, strict=True)}


def _shape(order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path], folder: Path) -> FilmShape:
    return FilmShape(order, _staged(order, clips, files), folder)


def _staged(order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> Staging:
    try:
        validate(order.timeline)
        return stage_ad(order.timeline, order.aspect, safe_zone(order.aspect).box, files, clips)
    except (TimelineInvalid, CaptionTooLong, LayoutImpossible) as error:
        raise CutRefused(str(error)) from error


def _encode(
    order: CutOrder,
    shapes: Sequence[FilmShape],
    clips: Mapping[str, ClipFile],
    sound: Aac | None,
    watch: Watch,
) -> None:
    total = order.timeline.duration
    stagings, looks = [shape.staging for shape in shapes], [shape.looks for shape in shapes]
    with ExitStack() as stack:
        encoders = [stack.enter_context(shape.encoder(sound)) for shape in shapes]
        for at, frames in enumerate(pictures_of(order.timeline, stagings, clips, looks)):
            if at % WATCH_EVERY == 0:
                watch.step(0.9 * at / total, "cut")
            for shape, encoder, picture in zip(shapes, encoders, frames, strict=True):
                shape.finished(at, picture)
                encoder.write(picture)


def _joined(
    shapes: Sequence[FilmShape],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    sound: Aac | None,
    segments: SegmentCache | None,
    watch: Watch,
) -> bool:
    """Whether every shape was joined of its segments; if not, nothing is left of them and it has to be encoded whole."""
    with tempfile.TemporaryDirectory(prefix="hitsmith-segments-") as scratch:
        cache, made = segments or SegmentCache(Path(scratch)), []
        try:
            for number, shape in enumerate(shapes):
                part = Part(watch, number / len(shapes), (number + 1) / len(shapes))
                made.append(joined_film(shape, clips, files, sound, cache, part))
        except SegmentsDiffer as why:
            log.warning("%s is rendered whole: %s", shape.order.produce_id, why)
            return False
    for shape, kept in zip(shapes, made, strict=True):
        tell(shape, kept)
    return True


def _marks(shape: FilmShape, holder: Certificate | None, more: Sequence[Mark]) -> tuple[Mark, ...]:
    """The signature is the last, because it covers the others."""
    visible = VisibleLabel(shape.staging.label, shape.staging.canvas.fps)
    signed = [] if holder is None else [C2paSignature(holder, shape.order.produce_id)]
    return (visible, AigcMetadata(shape.aigc()), *more, *signed)


def _delivered(shape: FilmShape, proved: Proved, clock: "_Clock") -> Delivered:
    canvas = shape.staging.canvas
    return Delivered(
        video=shape.video,
        poster=shape.folder / "poster.jpg",
        contact_sheet=shape.folder / "contact.png",
        sha256=proved.sha256,
        width=canvas.width,
        height=canvas.height,
        frames=shape.order.timeline.duration,
        fps=canvas.fps,
        checks={check.name: _facts(check) for check in proved.checks},
        label=proved.facts,
        notes=proved.notes,
        timings=dict(clock.laps),
    )


def _facts(check: Check) -> Facts:
    return {"passed": check.passed, "measured": check.measured, "expected": check.expected}


class _Clock:
    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = round(now - self._last, 3), now
