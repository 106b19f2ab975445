"""Where an editor's program finds the pictures and sounds of a handed-over ad: paths inside the hand-over, lengths in frames."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generation.domain.timeline import Timeline, TimelineShot
from generation.domain.timeline_media import handles


@dataclass(frozen=True)
class ClipMedia:
    """``name``: path in the hand-over; ``frames`` at the file's own ``fps``. A drawn shot begins at ``head`` in its file."""

    name: str
    frames: int
    fps: int
    width: int
    height: int
    head: int = 0


@dataclass(frozen=True)
class HandOverMedia:
    """``clips``: by clip key, and by ``drawn_key`` for shots that are drawn; ``stems``: part -> path of its WAV."""

    clips: Mapping[str, ClipMedia]
    stems: Mapping[str, str]

    def of(self, shot: TimelineShot) -> ClipMedia:
        return self.clips[shot.clip or drawn_key(shot)]

    def start(self, shot: TimelineShot) -> int:
        """The frame, at the timeline's rate, at which the shot's file begins to play."""
        return shot.source_start if shot.clip else self.of(shot).head


def drawn_key(shot: TimelineShot) -> str:
    return f"drawn:{shot.id}"


def drawn_lengths(timeline: Timeline) -> dict[str, tuple[int, int]]:
    """Shot id -> (head, all frames) of the clips to make of shots that are drawn."""
    return {
        shot.id: (head, head + shot.duration + tail)
        for shot, (head, tail) in zip(timeline.shots, handles(timeline.shots), strict=True)
        if not shot.clip
    }


def order_media(timeline: Timeline) -> HandOverMedia:
    """As much as it takes to read an order back: where the files of drawn shots begin to play."""
    canvas = timeline.canvas
    drawn = {
        drawn_key(shot): ClipMedia("", lengths[1], canvas.fps, canvas.width, canvas.height, lengths[0])
        for shot, lengths in ((shot, drawn_lengths(timeline)[shot.id]) for shot in timeline.shots if not shot.clip)
    }
    return HandOverMedia(drawn, {})


def file_name(text: str) -> str:
    """Letters, digits, dash and underscore: what every file system and archive takes."""
    return re.sub(r"[^0-9A-Za-z_-]+", "-", text).strip("-")[:60] or "item"
