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
from generation.render.captions_contrast import ContrastFinding, contrast_findings
from generation.render.picture import check_clips, pictures
from generation.render.staging import Staging, stage_ad
from generation.render.yuv import Frame
from generation.segments.cache import KeptSegment, SegmentCache, Wanted, segment_key
from generation.watch import Watch

WATCH_EVERY = 5  # frames
Seen = Mapping[tuple[str, int], ContrastFinding]  # by overlay and the frame at which its page begins, counted in the ad


def made_segment(
    segment: Segment,
    order: CutOrder,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    cache: SegmentCache,
    wanted: Wanted,
    seen: Seen,
    watch: Watch,
) -> KeptSegment:
    """From the cache, or rendered now. ``seen``: what the segment before it saw under captions; a bridge goes on from there.

    Raises what laying out and filming raise, and whatever ``watch`` raises.
    """
    key = segment_key(segment, order, clips)
    wanted |= cache.wanted.get(key, Wanted())
    known = cache.find(key)
    if known is not None and known.shows(wanted):
        return known
    if known is not None:
        wanted |= Wanted(frozenset(known.clean), frozenset(known.finished))
    cache.folder.mkdir(parents=True, exist_ok=True)
    path = cache.folder / f"{key}.{os.getpid()}.part.mp4"
    return cache.keep(key, _rendered(segment, order, clips, files, path, wanted, seen, watch))


def _rendered(
    segment: Segment,
    order: CutOrder,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    path: Path,
    wanted: Wanted,
    seen: Seen,
    watch: Watch,
) -> KeptSegment:
    timeline, (start, end) = segment.timeline, segment.window
    staging = staged(segment, order, clips, files)
    begin = start
    if segment.bridge:  # both its sides, and all that stands on them, are in its key
        _go_on(staging, seen, start - segment.start)
    else:  # shared by ads that come into it from elsewhere: it judges by what it shows itself
        begin = _warm(staging, start)
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
        tuple(one.moved(-start) for one in contrasts),
        clean,
        finished,
    )


def staged(segment: Segment, order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> Staging:
    """What is drawn in the segment; the AI label only where the ad begins."""
    staging = stage_ad(segment.timeline, order.aspect, safe_zone(order.aspect).box, files, clips)
    if segment.labelled:
        return staging
    return replace(staging, cues=tuple(cue for cue in staging.cues if cue is not staging.label.cue))


def _go_on(staging: Staging, seen: Seen, shift: int) -> None:
    """Let captions that stand already go on from what was seen of them, as if the pictures before had been made here.

    ``shift``: frames from the ad's count to the segment's.
    """
    for cue in staging.cues:
        watch = cue.legibility if isinstance(cue, CaptionCue) else None
        known = seen.get((watch.overlay, watch.start - shift)) if watch is not None else None
        if watch is not None and known is not None:
            watch.go_on(known.moved(shift))


def _warm(staging: Staging, start: int) -> int:
    """The frame to begin with, so that captions which come in a transition have judged the pictures before ``start``."""
    standing = (cue for cue in staging.cues if isinstance(cue, CaptionCue) and cue.start < start < cue.end)
    return min([start, *(cue.start for cue in standing)])
