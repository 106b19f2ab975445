"""One segment made: laid out, composed, watched for faults, encoded in groups that nothing outside can reach into."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from generation.deliver.encode import Encoder
from generation.deliver.safe_zones import safe_zone
from generation.deliver.shape import inspector_of
from generation.deliver.stills import sheet_size
from generation.domain.cut_order import ClipFile, CutOrder
from generation.domain.segments import Segment
from generation.render.captions import CaptionCue
from generation.render.captions_contrast import contrast_findings
from generation.render.picture import check_clips, pictures
from generation.render.staging import Staging, stage_ad
from generation.render.yuv import Frame
from generation.segments.cache import KeptSegment, SegmentCache, Wanted, segment_key
from generation.watch import Watch

WATCH_EVERY = 5  # frames


def made_segment(
    segment: Segment,
    order: CutOrder,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    cache: SegmentCache,
    wanted: Wanted,
    watch: Watch,
) -> KeptSegment:
    """From the cache, or rendered now. Raises what laying out and filming raise, and whatever ``watch`` raises."""
    key = segment_key(segment, order, clips)
    wanted |= cache.wanted.get(key, Wanted())
    known = cache.find(key)
    if known is not None and known.shows(wanted):
        return known
    if known is not None:
        wanted |= Wanted(frozenset(known.clean), frozenset(known.finished))
    cache.folder.mkdir(parents=True, exist_ok=True)
    path = cache.folder / f"{key}.{os.getpid()}.part.mp4"
    return cache.keep(key, _rendered(segment, order, clips, files, path, wanted, watch))


def _rendered(
    segment: Segment,
    order: CutOrder,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    path: Path,
    wanted: Wanted,
    watch: Watch,
) -> KeptSegment:
    timeline, (start, end) = segment.timeline, segment.window
    staging = staged(segment, order, clips, files)
    check_clips(timeline, clips)
    inspector = inspector_of(timeline)
    clean: dict[int, Frame] = {}
    finished: dict[int, Frame] = {}

    def look(at: int, picture: Frame) -> None:
        if at < start:
            return
        inspector.look(at, picture)
        if at - start in wanted.clean:
            clean[at - start] = picture.copy()

    begin = _warm(staging, start)
    with Encoder(path, staging.canvas, order.quality, None, {}) as encoder:
        for at, picture in enumerate(pictures(timeline, staging, clips, (look,), (begin, end)), begin):
            if at % WATCH_EVERY == 0:
                watch.step(0.0, "cut")
            if at < start:
                continue
            if at - start in wanted.finished:
                finished[at - start] = sheet_size(picture)
            encoder.write(picture)
    faults, contrasts = inspector.close(end), contrast_findings(staging.cues)
    return KeptSegment(
        path,
        tuple(replace(one, start=one.start - start, end=one.end - start) for one in faults),
        tuple(replace(one, start=one.start - start, end=one.end - start) for one in contrasts),
        clean,
        finished,
    )


def staged(segment: Segment, order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> Staging:
    """What is drawn in the segment; the AI label only where the ad begins."""
    staging = stage_ad(segment.timeline, order.aspect, safe_zone(order.aspect).box, files, clips)
    if segment.labelled:
        return staging
    return replace(staging, cues=tuple(cue for cue in staging.cues if cue is not staging.label.cue))


def _warm(staging: Staging, start: int) -> int:
    """The frame to begin with, so that captions which stand at ``start`` have judged the pictures before it."""
    standing = (cue for cue in staging.cues if isinstance(cue, CaptionCue) and cue.start < start < cue.end)
    return min([start, *(cue.start for cue in standing)])
