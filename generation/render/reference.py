"""A slow second renderer on MoviePy: the oracle that tests hold the fast one against.

It shares with the fast renderer only what is drawn (caption sheets, the end card), none of the decoding, timing, cross-fading,
compositing or colour arithmetic. Clips must have the canvas's size and rate.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, VideoClip, VideoFileClip, vfx

from generation.domain.cut_order import ClipFile
from generation.domain.timeline import Timeline, TimelineShot
from generation.domain.timeline_rules import handles, starts
from generation.errors import CutRefused
from generation.render.stage import Cue
from generation.render.staging import Staging
from generation.render.yuv import RGBA, Bytes, to_rgb


@contextmanager
def reference(timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile]) -> Iterator[CompositeVideoClip]:
    """``to_moviepy``, closed at the end with all the programs and pipes that it holds."""
    movie = to_moviepy(timeline, staging, clips)
    try:
        yield movie
    finally:
        readers = [layer.reader for layer in movie.clips if isinstance(layer, VideoFileClip)]
        for process in (reader.proc for reader in readers if reader.proc):
            process.kill()  # a reader that is merely closed leaves the pipes of an ended program open
            process.communicate()
        movie.close()


def to_moviepy(timeline: Timeline, staging: Staging, clips: Mapping[str, ClipFile]) -> CompositeVideoClip:
    """The whole ad without sound; overlays stand at rest, without their entering and leaving.

    Raises ``CutRefused`` for a clip of another size or rate.
    """
    canvas = staging.canvas
    layers = [
        _shot(timeline, staging, clips, index, shot, start, head)
        for index, (shot, start, (head, _)) in enumerate(
            zip(timeline.shots, starts(timeline.shots), handles(timeline.shots), strict=True)
        )
    ]
    layers += [_overlay(cue) for cue in staging.cues]
    whole = CompositeVideoClip(layers, size=(canvas.width, canvas.height), bg_color=(0, 0, 0))
    return whole.with_duration(timeline.duration / canvas.fps).with_fps(canvas.fps)


def frame_at(movie: VideoClip, at: int, fps: int) -> Bytes:
    """RGB of frame ``at``, asked for in its middle so that no rounding of time falls on a cut."""
    picture: Bytes = movie.get_frame((at + 0.5) / fps)
    return picture


def _shot(
    timeline: Timeline,
    staging: Staging,
    clips: Mapping[str, ClipFile],
    index: int,
    shot: TimelineShot,
    start: int,
    head: int,
) -> VideoClip:
    """The shot with both handles, fading in over the dissolve that leads into it."""
    fps = timeline.canvas.fps
    count = head + shot.duration + shot.transition_frames // 2
    movie = _card(staging, head, count, fps) if shot.card is not None else _clip(shot, clips, staging, head, count)
    if head:
        movie = movie.with_effects([vfx.CrossFadeIn(timeline.shots[index - 1].transition_frames / fps)])
    return movie.with_start((start - head) / fps)


def _clip(shot: TimelineShot, clips: Mapping[str, ClipFile], staging: Staging, head: int, count: int) -> VideoClip:
    clip, canvas = clips[shot.clip], staging.canvas
    if (clip.width, clip.height, clip.fps) != (canvas.width, canvas.height, canvas.fps):
        raise CutRefused(f"the reference renderer needs clips of {canvas.width}x{canvas.height} at {canvas.fps}")
    first = shot.source_start - head
    return VideoFileClip(str(clip.path), audio=False).subclipped(first / clip.fps, (first + count) / clip.fps)


def _card(staging: Staging, head: int, count: int, fps: int) -> VideoClip:
    card = staging.card
    if card is None:
        raise CutRefused("this ad was staged without its end card")
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
