"""One shape of an ad on its way into its file: what is drawn on it, who encodes it, who looks at it, what proves it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from generation.deliver.aac import Aac
from generation.deliver.aigc import KEY, aigc_value
from generation.deliver.caption_place import overflows
from generation.deliver.check import Check, checks, refuse_failed
from generation.deliver.encode import Encoder
from generation.deliver.file_facts import FileFacts, facts_of
from generation.deliver.marks import Facts, Mark, lay_all, prove_all
from generation.deliver.platforms import platform, platforms
from generation.deliver.readback import read_back
from generation.deliver.rules import Outcome, Verdict, preflight, takes
from generation.deliver.stills import Stills
from generation.domain.cut_order import CutOrder
from generation.domain.timeline import Timeline
from generation.domain.timeline_media import planned_stills, starts
from generation.errors import DeliverableRefused
from generation.render.captions_contrast import contrast_findings
from generation.render.inspector import Inspector
from generation.render.picture import Look
from generation.render.staging import Staging
from generation.render.yuv import Frame


@dataclass(frozen=True)
class Proved:
    """What the finished bytes say. ``facts``: the marks and, for each platform of this aspect, whether it takes the file."""

    checks: tuple[Check, ...]
    facts: Facts
    notes: tuple[str, ...]
    sha256: str


@dataclass
class FilmShape:
    """``folder`` is there; the files in it are removed by ``discard``."""

    order: CutOrder
    staging: Staging
    folder: Path
    stills: Stills = field(init=False)
    inspector: Inspector = field(init=False)

    def __post_init__(self) -> None:
        self.stills = Stills(self.order.timeline, self.staging.label)
        self.inspector = inspector_of(self.order.timeline)

    @property
    def video(self) -> Path:
        return self.folder / "ad.mp4"

    @property
    def looks(self) -> tuple[Look, ...]:
        """They see each picture before anything is drawn on it."""
        return (self.inspector.look, self.stills.clean)

    def aigc(self) -> str:
        return aigc_value(self.order.provider_code, self.order.produce_id, self.order.key)

    def encoder(self, sound: Aac | None) -> Encoder:
        return Encoder(self.video, self.staging.canvas, self.order.quality, sound, {KEY: self.aigc()})

    def finished(self, at: int, picture: Frame) -> None:
        self.stills.finished(at, picture)

    def prove(self, marks: Sequence[Mark], wanted: Sequence[str], *, has_sound: bool) -> Proved:
        """Lay the marks that come after the encoder, then look at the bytes only. Raises ``DeliverableRefused``.

        ``wanted``: platforms that must take the file, where they take its aspect at all.
        """
        lay_all(marks, self.video)
        frames, canvas = self.order.timeline.duration, self.staging.canvas
        findings, read = self.inspector.close(frames), read_back(self.video)
        done = checks(
            read,
            canvas,
            frames,
            findings,
            has_sound=has_sound,
            contrasts=contrast_findings(self.staging.cues),
            overflows=overflows(self.staging.cues, canvas, self.staging.safe),
        )
        refuse_failed(done)
        facts = prove_all(marks, self.video)
        facts |= self._platforms(facts_of(self.video, read), wanted)
        notes = tuple(str(finding) for finding in findings if finding.kind == "unplanned cut")
        return Proved(done, facts, (*self.staging.notes, *notes), hashlib.sha256(self.video.read_bytes()).hexdigest())

    def _platforms(self, file: FileFacts, wanted: Sequence[str]) -> Facts:
        found: Facts = {}
        for place in platforms():
            if takes(place, self.order.aspect):
                verdicts = preflight(file, place)
                found[f"fits_{place.code}"] = told(verdicts)
                if place.code in wanted and any(verdict.outcome is Outcome.FAILED for verdict in verdicts):
                    raise DeliverableRefused(f"{place.en} does not take this film: {told(verdicts)}")
        return found

    def discard(self) -> None:
        for name in ("ad.mp4", "poster.jpg", "contact.jpg"):
            (self.folder / name).unlink(missing_ok=True)


def told(verdicts: Sequence[Verdict]) -> str:
    """``passed``, or ``failed: `` with what is wrong; what nobody knows is not held against a file."""
    failed = [
        f"{item.rule} {item.measured}, not {item.expected}" for item in verdicts if item.outcome is Outcome.FAILED
    ]
    return f"failed: {'; '.join(failed)}" if failed else "passed"


def check_wanted(wanted: Sequence[str]) -> None:
    """Raises ``CutRefused`` for a platform that nobody knows."""
    for code in wanted:
        platform(code)


def inspector_of(timeline: Timeline) -> Inspector:
    """Who watches its pictures, and knows what stands still or changes by plan."""
    last = timeline.shots[-1]
    still_from = timeline.duration - (last.duration if last.card is not None else 0)
    return Inspector(timeline.canvas.fps, still_from, planned_stills(timeline), planned_cuts(timeline))


def planned_cuts(timeline: Timeline) -> tuple[tuple[int, int], ...]:
    """[start, end) of frames at which the picture changes by plan: cuts, and transitions from their first frame on."""
    found = []
    for (shot, _), (_, at) in pairwise(zip(timeline.shots, starts(timeline.shots), strict=True)):
        half = shot.transition_frames // 2
        found.append((at - half, at + half + 1))
    return tuple(found)
