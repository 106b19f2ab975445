"""The rules of ``ad-timeline/1``."""

from generation.domain.timeline import Timeline, TimelineInvalid
from generation.domain.timeline_media import handles, media_frames, starts
from generation.domain.timeline_overlays import check_overlays
from generation.domain.timeline_shots import check_shots

__all__ = ["handles", "media_frames", "starts", "validate"]

MIN_SIDE = 64
FPS = range(10, 61)
BPM = range(60, 181)
# GB 45438-2025 5.1 b: the visible label names the machine and the making.
LABEL_WHO = ("AI", "人工智能")
LABEL_WHAT = ("生成", "合成")


def validate(timeline: Timeline) -> None:
    """Raises ``TimelineInvalid`` naming the first item that breaks a rule, and the rule."""
    _canvas(timeline)
    check_shots(timeline.shots)
    check_overlays(timeline)
    if timeline.music is not None and timeline.music.bpm not in BPM:
        raise TimelineInvalid(f"music: {timeline.music.bpm} beats a minute; choose {BPM.start} to {BPM.stop - 1}")
    has_who = any(word in timeline.label_text for word in LABEL_WHO)
    if not (has_who and any(word in timeline.label_text for word in LABEL_WHAT)):
        raise TimelineInvalid(
            f"label {timeline.label_text!r} must say AI (or 人工智能) and 生成 (or 合成), for example AI生成"
        )


def _canvas(timeline: Timeline) -> None:
    canvas = timeline.canvas
    for side in (canvas.width, canvas.height):
        if side < MIN_SIDE or side % 2:
            raise TimelineInvalid(f"canvas {canvas.width}x{canvas.height}: sides are even and at least {MIN_SIDE}")
    if canvas.fps not in FPS:
        raise TimelineInvalid(f"canvas: {canvas.fps} frames a second; choose {FPS.start} to {FPS.stop - 1}")
