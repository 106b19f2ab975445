"""The one function that makes deliverables; nothing else may write one.

Encode, visible AI label, AIGC metadata, C2PA signature, read everything back from the bytes, the platforms' pre-flight, hash,
record. Several shapes of one ad are made of one pass over its clips; a shape that is refused spoils no other.
"""

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from generation.deliver.aac import Aac
from generation.deliver.delivered import Clock, Delivered, Ended, delivered, whole
from generation.deliver.marks import AigcMetadata, C2paSignature, Mark, VisibleLabel
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
from generation.errors import CutRefused, GenerationError
from generation.render.picture import check_clips, pictures_of
from generation.render.staging import Staging, stage_ad
from generation.segments.cache import SegmentCache
from generation.segments.errors import SegmentsDiffer
from generation.segments.film import joined_film, tell
from generation.watch import Part, Watch

__all__ = ["Delivered", "deliver", "deliver_each", "deliver_many", "preflight"]
WATCH_EVERY = 5  # frames
log = logging.getLogger(__name__)


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
    return whole(_made(order, folders, clips, files, watch, wanted, more_marks, segments))[order.aspect]


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
    made = deliver_each(order, aspects, clips, files, workdir, watch, wanted=wanted, more_marks=more_marks)
    try:
        return whole(made)
    except GenerationError:
        for one in made.values():
            if isinstance(one, Delivered):
                _remove(one.video.parent)
        raise


def deliver_each(
    order: CutOrder,
    aspects: Sequence[str],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    workdir: Path,
    watch: Watch,
    *,
    wanted: Sequence[str] = (),
    more_marks: Sequence[Mark] = (),
) -> dict[str, Ended]:
    """As ``deliver_many``, but each aspect for itself: one that is refused is in the result as its error, without files.

    Raises only what concerns all of them: the aspects asked for, the material, the pass over the clips, and ``watch``.
    """
    folders = {aspect: workdir / aspect.replace(":", "x") for aspect in aspects}
    if not folders or len(folders) < len(aspects):
        raise CutRefused(f"aspects {', '.join(aspects) or '(none)'}: name each one once, and at least one")
    made: dict[str, Ended] = {}
    try:
        for folder in folders.values():
            folder.mkdir()
        made = _made(order, folders, clips, files, watch, wanted, more_marks)
    finally:
        for aspect, folder in folders.items():
            if folder.is_dir() and not isinstance(made.get(aspect), Delivered):
                folder.rmdir()
    return made


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _made(
    order: CutOrder,
    folders: Mapping[str, Path],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    watch: Watch,
    wanted: Sequence[str],
    more_marks: Sequence[Mark],
    segments: SegmentCache | None = None,
) -> dict[str, Ended]:
    """In the order of ``folders``. A shape ends early where it cannot be laid out, or where its file proves to be wrong."""
    clock, ended = Clock(), dict[str, Ended]()
    check_wanted(wanted)
    holder = certificate_of_settings()
    shapes = _laid_out(order, folders, clips, files, ended)
    if not shapes:
        return ended
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
        marks = partial(_marks, holder=holder, more=more_marks)
        proved = _proved(shapes, marks, wanted, ended, has_sound=sound is not None)
        clock.lap("check")
        for shape, _ in proved:
            shape.stills.save_poster(shape.folder / "poster.jpg")
            shape.stills.save_sheet(shape.folder / "contact.jpg")
        clock.lap("stills")
    except BaseException:
        for shape in shapes:
            shape.discard()
        raise
    ended |= {shape.order.aspect: delivered(shape, done, clock) for shape, done in proved}
    return {aspect: ended[aspect] for aspect in folders}


def _laid_out(
    order: CutOrder,
    folders: Mapping[str, Path],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    ended: dict[str, Ended],
) -> list[FilmShape]:
    """Those shapes that can be drawn; the errors of the others go into ``ended``."""
    shapes = []
    for aspect, folder in folders.items():
        try:
            shape = _shape(replace(order, aspect=aspect), clips, files, folder)
            shape.aigc()  # refused before any work, not after
        except GenerationError as refused:
            ended[aspect] = refused
        else:
            shapes.append(shape)
    return shapes


def _proved(
    shapes: Sequence[FilmShape],
    marks_of: Callable[[FilmShape], Sequence[Mark]],
    wanted: Sequence[str],
    ended: dict[str, Ended],
    *,
    has_sound: bool,
) -> list[tuple[FilmShape, Proved]]:
    """Those whose files hold; the others are removed, and their errors go into ``ended``."""
    proved = []
    for shape in shapes:
        try:
            proved.append((shape, shape.prove(marks_of(shape), wanted, has_sound=has_sound)))
        except GenerationError as refused:
            shape.discard()
            ended[shape.order.aspect] = refused
    return proved


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


def _marks(shape: FilmShape, *, holder: Certificate | None, more: Sequence[Mark]) -> tuple[Mark, ...]:
    """The signature is the last, because it covers the others."""
    visible = VisibleLabel(shape.staging.label, shape.staging.canvas.fps)
    signed = [] if holder is None else [C2paSignature(holder, shape.order.produce_id)]
    return (visible, AigcMetadata(shape.aigc()), *more, *signed)
