"""Encoded segments kept by their content: the same stretch of picture is never encoded twice."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import av
import numpy as np

from generation.deliver.encode import GROUP_S, PRESET, RATE_FACTOR
from generation.domain.cut_order import RENDERER_VERSION, ClipFile, CutOrder
from generation.domain.segments import Segment
from generation.ffmpeg import ENCODER_THREADS
from generation.render.captions_contrast import ContrastFinding
from generation.render.inspector import Finding
from generation.render.yuv import Frame

KEPT_VERSION = 2  # of what is kept of a segment: raise it when ``KeptSegment`` needs more than an older one has


@dataclass(frozen=True)
class Wanted:
    """Frames, counted from the segment's first, that are kept as pictures: ``clean`` before overlays, ``finished`` after."""

    clean: frozenset[int] = frozenset()
    finished: frozenset[int] = frozenset()

    def __or__(self, other: "Wanted") -> "Wanted":
        return Wanted(self.clean | other.clean, self.finished | other.finished)


@dataclass(frozen=True)
class KeptSegment:
    """One encoded segment. All of it counts frames from its first; finished pictures are small."""

    video: Path
    findings: tuple[Finding, ...]
    contrasts: tuple[ContrastFinding, ...]
    clean: Mapping[int, Frame]
    finished: Mapping[int, Frame]

    def shows(self, wanted: Wanted) -> bool:
        return wanted.clean <= self.clean.keys() and wanted.finished <= self.finished.keys()


def segment_key(segment: Segment, order: CutOrder, clips: Mapping[str, ClipFile]) -> str:
    """SHA-256 over all that shows in the segment's pictures and bits.

    The timeline names its clips and files by their content; of a clip's row, what moves the layout is added.
    """
    keys = {key for shot in segment.timeline.shots for key in (shot.clip, shot.second.clip if shot.second else "")}
    sources = [(key, *_shape(clips[key])) for key in sorted(keys & clips.keys())]
    encoder = [av.__version__, PRESET[order.quality], RATE_FACTOR[order.quality], GROUP_S, ENCODER_THREADS]
    content = [
        RENDERER_VERSION,
        KEPT_VERSION,
        segment.timeline.key,
        segment.window,
        segment.labelled,
        order.aspect,
        encoder,
        sources,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _shape(clip: ClipFile) -> tuple[object, ...]:
    box = clip.subject
    return clip.frames, clip.fps, clip.width, clip.height, None if box is None else (box.x0, box.y0, box.x1, box.y1)


@dataclass(frozen=True)
class SegmentCache:
    """A folder on this machine. What it holds may be deleted at any time; it is only made again.

    ``wanted``: by segment key, pictures that are kept of it beyond those that the ad in hand needs.
    """

    folder: Path
    wanted: Mapping[str, Wanted] = field(default_factory=dict)

    def video(self, key: str) -> Path:
        return self.folder / f"{key}.mp4"

    def find(self, key: str) -> KeptSegment | None:
        """None for what is not there, or only half."""
        try:
            with self._beside(key).open("rb") as file, np.load(file, allow_pickle=False) as kept:
                faults, contrasts = json.loads(str(kept["seen"]))
                pictures = {name: _frame(kept[name]) for name in kept.files if name != "seen"}
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None
        if not self.video(key).exists():
            return None
        clean, finished = (_numbered(pictures, kind) for kind in ("clean", "finished"))
        findings = tuple(Finding(**one) for one in faults)
        return KeptSegment(
            self.video(key), findings, tuple(ContrastFinding(**one) for one in contrasts), clean, finished
        )

    def keep(self, key: str, made: KeptSegment) -> KeptSegment:
        """Take in a segment from a file in ``folder``; the pictures come last, and only with them it counts."""
        arrays = {f"clean-{at}": frame.planar for at, frame in made.clean.items()}
        arrays |= {f"finished-{at}": frame.planar for at, frame in made.finished.items()}
        seen = json.dumps([[asdict(one) for one in kind] for kind in (made.findings, made.contrasts)])
        beside = self._beside(key).with_suffix(f".{os.getpid()}.part")
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, seen=np.array(seen), **arrays)
        made.video.replace(self.video(key))
        beside.replace(self._beside(key))
        return replace(made, video=self.video(key))

    def _beside(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


def _frame(planes: np.ndarray) -> Frame:
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    return Frame(width, height, np.ascontiguousarray(planes).reshape(-1))


def _numbered(pictures: Mapping[str, Frame], kind: str) -> dict[int, Frame]:
    prefix = f"{kind}-"
    names: Iterable[str] = (name for name in pictures if name.startswith(prefix))
    return {int(name.removeprefix(prefix)): pictures[name] for name in names}
