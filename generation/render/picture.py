"""The frame loop: clips and drawn cards in, composed pictures out, one after the other, in bounded memory.

Several shapes of one ad are made in one pass: every clip is decoded once, and each shape lays the same pictures out anew.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from generation.domain.cut_order import ClipFile
from generation.domain.timeline import Timeline, TimelineShot, Transition
from generation.domain.timeline_media import clip_moments, handles, media_frames, second_media_frames, starts
from generation.domain.transitions import Aim, meet, shows_both
from generation.errors import CutRefused, MediaMissing
from generation.render.composition import Laying, subject_on
from generation.render.source import FILL_EVERY, clip_pictures
from generation.render.stage import draw_all
from generation.render.staging import Staging
from generation.render.transitions import joined
from generation.render.yuv import Frame

Look = Callable[[int, Frame], None]


def pictures(
    timeline: Timeline,
    staging: Staging,
    clips: Mapping[str, ClipFile],
    looks: Sequence[Look] = (),
    window: tuple[int, int] | None = None,
) -> Iterator[Frame]:
    """Every frame of the ad in order; the caller may keep or change what it is given.

    ``window``: only the frames from the first number up to the second, each as it is in the whole ad.
    ``looks`` see each picture before overlays are laid over it. Call ``check_clips`` first. Raises ``MediaBroken``.
    """
    for (picture,) in pictures_of(timeline, (staging,), clips, (looks,), window):
        yield picture


def pictures_of(
    timeline: Timeline,
    stagings: Sequence[Staging],
    clips: Mapping[str, ClipFile],
    looks: Sequence[Sequence[Look]] = (),
    window: tuple[int, int] | None = None,
) -> Iterator[tuple[Frame, ...]]:
    """The same for several shapes of one ad at once: one picture for each staging at every frame.

    ``looks``: those of each staging, in the order of the stagings, or none at all.
    """
    watching = looks or [()] * len(stagings)
    first, behind = window or (0, timeline.duration)
    for at, frames in enumerate(_cut(timeline, stagings, clips, first, behind), first):
        for frame, staging, own in zip(frames, stagings, watching, strict=True):
            for look in own:
                look(at, frame)
            draw_all(frame, staging.cues, at)
        yield tuple(frames)


def check_clips(timeline: Timeline, clips: Mapping[str, ClipFile]) -> None:
    """Raises ``MediaMissing`` or ``CutRefused`` naming the shot whose clip is not there, too short or unfit."""
    for shot in timeline.shots:
        if shot.clip:
            _check_clip(shot, shot.clip, media_frames(shot), timeline.canvas.fps, clips)
        if shot.second is not None:
            _check_clip(shot, shot.second.clip, second_media_frames(shot), timeline.canvas.fps, clips)
    for shot, after in pairwise(timeline.shots):
        if shot.transition is Transition.MATCH_CUT:
            for side in (shot, after):
                if clips[side.clip].subject is None:
                    raise CutRefused(
                        f"shot {shot.id!r}: a match cut needs to know where the product is in the clip of shot "
                        f"{side.id!r}, and its engine could not say: choose another transition"
                    )


def _check_clip(shot: TimelineShot, key: str, frames: int, fps: int, clips: Mapping[str, ClipFile]) -> None:
    clip = clips.get(key)
    if clip is None:
        raise MediaMissing(f"shot {shot.id!r}: its clip {key[:12]} is not at hand: film it again")
    needed = -(-frames * clip.fps // fps)
    if clip.frames < needed:
        raise CutRefused(
            f"shot {shot.id!r} needs {needed} frames with its handles, its clip has {clip.frames}: film it again"
        )


def _cut(
    timeline: Timeline, stagings: Sequence[Staging], clips: Mapping[str, ClipFile], first: int, behind: int
) -> Iterator[list[Frame]]:
    """Cuts and transitions. One of n frames runs from n/2 before its cut to n/2 after it."""
    shots, at = timeline.shots, starts(timeline.shots)
    reels = [
        _reel(shot, head, timeline, stagings, clips, max(first - (start - head), 0))
        for shot, start, (head, _) in zip(shots, at, handles(shots), strict=True)
    ]
    aims = [_aims(shot, after, stagings, clips) for shot, after in pairwise(shots)]
    for index, shot in enumerate(shots):
        end = at[index] + shot.duration
        into = shots[index - 1].transition_frames // 2 if index else 0
        out_of = shot.transition_frames // 2
        for now in range(max(at[index], first), min(end, behind)):
            frames = next(reels[index])
            if now < at[index] + into:
                kind = shots[index - 1].transition
                others = next(reels[index - 1]) if shows_both(kind) else [None] * len(frames)
                step = now - at[index] + into
                yield _joined(kind, step, 2 * into, others, frames, aims[index - 1])
            elif now >= end - out_of:
                others = next(reels[index + 1]) if shows_both(shot.transition) else [None] * len(frames)
                yield _joined(shot.transition, now - end + out_of, 2 * out_of, frames, others, aims[index])
            else:
                yield frames
        if index:
            reels[index - 1].close()  # its decoder holds a few dozen pictures


def _joined(
    kind: Transition,
    step: int,
    frames: int,
    before: Sequence[Frame | None],
    after: Sequence[Frame | None],
    aims: Sequence[tuple[Aim, Aim] | None],
) -> list[Frame]:
    return [joined(kind, step, frames, *sides) for sides in zip(before, after, aims, strict=True)]


def _aims(
    shot: TimelineShot, after: TimelineShot, stagings: Sequence[Staging], clips: Mapping[str, ClipFile]
) -> list[tuple[Aim, Aim] | None]:
    """Where the products of both shots meet, on each canvas."""
    found: list[tuple[Aim, Aim] | None] = []
    for staging in stagings:
        here, there = (subject_on(staging.canvas, clips.get(side.clip)) for side in (shot, after))
        if shot.transition is Transition.MATCH_CUT and here is not None and there is not None:
            found.append(meet(here, there, staging.canvas))
        else:
            found.append(None)
    return found


def _reel(
    shot: TimelineShot,
    head: int,
    timeline: Timeline,
    stagings: Sequence[Staging],
    clips: Mapping[str, ClipFile],
    skip: int,
) -> Generator[list[Frame]]:
    """The shot with both handles, on every canvas, but for its first ``skip`` frames."""
    moments, fps = clip_moments(shot, head), timeline.canvas.fps
    cards = [staging.card_of(shot.id) for staging in stagings]
    if not shot.clip:
        for at in range(skip - head, len(moments) - head):
            yield [card.frame(at) for card in cards if card is not None]
        return
    layings = [Laying(shot, staging.canvas, clips, staging.safe) for staging in stagings]
    # How a clip fills its canvas is decided on its first picture, and of which pictures the fill is: in a part of the ad
    # as in the whole.
    fill_from = (skip - head) // FILL_EVERY * FILL_EVERY
    places = [0, *range(max(fill_from + head, 1), len(moments))]
    firsts = clip_pictures(clips[shot.clip], [shot.source_start + moments[place] for place in places], fps)
    seconds: Iterable[Frame | None] = [None] * len(places)
    if shot.second is not None:
        start = shot.second.source_start
        seconds = clip_pictures(clips[shot.second.clip], [start + moments[place] for place in places], fps)
    for place, first, second in zip(places, firsts, seconds, strict=True):
        laid = [_laid(laying, first, second, place - head, len(stagings)) for laying in layings]
        if place >= skip:
            yield laid


def _laid(laying: Laying, first: Frame, second: Frame | None, at: int, stagings: int) -> Frame:
    """Where a clip fills a canvas as it is, the laid picture is the decoded one: two canvases must not draw on it."""
    if second is not None:
        return laying.together(first, second, at)
    alone = laying.alone(first, at)
    return alone.copy() if alone is first and stagings > 1 else alone
