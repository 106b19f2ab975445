"""A slow second renderer on MoviePy: the oracle that tests hold the fast one against.

It shares with the fast renderer what is drawn (caption sheets, cards, glare and frames) and what is described in ``domain``
(which clip frame plays when, the numbers of a transition, places), which have tests of their own; none of the decoding,
warping, cross-fading, compositing or colour arithmetic. Clips must have the canvas's size and rate.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, VideoClip, VideoFileClip, vfx

from generation.domain.cut_order import ClipFile
from generation.domain.layout import PixelBox, even
from generation.domain.timeline import Timeline, TimelineShot, Transition
from generation.domain.timeline_media import clip_moments, handles, starts
from generation.domain.transitions import Aim, meet
from generation.errors import CutRefused
from generation.render.reference_effects import Side, Stage, at_moment, joint, two_clips
from generation.render.stage import Cue
from generation.render.staging import Staging
from generation.render.yuv import RGBA, Bytes, to_rgb


@contextmanager
def reference(timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile]) -> Iterator[CompositeVideoClip]:
    """``to_moviepy``, closed at the end with all the programs and pipes that it holds."""
    readers: list[VideoFileClip] = []
    movie = to_moviepy(timeline, staging, clips, readers)
    try:
        yield movie
    finally:
        for process in (film.reader.proc for film in readers if film.reader and film.reader.proc):
            process.kill()  # a reader that is merely closed leaves the pipes of an ended program open
            process.communicate()
        movie.close()


def to_moviepy(
    timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile], opened: list[VideoFileClip] | None = None
) -> CompositeVideoClip:
    """The whole ad without sound; overlays stand at rest, without their entering and leaving.

    What it opens is added to ``opened``: films inside frame functions are not found among the layers.

    Raises ``CutRefused`` for a clip of another size or rate.
    """
    canvas, shots, opened = staging.canvas, timeline.shots, [] if opened is None else opened
    films = [_film(shot, staging, clips, head, opened) for shot, (head, _) in zip(shots, handles(shots), strict=True)]
    placed = list(zip(films, starts(shots), handles(shots), strict=True))
    layers = []
    for index, (film, start, (head, _)) in enumerate(placed):
        if head and shots[index - 1].transition is Transition.DISSOLVE:
            film = film.with_effects([vfx.CrossFadeIn(shots[index - 1].transition_frames / canvas.fps)])
        layers.append(film.with_start((start - head) / canvas.fps))
    for index, shot in enumerate(shots[:-1]):
        if shot.transition not in (Transition.CUT, Transition.DISSOLVE):
            sides = [Side(film, start, head) for film, start, (head, _) in placed[index : index + 2]]
            layers.append(joint(shot, sides[0], sides[1], _aims(shots, index, staging, clips), canvas))
    layers += [_overlay(cue) for cue in staging.cues]
    whole = CompositeVideoClip(layers, size=(canvas.width, canvas.height), bg_color=(0, 0, 0))
    return whole.with_duration(timeline.duration / canvas.fps).with_fps(canvas.fps)


def frame_at(movie: VideoClip, at: int, fps: int) -> Bytes:
    """RGB of frame ``at``, asked for in its middle so that no rounding of time falls on a cut."""
    picture: Bytes = movie.get_frame((at + 0.5) / fps)
    return picture


def _film(
    shot: TimelineShot, staging: Staging, clips: Mapping[str, ClipFile], head: int, opened: list[VideoFileClip]
) -> VideoClip:
    """The shot with both handles."""
    moments, fps = clip_moments(shot, head), staging.canvas.fps
    if not shot.clip:
        return _card(staging, shot, head, len(moments), fps)
    first = _source(clips[shot.clip], staging, opened)
    if shot.second is not None:
        second = _source(clips[shot.second.clip], staging, opened)
        return two_clips(shot, (first, second), clips, Stage(staging.canvas, staging.safe), head, moments)
    if not shot.ramp:
        start = shot.source_start - head
        return first.subclipped(start / fps, (start + len(moments)) / fps)
    return VideoClip(
        lambda t: at_moment(first, shot.source_start + moments[int(t * fps)], fps), duration=len(moments) / fps
    )


def _source(clip: ClipFile, staging: Staging, opened: list[VideoFileClip]) -> VideoFileClip:
    canvas = staging.canvas
    if (clip.width, clip.height, clip.fps) != (canvas.width, canvas.height, canvas.fps):
        raise CutRefused(f"the reference renderer needs clips of {canvas.width}x{canvas.height} at {canvas.fps}")
    film = VideoFileClip(str(clip.path), audio=False)
    opened.append(film)
    return film


def _aims(
    shots: Sequence[TimelineShot], index: int, staging: Staging, clips: Mapping[str, ClipFile]
) -> tuple[Aim, Aim] | None:
    """Clips of the canvas's size lie on it as they are, so their subject boxes only have to be scaled."""
    boxes = []
    for shot in shots[index : index + 2]:
        subject = clips[shot.clip].subject if shot.clip else None
        if subject is None:
            return None
        width, height = staging.canvas.width, staging.canvas.height
        left, top = even(subject.x0 * width), even(subject.y0 * height)
        boxes.append(PixelBox(left, top, even(subject.x1 * width) - left, even(subject.y1 * height) - top))
    return meet(boxes[0], boxes[1], staging.canvas)


def _card(staging: Staging, shot: TimelineShot, head: int, count: int, fps: int) -> VideoClip:
    card = staging.card_of(shot.id)
    if card is None:
        raise CutRefused("this ad was staged without its drawn shots")
    return VideoClip(lambda t: to_rgb(card.frame(int(t * fps) - head)), duration=count / fps)


def _overlay(cue: Cue) -> VideoClip:
    picture = _straight(cue.picture)
    return (
        ImageClip(picture, transparent=True, duration=(cue.end - cue.start) / cue.fps)
        .with_start(cue.start / cue.fps)
        .with_position((cue.x, cue.y))
    )


def _straight(premultiplied: RGBA) -> Bytes:
    """RGBA as MoviePy takes it: 8 bits, colour not multiplied by alpha."""
    alpha = premultiplied[:, :, 3:]
    colour = np.divide(premultiplied[:, :, :3], alpha, out=np.zeros_like(premultiplied[:, :, :3]), where=alpha > 0)
    straight: Bytes = np.rint(255 * np.dstack([colour, alpha])).clip(0, 255).astype(np.uint8)
    return straight
