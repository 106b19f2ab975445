"""The one function that makes a deliverable: encode, label, metadata, read back, check, hash. Nothing else may write one."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generation.deliver.aigc import KEY, aigc_value, is_registered_form, read_aigc
from generation.deliver.check import Check, checks, refuse_failed
from generation.deliver.encode import Encoder
from generation.deliver.readback import read_back
from generation.deliver.safe_zones import safe_zone
from generation.deliver.sound import settled
from generation.deliver.stills import Stills
from generation.deliver.visible_label import LabelSeen, see_label
from generation.domain.captions import CaptionTooLong
from generation.domain.cut_order import ClipFile, CutOrder
from generation.domain.layout import LayoutImpossible
from generation.domain.timeline import Timeline, TimelineInvalid
from generation.domain.timeline_rules import validate
from generation.errors import CutRefused
from generation.render.audio import soundtrack
from generation.render.inspector import Finding, Inspector
from generation.render.picture import check_clips, pictures
from generation.render.staging import Staging, stage_ad
from generation.watch import Watch

Facts = dict[str, str | int | float | bool]  # flat, ready for JSON
WATCH_EVERY = 5  # frames


@dataclass(frozen=True)
class Delivered:
    """A file that passed every check. ``checks``: name -> passed, measured, expected; ``timings``: seconds of each step."""

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
    order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path, watch: Watch
) -> Delivered:
    """Make, label and prove one file. ``clips`` by clip key, ``files`` by SHA-256 (``order.files`` names them).

    Raises ``CutRefused`` for an order that cannot be cut, ``MediaMissing``/``MediaBroken`` for its material,
    ``DeliverableRefused`` naming the failed check (the file is then removed), and whatever ``watch`` raises.
    """
    clock = _Clock()
    metadata = {KEY: aigc_value(order.provider_code, order.produce_id, order.key)}
    staging = _staged(order, clips, files)
    check_clips(order.timeline, clips)
    clock.lap("stage")
    sound = soundtrack(order.timeline, files)
    sound = None if sound is None else settled(sound)
    clock.lap("sound")
    video = workdir / "ad.mp4"
    try:
        encoder = Encoder(video, staging.canvas, order.quality, sound, metadata)
        stills, findings = _encode(order.timeline, staging, clips, encoder, watch)
        clock.lap("encode")
        label_facts, done = _prove(order, staging, video, findings, has_sound=sound is not None)
    except BaseException:
        video.unlink(missing_ok=True)
        raise
    clock.lap("check")
    poster, sheet = workdir / "poster.jpg", workdir / "contact.png"
    stills.save_poster(poster)
    stills.save_sheet(sheet)
    clock.lap("stills")
    canvas = staging.canvas
    return Delivered(
        video=video,
        poster=poster,
        contact_sheet=sheet,
        sha256=hashlib.sha256(video.read_bytes()).hexdigest(),
        width=canvas.width,
        height=canvas.height,
        frames=order.timeline.duration,
        fps=canvas.fps,
        checks={check.name: _facts(check) for check in done},
        label=label_facts,
        notes=staging.notes,
        timings=clock.laps,
    )


def _staged(order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> Staging:
    try:
        validate(order.timeline)
        return stage_ad(order.timeline, order.aspect, safe_zone(order.aspect).box, files, clips)
    except (TimelineInvalid, CaptionTooLong, LayoutImpossible) as error:
        raise CutRefused(str(error)) from error


def _encode(
    timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile], encoder: Encoder, watch: Watch
) -> tuple[Stills, tuple[Finding, ...]]:
    total = timeline.duration
    still_from = total - (timeline.shots[-1].duration if timeline.shots[-1].card is not None else 0)
    inspector = Inspector(timeline.canvas.fps, still_from)
    stills = Stills(timeline, staging.label)
    with encoder:
        for at, picture in enumerate(pictures(timeline, staging, clips, (inspector.look, stills.clean))):
            if at % WATCH_EVERY == 0:
                watch.step(0.9 * at / total, "cut")
            stills.finished(at, picture)
            encoder.write(picture)
    watch.step(0.92, "check")
    return stills, inspector.close(total)


def _prove(
    order: CutOrder, staging: Staging, video: Path, findings: tuple[Finding, ...], *, has_sound: bool
) -> tuple[Facts, tuple[Check, ...]]:
    """Everything here looks at the finished bytes only."""
    done = checks(read_back(video), staging.canvas, order.timeline.duration, findings, has_sound=has_sound)
    refuse_failed(done)
    seen = see_label(video, staging.label, staging.canvas.fps)
    implicit = read_aigc(video)
    return _label_facts(order, staging, seen, implicit), done


def _label_facts(order: CutOrder, staging: Staging, seen: LabelSeen, implicit: Mapping[str, str]) -> Facts:
    label = staging.label
    return {
        "text": label.text,
        "seconds": seen.seconds,
        "smallest_glyph_px": label.smallest_glyph,
        "required_glyph_px": label.required_glyph,
        "likeness": seen.likeness,
        "contrast": seen.contrast,
        "x": label.box.x,
        "y": label.box.y,
        "width": label.box.width,
        "height": label.box.height,
        "produce_id": implicit["ProduceID"],
        "content_producer": implicit["ContentProducer"],
        # False for the development code: such a file may not be published.
        "provider_code_registered_form": is_registered_form(order.provider_code),
    }


def _facts(check: Check) -> Facts:
    return {"passed": check.passed, "measured": check.measured, "expected": check.expected}


class _Clock:
    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = round(now - self._last, 3), now
