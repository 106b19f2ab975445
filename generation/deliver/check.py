"""The gate: what was read back from the bytes against what the order says. One failed check and nothing is delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generation.deliver.aac import SAMPLE_RATE
from generation.deliver.encode import GROUP_S
from generation.deliver.readback import AudioRead, ReadBack
from generation.deliver.sound import PEAK_LIMIT_DB
from generation.domain.timeline import Canvas
from generation.errors import DeliverableRefused
from generation.render.audio import TARGET_LUFS
from generation.render.captions_contrast import ENOUGH, ContrastFinding
from generation.render.inspector import Finding

LUFS_TOLERANCE = 1.0
BT709_LIMITED = (1, 1, 1, 1)
MOST_TOLD = 3


@dataclass(frozen=True)
class Check:
    name: str
    passed: bool
    measured: str
    expected: str


def checks(
    read: ReadBack,
    canvas: Canvas,
    frames: int,
    findings: Sequence[Finding],
    *,
    has_sound: bool,
    contrasts: Sequence[ContrastFinding] = (),
    overflows: Sequence[str] = (),
) -> tuple[Check, ...]:
    """Every check with its measure; raises nothing. ``overflows``: captions that leave the safe box, in words."""
    return (
        *_picture(read, canvas, frames),
        *_time(read, canvas, frames),
        *_sound(read.audio, frames / canvas.fps, canvas.fps, has_sound=has_sound),
        *_seen(findings),
        _none("captions inside the safe box", overflows),
        _contrast(contrasts),
    )


def refuse_failed(done: Sequence[Check]) -> None:
    """Raises ``DeliverableRefused`` naming every failed check."""
    failed = [f"{check.name} is {check.measured}, must be {check.expected}" for check in done if not check.passed]
    if failed:
        raise DeliverableRefused(f"the finished file failed: {'; '.join(failed)}")


def _picture(read: ReadBack, canvas: Canvas, frames: int) -> Iterator[Check]:
    video = read.video
    yield _equal("codec", video.codec, "h264")
    yield _equal("profile", video.profile, "High")
    yield _equal("pixel format", video.pixel_format, "yuv420p")
    yield _equal("colours", video.colours, BT709_LIMITED)
    yield _equal("size", f"{video.width}x{video.height}", f"{canvas.width}x{canvas.height}")
    yield _equal("frame rate", video.fps, canvas.fps)
    yield _equal("frames", video.frames, frames)
    longest = GROUP_S * canvas.fps
    yield Check("longest group", video.longest_group <= longest, str(video.longest_group), f"at most {longest}")
    yield Check("index before data", read.faststart, str(read.faststart), "True")


def _time(read: ReadBack, canvas: Canvas, frames: int) -> Iterator[Check]:
    video, planned = read.video, frames / canvas.fps
    yield Check("constant frame rate", video.steady, str(video.steady), "True")
    yield Check("decoding order", video.ordered, str(video.ordered), "True")
    near = abs(video.seconds - planned) <= 1 / canvas.fps
    yield Check("duration", near, f"{video.seconds:.3f} s", f"{planned:.3f} s +- one frame")


def _sound(audio: AudioRead | None, seconds: float, fps: int, *, has_sound: bool) -> Iterator[Check]:
    yield _equal("has sound", audio is not None, has_sound)
    if audio is None:
        return
    yield _equal("audio codec", audio.codec, "aac")
    yield _equal("audio form", f"{audio.rate} Hz x {audio.channels}", f"{SAMPLE_RATE} Hz x 2")
    apart = abs(audio.seconds - seconds)
    yield Check(
        "picture and sound end", apart <= 1 / fps, f"{apart * 1000:.0f} ms apart", f"at most {1000 / fps:.0f} ms"
    )
    near = abs(audio.lufs - TARGET_LUFS) <= LUFS_TOLERANCE
    yield Check("loudness", near, f"{audio.lufs} LUFS", f"{TARGET_LUFS} +- {LUFS_TOLERANCE} LUFS")
    yield Check("true peak", audio.peak_db <= PEAK_LIMIT_DB, f"{audio.peak_db} dBTP", f"at most {PEAK_LIMIT_DB} dBTP")
    yield _equal("clipped samples", audio.clipped, 0)


def _seen(findings: Sequence[Finding]) -> Iterator[Check]:
    for kind in ("black", "flat", "frozen", "flicker"):
        name = "no flicker" if kind == "flicker" else f"no {kind} picture"
        yield _none(name, [str(finding) for finding in findings if finding.kind == kind])


def _contrast(found: Sequence[ContrastFinding]) -> Check:
    """The lowest contrast at which a caption was shown, after its scrim."""
    failed = [str(item) for item in found if not item.passed]
    lowest = min((item.shown for item in found), default=None)
    measured = "; ".join(failed[:MOST_TOLD]) or ("no captions" if lowest is None else f"at least {lowest:.1f} : 1")
    return Check("caption contrast", not failed, measured, f"at least {ENOUGH:g} : 1")


def _none(name: str, found: Sequence[str]) -> Check:
    return Check(name, not found, "; ".join(found[:MOST_TOLD]) or "none", "none")


def _equal(name: str, measured: object, expected: object) -> Check:
    return Check(name, measured == expected, str(measured), str(expected))
