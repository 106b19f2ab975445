"""The rules of ``ad-timeline/1``, and the handles that a shot must be filmed with."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from generation.domain.timeline import Overlay, Timeline, TimelineInvalid, TimelineShot, Transition

MIN_SIDE = 64
FPS = range(10, 61)
BPM = range(60, 181)
# GB 45438-2025 5.1 b: the visible label names the machine and the making.
LABEL_WHO = ("AI", "人工智能")
LABEL_WHAT = ("生成", "合成")


def handles(shots: Sequence[TimelineShot]) -> tuple[tuple[int, int], ...]:
    """(head, tail) frames per shot that dissolves need beyond its duration; known before anything is filmed."""
    tails = [_tail(shot) for shot in shots]
    return tuple(zip([0, *tails[:-1]], tails, strict=True))


def media_frames(shot: TimelineShot) -> int:
    """Frames a clip must hold for this shot: what is left out at its start, the shot itself, the tail handle."""
    return shot.source_start + shot.duration + _tail(shot)


def starts(shots: Iterable[TimelineShot]) -> tuple[int, ...]:
    """First frame of each shot on the timeline."""
    found, at = [], 0
    for shot in shots:
        found.append(at)
        at += shot.duration
    return tuple(found)


def validate(timeline: Timeline) -> None:
    """Raises ``TimelineInvalid`` naming the first item that breaks a rule, and the rule."""
    _canvas(timeline)
    _shots(timeline.shots)
    _overlays(timeline)
    if timeline.music is not None and timeline.music.bpm not in BPM:
        _refuse(f"music: {timeline.music.bpm} beats a minute; choose {BPM.start} to {BPM.stop - 1}")
    has_who = any(word in timeline.label_text for word in LABEL_WHO)
    if not (has_who and any(word in timeline.label_text for word in LABEL_WHAT)):
        _refuse(f"label {timeline.label_text!r} must say AI (or 人工智能) and 生成 (or 合成), for example AI生成")


def _canvas(timeline: Timeline) -> None:
    canvas = timeline.canvas
    for side in (canvas.width, canvas.height):
        if side < MIN_SIDE or side % 2:
            _refuse(f"canvas {canvas.width}x{canvas.height}: sides are even and at least {MIN_SIDE}")
    if canvas.fps not in FPS:
        _refuse(f"canvas: {canvas.fps} frames a second; choose {FPS.start} to {FPS.stop - 1}")


def _shots(shots: Sequence[TimelineShot]) -> None:
    if not shots:
        _refuse("a timeline needs at least one shot")
    _unique("shot", [shot.id for shot in shots])
    for index, shot in enumerate(shots):
        last = index == len(shots) - 1
        if shot.duration < 1:
            _refuse(f"shot {shot.id!r} lasts {shot.duration} frames; it needs at least 1")
        if (shot.card is None) != bool(shot.clip):
            _refuse(f"shot {shot.id!r} needs either a clip or an end card, not both")
        if shot.card is not None and not last:
            _refuse(f"shot {shot.id!r}: an end card can only be the last shot")
        if last and shot.transition is not Transition.CUT:
            _refuse(f"shot {shot.id!r} is the last: it has nothing to dissolve into")
    for shot, after in pairwise(shots):
        _dissolve(shot, after)
    for shot, (head, _) in zip(shots, handles(shots), strict=True):
        if shot.clip and shot.source_start < head:
            _refuse(f"shot {shot.id!r} starts at clip frame {shot.source_start}; the dissolve into it needs {head}")


def _dissolve(shot: TimelineShot, after: TimelineShot) -> None:
    frames = shot.transition_frames
    if shot.transition is Transition.CUT:
        if frames:
            _refuse(f"shot {shot.id!r}: a cut has no frames, not {frames}")
        return
    if frames < 2 or frames % 2:
        _refuse(f"shot {shot.id!r}: a dissolve takes an even number of frames, at least 2, not {frames}")
    for neighbour in (shot, after):
        if frames * 2 > neighbour.duration:
            _refuse(
                f"shot {shot.id!r}: its dissolve of {frames} frames is longer than half of "
                f"shot {neighbour.id!r} ({neighbour.duration} frames)"
            )


def _overlays(timeline: Timeline) -> None:
    _unique("overlay", [overlay.id for overlay in timeline.overlays])
    shots = timeline.shots
    picture_end = timeline.duration - (shots[-1].duration if shots[-1].card else 0)
    for overlay in timeline.overlays:
        if not 0 <= overlay.start < overlay.end <= timeline.duration:
            _refuse(
                f"overlay {overlay.id!r} runs from frame {overlay.start} to {overlay.end}; "
                f"the ad has frames 0 to {timeline.duration}"
            )
        if overlay.end > picture_end:
            _refuse(f"overlay {overlay.id!r} covers the end card, which has its own text: end it at {picture_end}")
        if not overlay.text.replace("|", "").strip():
            _refuse(f"overlay {overlay.id!r} has no text")
    in_time = sorted(timeline.overlays, key=lambda overlay: (overlay.kind, overlay.start))
    for before, after in pairwise(in_time):
        if _collide(before, after):
            _refuse(f"overlay {after.id!r} starts before {before.id!r} of the same kind has ended")


def _collide(before: Overlay, after: Overlay) -> bool:
    return before.kind is after.kind and after.start < before.end


def _tail(shot: TimelineShot) -> int:
    return shot.transition_frames // 2 if shot.transition is Transition.DISSOLVE else 0


def _unique(what: str, ids: Sequence[str]) -> None:
    for index, name in enumerate(ids):
        if not name or name in ids[:index]:
            _refuse(f"{what} id {name!r} is empty or used twice")


def _refuse(why: str) -> None:
    raise TimelineInvalid(why)
