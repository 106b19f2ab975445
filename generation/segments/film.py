"""The film of an order that names its joins: segments from the cache, those that are missing rendered now, joined."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from generation.deliver.aac import Aac
from generation.deliver.aigc import KEY
from generation.deliver.shape import FilmShape
from generation.deliver.stills import poster_frames, sheet_frames
from generation.domain.cut_order import ClipFile, CutOrder
from generation.domain.segments import Segment, plan_segments
from generation.domain.timeline import Timeline
from generation.render.captions import CaptionCue
from generation.render.captions_contrast import ContrastFinding
from generation.render.label import SHOWN_S
from generation.segments.cache import KeptSegment, SegmentCache, Wanted, segment_key
from generation.segments.errors import SegmentsDiffer
from generation.segments.join import join
from generation.segments.render import made_segment
from generation.watch import Part, Watch


def label_frames(timeline: Timeline) -> int:
    return round(SHOWN_S * timeline.canvas.fps)


def segments_of(order: CutOrder) -> tuple[Segment, ...]:
    return plan_segments(order.timeline, order.joins, label_frames(order.timeline)).segments


def joined_film(
    shape: FilmShape,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    sound: Aac | None,
    cache: SegmentCache,
    watch: Watch,
) -> Sequence[KeptSegment]:
    """Write the shape's whole file. Returns its segments, for ``tell``.

    Raises ``SegmentsDiffer`` when they cannot be joined, with nothing left of the file, and what rendering raises.
    """
    order = shape.order
    segments = segments_of(order)
    if len(segments) == 1:
        raise SegmentsDiffer("nothing of the ad can be joined")
    total = order.timeline.duration
    made, seen = list[KeptSegment](), dict[tuple[str, int], ContrastFinding]()
    for segment in segments:
        part = Part(watch, 0.9 * segment.start / total, 0.9 * segment.end / total)
        wanted = wanted_of(order.timeline, segment)
        kept = made_segment(segment, order, clips, files, cache, wanted, seen, part)
        seen = {(one.overlay, one.start): one for one in (found.moved(segment.start) for found in kept.contrasts)}
        made.append(kept)
    places = [(kept.video, segment.start) for kept, segment in zip(made, segments, strict=True)]
    join(places, order.timeline.canvas.fps, sound, {KEY: shape.aigc()}, shape.video)
    return made


def tell(shape: FilmShape, made: Sequence[KeptSegment]) -> None:
    """What was seen when its segments were rendered: stills, faults, contrasts."""
    for segment, kept in zip(segments_of(shape.order), made, strict=True):
        _tell(shape, segment.start, kept)


def _tell(shape: FilmShape, start: int, kept: KeptSegment) -> None:
    for at, picture in sorted(kept.clean.items()):
        shape.stills.clean(start + at, picture)
    for at, picture in sorted(kept.finished.items()):
        shape.finished(start + at, picture)
    shape.inspector.findings += [replace(one, start=one.start + start, end=one.end + start) for one in kept.findings]
    seen = {(one.overlay, one.start): one for one in (found.moved(start) for found in kept.contrasts)}
    for cue in shape.staging.cues:
        watched = cue.legibility if isinstance(cue, CaptionCue) else None
        found = seen.get((watched.overlay, watched.start)) if watched is not None else None
        if watched is not None and found is not None:  # a caption over a bridge is seen twice
            watched.lowest, watched.shown = min(watched.lowest, found.lowest), min(watched.shown, found.shown)
            watched.opacity = max(watched.opacity, found.scrim)


def wanted_of(timeline: Timeline, segment: Segment) -> Wanted:
    """The pictures of a segment that go onto the ad's poster and contact sheet."""
    return Wanted(_inside(poster_frames(timeline), segment), _inside(sheet_frames(timeline), segment))


def wanted_by_all(orders: Sequence[CutOrder], clips: Mapping[str, ClipFile]) -> dict[str, Wanted]:
    """Segment key -> every picture that any ad of the batch needs of it, so that none is rendered for a still alone."""
    found: dict[str, Wanted] = {}
    for order in orders:
        for segment in segments_of(order):
            key = segment_key(segment, order, clips)
            found[key] = found.get(key, Wanted()) | wanted_of(order.timeline, segment)
    return found


def _inside(frames: frozenset[int], segment: Segment) -> frozenset[int]:
    return frozenset(at - segment.start for at in frames if segment.start <= at < segment.end)
