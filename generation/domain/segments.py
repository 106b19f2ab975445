"""Which stretches of an ad can be encoded once and shared by many ads, and what each of them shows.

An ad is cut at *joins*, shot boundaries that its sisters pass in another way. What lies between is a segment: encoded by
itself, it begins with a key frame and needs nothing before it. A transition over a join gets a segment of its own, a
*bridge* of just its frames. Segment for segment the pictures are those of the ad rendered whole: that is why an overlay
that stands over a join forbids it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from generation.domain.timeline import Overlay, TextCard, Timeline, TimelineShot, Transition, as_document
from generation.domain.timeline_media import starts
from generation.domain.voice import later

LEAD = TextCard("A")  # is never seen


@dataclass(frozen=True)
class Segment:
    """Frames ``start`` to ``end`` of the ad are frames ``window`` of ``timeline``, which holds all that shows in them.

    ``labelled``: its timeline begins with the ad, so the AI label belongs on it.
    """

    start: int
    end: int
    timeline: Timeline
    window: tuple[int, int]
    labelled: bool
    bridge: bool

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class SegmentPlan:
    """``segments`` follow each other from frame 0 to the end; a single one means: render the ad whole.

    ``joins``: the shots before which the ad is cut; ``refused``: for each other that was wished, why not.
    """

    segments: tuple[Segment, ...]
    joins: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def joinable(self) -> bool:
        return len(self.segments) > 1


def joins_of(timelines: Sequence[Timeline]) -> tuple[tuple[int, ...], ...]:
    """For each ad of a batch the shots (by index) that begin a segment.

    Between two shots that only ever follow each other there is none: the fewer segments, the fewer bridges.
    """
    prints = [tuple(_print(shot, timeline, at) for shot, at in _placed(timeline)) for timeline in timelines]
    after: dict[str, set[str]] = defaultdict(set)
    before: dict[str, set[str]] = defaultdict(set)
    for row in prints:
        for one, next_one in pairwise(("", *row, "")):
            after[one].add(next_one)
            before[next_one].add(one)
    return tuple(
        tuple(at + 1 for at, (one, other) in enumerate(pairwise(row)) if len(after[one]) > 1 or len(before[other]) > 1)
        for row in prints
    )


def plan_segments(timeline: Timeline, joins: Iterable[int], label_frames: int) -> SegmentPlan:
    """Cut an ad before the shots ``joins``, as far as it can be. ``label_frames``: how long its AI label stands.

    Raises ``ValueError`` for a join that is no boundary between two shots.
    """
    wished = sorted(set(joins))
    if wished and not (wished[0] >= 1 and wished[-1] < len(timeline.shots)):
        raise ValueError(f"joins {wished} of an ad of {len(timeline.shots)} shots")
    kept, refused = [], []
    for join in wished:
        why = _forbids(timeline, join, label_frames)
        if why:
            refused.append(f"the ad is not cut before shot {timeline.shots[join].id!r}: {why}")
        else:
            kept.append(join)
    return SegmentPlan(tuple(_segments(timeline, kept, label_frames)), tuple(kept), tuple(refused))


def _forbids(timeline: Timeline, join: int, label_frames: int) -> str:
    """Why no segment may begin with shot ``join``; "" if one may."""
    at, end = starts(timeline.shots)[join], timeline.duration
    if min(label_frames, end) > at:
        return f"the AI label stands until frame {label_frames}, and the cut is at frame {at}"
    for overlay in timeline.overlays:
        if overlay.start < at < overlay.end:
            name = overlay.kind.replace("_", " ")
            return f"{name} {overlay.id!r} stands over the cut, from frame {overlay.start} to {overlay.end}"
    has_watermark = timeline.brand is not None and timeline.brand.watermark is not None
    if has_watermark and timeline.shots[join].card is None:
        return "the watermark stands over the cut"
    return ""


def _segments(timeline: Timeline, joins: Sequence[int], label_frames: int) -> Iterable[Segment]:
    at = (*starts(timeline.shots), timeline.duration)
    edges = (0, *joins, len(timeline.shots))
    for first, behind in pairwise(edges):
        if first:
            half = timeline.shots[first - 1].transition_frames // 2
            if half:
                window = (at[first] - half, at[first] + half)
                yield _segment(
                    timeline, _bridged(timeline, first, window, label_frames), window, label_frames, bridge=True
                )
        into = timeline.shots[first - 1].transition_frames // 2 if first else 0
        out_of = timeline.shots[behind - 1].transition_frames // 2
        window = (at[first] + into, at[behind] - out_of)
        yield _segment(timeline, (first, behind), window, label_frames, bridge=False)


def _bridged(timeline: Timeline, join: int, window: tuple[int, int], label_frames: int) -> tuple[int, int]:
    """The two shots of a transition, and as many more as the overlays need that show in it."""
    spans = [(overlay.start, overlay.end) for overlay in timeline.overlays]
    spans.append((0, min(label_frames, timeline.duration)))
    reach = window
    while True:  # what stands beside an overlay decides where that one stands
        touching = [span for span in spans if span[0] < reach[1] and reach[0] < span[1]]
        wider = (min([reach[0], *(span[0] for span in touching)]), max([reach[1], *(span[1] for span in touching)]))
        if wider == reach:
            break
        reach = wider
    at = starts(timeline.shots)
    first = min(join - 1, max(index for index, start in enumerate(at) if start <= reach[0]))
    behind = max(join + 1, sum(1 for start in at if start < reach[1]))
    return first, behind


def _segment(
    timeline: Timeline, span: tuple[int, int], window: tuple[int, int], label_frames: int, *, bridge: bool
) -> Segment:
    """``span``: first shot and the one behind the last; ``window``: frames of the ad."""
    first, behind = span
    shots = [*timeline.shots[first : behind - 1], _ended(timeline.shots[behind - 1])]
    origin = starts(timeline.shots)[first]
    end = origin + sum(shot.duration for shot in shots)
    overlays = [_moved(one, -origin) for one in timeline.overlays if one.start >= origin and one.end <= end]
    if first and overlays:
        # As in the whole ad, the label has been and gone: its place is free, and what begins here has to enter.
        lead = TimelineShot("lead", "lead", "", 0, label_frames, text_card=LEAD)
        shots, origin = [lead, *shots], origin - label_frames
        overlays = [_moved(one, label_frames) for one in overlays]
    part = replace(timeline, id="segment", shots=tuple(shots), overlays=tuple(overlays), music=None, voice=None)
    start, stop = window
    return Segment(start, stop, part, (start - origin, stop - origin), labelled=first == 0, bridge=bridge)


def _ended(shot: TimelineShot) -> TimelineShot:
    return replace(shot, transition=Transition.CUT, transition_frames=0)


def _moved(overlay: Overlay, by: int) -> Overlay:
    return replace(overlay, start=overlay.start + by, end=overlay.end + by, words=later(overlay.words, by))


def _placed(timeline: Timeline) -> Iterable[tuple[TimelineShot, int]]:
    return zip(timeline.shots, starts(timeline.shots), strict=True)


def _print(shot: TimelineShot, timeline: Timeline, at: int) -> str:
    """What one shot shows, whoever its neighbours are: two shots with one print can share a segment."""
    over = [
        as_document(_moved(overlay, -at))
        for overlay in timeline.overlays
        if overlay.start < at + shot.duration and at < overlay.end
    ]
    look = [as_document(timeline.canvas), timeline.lang, timeline.theme, timeline.label_text]
    brand = None if timeline.brand is None else as_document(timeline.brand)
    return json.dumps([as_document(shot), over, look, brand, at == 0], sort_keys=True)
