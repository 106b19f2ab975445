"""The pre-flight: each rule of a platform, and of the law, against the facts of a file. Unknown is said, never guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from generation.deliver.check import BT709_LIMITED, LUFS_TOLERANCE
from generation.deliver.file_facts import FileFacts
from generation.deliver.material import HDR
from generation.deliver.platforms import MEGABYTE, Limits, Listed, Platform, Shape, Source

LAW = Source("GB 45438-2025 5.4 and 6, Appendix E", "2025-09-01", "standard, as others quote it")
OURS = Source("our own encode, which every platform takes", "2026-11-23", "ours")


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    rule: str
    outcome: Outcome
    measured: str
    expected: str
    source: Source


def takes(platform: Platform, aspect: str) -> bool:
    return any(shape.aspect == aspect for shape in platform.shapes)


def preflight(file: FileFacts, platform: Platform) -> tuple[Verdict, ...]:
    """What the platform asks for, in the order in which a person would look."""
    shape = next((shape for shape in platform.shapes if shape.aspect == file.aspect), None)
    video, audio = file.read.video, file.read.audio
    accepted = ", ".join(shape.aspect for shape in platform.shapes)
    return (
        _verdict("shape", shape is not None, file.aspect, accepted, platform.shapes[0].source),
        *(_sizes(file, shape) if shape is not None else ()),
        _listed("container", file.container, platform.containers),
        _listed("video codec", video.codec, platform.video_codecs),
        *([_listed("audio codec", audio.codec, platform.audio_codecs)] if audio is not None else []),
        _within("length", video.seconds, "s", platform.seconds),
        _within("frame rate", float(video.fps), "fps", platform.fps),
        _within("file size", file.bytes / MEGABYTE, "MB", platform.size),
        *([_loudness(audio.lufs, platform.lufs)] if audio is not None else []),
    )


def marks(file: FileFacts) -> tuple[Verdict, ...]:
    """The labels of generated content. An optional signature that is not there is unknown; one that is broken fails."""
    seen = file.label
    return (
        _verdict(
            "visible AI label",
            seen is not None,
            file.label_trouble if seen is None else f"likeness {seen.likeness}, {seen.seconds:.1f} s",
            "from the first picture on, 2 s, glyphs at least 5 % of the short side",
            LAW,
        ),
        _verdict(
            "AIGC metadata",
            file.aigc is not None,
            file.aigc_trouble if file.aigc is None else f"ProduceID {file.aigc['ProduceID']}",
            "one label with the seven fields of Appendix E",
            LAW,
        ),
        _signature(file),
    )


def technical(file: FileFacts) -> Iterator[Verdict]:
    """What no platform writes down and every player needs."""
    video = file.read.video
    yield _verdict("pixel format", video.pixel_format == "yuv420p", video.pixel_format, "yuv420p", OURS)
    yield _verdict("colours", video.colours == BT709_LIMITED, _colours(video.colours), "BT.709, limited range", OURS)
    yield _verdict("rotation", file.rotation == 0, f"{file.rotation} degrees", "0 degrees", OURS)
    yield _verdict(
        "constant frame rate", video.steady and video.ordered, _yes(video.steady and video.ordered), "yes", OURS
    )
    yield _verdict("index before data", file.read.faststart, _yes(file.read.faststart), "yes", OURS)
    if file.read.audio is not None:
        clipped = file.read.audio.clipped
        yield _verdict("clipped samples", clipped == 0, str(clipped), "0", OURS)


def _sizes(file: FileFacts, shape: Shape) -> Iterator[Verdict]:
    measured = f"{file.width}x{file.height}"
    if shape.least is None and shape.most is None:
        yield Verdict("size", Outcome.UNKNOWN, measured, "unknown", shape.source)
    else:
        large = shape.least is None or (file.width >= shape.least[0] and file.height >= shape.least[1])
        small = shape.most is None or (file.width <= shape.most[0] and file.height <= shape.most[1])
        words = [f"at least {shape.least[0]}x{shape.least[1]}"] if shape.least else []
        words += [f"at most {shape.most[0]}x{shape.most[1]}"] if shape.most else []
        yield _verdict("size", large and small, measured, ", ".join(words), shape.source)
    if shape.most_bytes is not None:
        limit = Limits((None, shape.most_bytes / MEGABYTE), shape.source)
        yield _within(f"file size of {shape.aspect}", file.bytes / MEGABYTE, "MB", limit)


def _listed(rule: str, value: str, listed: Listed) -> Verdict:
    if not listed.values:
        return Verdict(rule, Outcome.UNKNOWN, value, "unknown", listed.source)
    return _verdict(rule, value in listed.values, value, ", ".join(listed.values), listed.source)


def _within(rule: str, value: float, unit: str, limits: Limits) -> Verdict:
    measured = f"{value:.2f} {unit}"
    if limits.span is None:
        return Verdict(rule, Outcome.UNKNOWN, measured, "unknown", limits.source)
    least, most = limits.span
    words = [f"at least {least:g} {unit}"] if least is not None else []
    words += [f"at most {most:g} {unit}"] if most is not None else []
    good = (least is None or value >= least) and (most is None or value <= most)
    return _verdict(rule, good, measured, ", ".join(words), limits.source)


def _loudness(lufs: float, limits: Limits) -> Verdict:
    if limits.span is None or limits.span[0] is None:
        return Verdict("loudness", Outcome.UNKNOWN, f"{lufs} LUFS", "unknown", limits.source)
    near = abs(lufs - limits.span[0]) <= LUFS_TOLERANCE
    return _verdict("loudness", near, f"{lufs} LUFS", f"{limits.span[0]:g} LUFS", limits.source)


def _signature(file: FileFacts) -> Verdict:
    found, expected = file.signature, "none, or one that holds"
    if not file.signature_known:
        return Verdict("C2PA signature", Outcome.UNKNOWN, "c2pa-python is not installed", expected, OURS)
    if found is None:
        return Verdict("C2PA signature", Outcome.UNKNOWN, "not signed", expected, OURS)
    measured = f"by {found.signer or 'nobody'}" + (f" ({', '.join(found.troubles)})" if found.troubles else "")
    return _verdict("C2PA signature", found.valid, measured, expected, OURS)


def _colours(colours: tuple[int, int, int, int]) -> str:
    if colours == BT709_LIMITED:
        return "BT.709, limited range"
    curve = HDR.get(colours[1])
    return f"HDR ({curve})" if curve else f"primaries, transfer, matrix, range {colours}"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _verdict(rule: str, good: object, measured: str, expected: str, source: Source) -> Verdict:
    return Verdict(rule, Outcome.PASSED if good else Outcome.FAILED, measured, expected, source)
