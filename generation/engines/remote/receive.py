"""What a server sent: looked at as a stranger's file, then made one of our clips.

Servers round sizes, lengths and rates without saying so, and a gateway may send an error page with a friendly status.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from generation.domain.shot_plan import ShotPlan
from generation.errors import ClipRejected, MediaBroken
from generation.ffmpeg import ClipWriter, VideoFacts, opened, probe
from generation.watch import Watch

CODECS = {"h264", "hevc", "av1", "libdav1d", "vp9", "libvpx-vp9", "mpeg4"}
RATE_TOLERANCE = Fraction(1, 100)  # 23.976 is meant by 24
FRAMES_PER_STEP = 5
# An untagged file was packed from RGB by ffmpeg without being asked for a matrix, and then ffmpeg takes BT.601.
UNTAGGED = Colorspace.ITU601
REFORMATTER = VideoReformatter()


def receive(plan: ShotPlan, sent: Path, out: Path, watch: Watch) -> None:
    """``sent`` as a clip of exactly ``plan``: what is too long is cut off. Raises ``ClipRejected``."""
    try:
        _check(plan, probe(sent))
        with ClipWriter(out, plan.width, plan.height, plan.fps) as writer:
            for frame in _frames(plan, sent):
                if writer.frames % FRAMES_PER_STEP == 0:
                    watch.step(writer.frames / plan.frames, "encode")
                writer.write(_ours(frame))
            if writer.frames < plan.frames:
                raise _rejected(plan, f"only {writer.frames} whole frames", f"{plan.frames}")
    except MediaBroken as broken:
        raise ClipRejected(f"{plan.engine} sent a file that is no video: order the shot again") from broken


def _check(plan: ShotPlan, found: VideoFacts) -> None:
    if found.codec not in CODECS:
        raise _rejected(plan, f"a video of the codec {found.codec}", "H.264")
    if (found.width, found.height) != (plan.width, plan.height):
        raise _rejected(plan, f"{found.width}x{found.height}", f"{plan.width}x{plan.height}")
    if abs(found.fps - plan.fps) > plan.fps * RATE_TOLERANCE:
        raise _rejected(plan, f"{float(found.fps):g} frames a second", f"{plan.fps}")
    if found.frames < plan.frames:
        raise _rejected(plan, f"{found.frames} frames", f"{plan.frames}")


def _rejected(plan: ShotPlan, got: str, wanted: str) -> ClipRejected:
    return ClipRejected(
        f"{plan.engine} sent {got} where {wanted} was planned: ask its operator to check REMOTE_ENGINES"
    )


def _frames(plan: ShotPlan, sent: Path) -> Iterator[VideoFrame]:
    """The first ``plan.frames`` frames; nothing after them is decoded. Any that changes its size is refused."""
    with opened(sent) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == plan.frames:
                return
            if (frame.width, frame.height) != (plan.width, plan.height):
                raise _rejected(plan, f"a frame of {frame.width}x{frame.height}", f"{plan.width}x{plan.height}")
            yield frame


def _ours(frame: VideoFrame) -> NDArray[Any]:
    """I420 planes, BT.709, limited range."""
    standard = frame.colorspace == Colorspace.ITU709 and frame.color_range != ColorRange.JPEG
    if not (standard and frame.format.name == "yuv420p"):
        frame = REFORMATTER.reformat(
            frame,
            format="yuv420p",
            src_colorspace=Colorspace.ITU709 if frame.colorspace == Colorspace.ITU709 else UNTAGGED,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=frame.color_range or ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
        )
    return frame.to_ndarray()
