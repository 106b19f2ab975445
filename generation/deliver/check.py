"""The gate: what was read back from the bytes against what the order says. One failed check and nothing is delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generation.deliver.encode import GROUP_S, SAMPLE_RATE
from generation.deliver.readback import AudioRead, ReadBack
from generation.deliver.sound import PEAK_LIMIT_DB
from generation.domain.timeline import Canvas
from generation.errors import DeliverableRefused
from generation.render.audio import TARGET_LUFS
from generation.render.inspector import Finding

LUFS_TOLERANCE = 1.0
BT709_LIMITED = (1, 1, 1, 1)


@dataclass(frozen=True)
class Check:
    name: str
    passed: bool
    measured: str
    expected: str


def checks(
    read: ReadBack, canvas: Canvas, frames: int, findings: Sequence[Finding], *, has_sound: bool
) -> tuple[Check, ...]:
    """Every check with its measure; raises nothing."""
    return (
        *_picture(read, canvas, frames),
        *_sound(read.audio, frames / canvas.fps, canvas.fps, has_sound=has_sound),
        *_seen(findings),
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
    yield Check("constant frame rate", video.steady, str(video.steady), "True")
    longest = GROUP_S * canvas.fps
    yield Check("longest group", video.longest_group <= longest, str(video.longest_group), f"at most {longest}")
    yield Check("index before data", read.faststart, str(read.faststart), "True")


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


def _seen(findings: Sequence[Finding]) -> Iterator[Check]:
    for kind in ("black", "flat", "frozen"):
        found = [str(finding) for finding in findings if finding.kind == kind]
        yield Check(f"no {kind} picture", not found, "; ".join(found) or "none", "none")


def _equal(name: str, measured: object, expected: object) -> Check:
    return Check(name, measured == expected, str(measured), str(expected))
