"""The frame loop: clips and end card in, composed pictures out, one after the other, in bounded memory."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from generation.domain.cut_order import ClipFile
from generation.domain.layout import reframe
from generation.domain.timeline import Timeline, TimelineShot
from generation.domain.timeline_rules import handles, media_frames, starts
from generation.errors import CutRefused, MediaMissing
from generation.render.source import Reframer, clip_frames
from generation.render.stage import draw_all
from generation.render.staging import Staging
from generation.render.yuv import Frame, mix

Look = Callable[[int, Frame], None]


def pictures(
    timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile], looks: Sequence[Look] = ()
) -> Iterator[Frame]:
    """Every frame of the ad in order; the caller may keep or change what it is given.

    ``looks`` see each picture before overlays are laid over it. Call ``check_clips`` first. Raises ``MediaBroken``.
    """
    for at, frame in enumerate(_cut(timeline, staging, clips)):
        for look in looks:
            look(at, frame)
        draw_all(frame, staging.cues, at)
        yield frame


def check_clips(timeline: Timeline, clips: Mapping[str, ClipFile]) -> None:
    """Raises ``MediaMissing`` or ``CutRefused`` naming the shot whose clip is not there or too short."""
    for shot in timeline.shots:
        if not shot.clip:
            continue
        clip = clips.get(shot.clip)
        if clip is None:
            raise MediaMissing(f"shot {shot.id!r}: its clip {shot.clip[:12]} is not at hand: film it again")
        needed = -(-media_frames(shot) * clip.fps // timeline.canvas.fps)
        if clip.frames < needed:
            raise CutRefused(
                f"shot {shot.id!r} needs {needed} frames with its handles, its clip has {clip.frames}: film it again"
            )


def _cut(timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile]) -> Iterator[Frame]:
    """Cuts and dissolves. A dissolve of n frames shows both sides from n/2 before its cut to n/2 after it."""
    shots, at = timeline.shots, starts(timeline.shots)
    streams = [
        _shot_frames(shot, head, timeline, staging, clips)
        for shot, (head, _) in zip(shots, handles(shots), strict=True)
    ]
    for index, shot in enumerate(shots):
        end = at[index] + shot.duration
        into = shots[index - 1].transition_frames // 2 if index else 0
        out_of = shot.transition_frames // 2
        for now in range(at[index], end):
            frame = next(streams[index])
            if now < at[index] + into:
                behind = next(streams[index - 1])
                mix(frame, behind, 1 - _share(now - at[index] + into, 2 * into))
            elif now >= end - out_of:
                mix(frame, next(streams[index + 1]), _share(now - end + out_of, 2 * out_of))
            yield frame
        if index:
            streams[index - 1].close()  # its decoder holds a few dozen pictures


def _share(step: int, frames: int) -> float:
    """How much of the next shot shows at a step of a dissolve, taken in the middle of the frame's time."""
    return (step + 0.5) / frames


def _shot_frames(
    shot: TimelineShot, head: int, timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile]
) -> Generator[Frame]:
    """The shot with both handles."""
    count = head + shot.duration + shot.transition_frames // 2
    if shot.card is not None and staging.card is not None:
        for at in range(-head, shot.duration):
            yield staging.card.frame(at)
        return
    clip = clips[shot.clip]
    laid = Reframer(reframe(clip.width, clip.height, staging.canvas, clip.subject))
    for frame in clip_frames(clip, shot.source_start - head, count, timeline.canvas.fps):
        yield laid(frame)
