"""The gate's one verb: look at a clip as a customer would, and say what is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from generation.domain.engine_spec import Move
from generation.domain.geometry import WHOLE, Box
from generation.domain.quality import Measures, Verdict, not_judged, weigh
from generation.gate import frames, text
from generation.gate.align import Matrix3, View, carried, find, find_first
from generation.gate.frames import Facts, Sample
from generation.gate.identity import PLAIN, Look, distance_from_photo, look
from generation.gate.light import Light
from generation.gate.limits import thresholds
from generation.gate.motion import Motion
from generation.gate.product import Product, product_of
from generation.gate.sharpness import Sharpness

Seen = Callable[[float], None]  # told how far the work is, 0..1; what it raises passes through

SURE_ENOUGH = 0.9  # so many details kept, and the product need not be looked for anew
HARDLY_MOVES = 0.15  # a shot of less strength was ordered to stand (nearly) still
UNREAD = "the text was not read: pip install 'hitsmith[ocr]'"


@dataclass(frozen=True)
class Shown:
    """A photo on this machine, and where the product is in it. ``matte``: white on the product, if anybody drew it."""

    photo: Path
    subject: Box | None = None
    matte: Path | None = None


@dataclass(frozen=True)
class Asked:
    """What of the plan the gate must know. ``move`` ``None``: unknown. ``last``: the photo that the clip ends on."""

    move: Move | None = None
    strength: float = 1.0
    subject: Box | None = None
    matte: Path | None = None
    last: Shown | None = None


@dataclass(frozen=True)
class Compared:
    """A product and the frames it was compared with; ``readings``: frame index -> the lines that were read there."""

    product: Product
    looks: tuple[Look, ...]
    readings: dict[int, list[text.Reading]]


@dataclass(frozen=True)
class Report:
    """Everything the gate has to say. ``compared`` is for the evidence picture and the composite."""

    verdict: Verdict
    measures: Measures
    version: str  # of the thresholds
    facts: Facts
    compared: tuple[Compared, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        verdict = self.verdict
        return {
            "thresholds": self.version,
            "judged": verdict.judged,
            "passed": verdict.passed,
            "score": verdict.score,
            "numbers": {name: round(value, 4) for name, value in asdict(self.measures).items() if value is not None},
            "faults": [
                {"measure": f.measure, "value": round(f.value, 4), "limit": f.limit, "hard": f.hard}
                for f in verdict.faults
            ],
            "reasons": {lang: verdict.reasons(lang) for lang in ("zh", "en")},
            "notes": [*self.notes, *([verdict.note] if verdict.note else [])],
        }


def judge(photo: Path | None, clip: Path, asked: Asked, seen: Seen = lambda _: None) -> Report:
    """Judge ``clip``, which was filmed from ``photo`` (``None``: from text alone).

    Deterministic. Takes one to two seconds of a core for 5 s of 1080 x 1920, and another where text is read.
    Raises ``MediaBroken`` for a clip or a photo that cannot be read.
    """
    facts = frames.facts_of(clip)
    limits = thresholds(asked.move)
    if facts.too_small:
        return Report(not_judged(facts.too_small), Measures(), limits.version, facts)
    measures, samples = _watched(clip, facts, asked, seen)
    compared, notes = [], []
    for shown, part in _pairs(photo, asked, samples):
        compared.append(_compared(shown, part))
        seen(0.6 + 0.4 * len(compared) / 2)
    if compared:
        measures = _of_product(measures, compared, ends=asked.last is not None)
        notes = [] if text.installed() else [UNREAD]
    return Report(weigh(measures, limits), measures, limits.version, facts, tuple(compared), tuple(notes))


def _watched(clip: Path, facts: Facts, asked: Asked, seen: Seen) -> tuple[Measures, list[Sample]]:
    """One walk through the clip: how it moves, its light, its sharpness; and the frames to look at closely."""
    motion, light, sharpness = Motion(facts.fps), Light(), Sharpness()
    samples = []
    for small, sample in frames.walk(clip, frames.sampled(facts.frames)):
        for meter in (motion, light, sharpness):
            meter.add(small)
        if sample is not None:
            samples.append(sample)
            seen(0.6 * small.index / facts.frames)
    softer, harsher = sharpness.kept or (None, None)
    measures = Measures(
        black=light.black,
        frozen=motion.frozen if asked.strength >= HARDLY_MOVES else None,
        flicker=light.flicker,
        cut=light.cut,
        jump=motion.jump,
        jerk=motion.jerk,
        softer=softer,
        harsher=harsher,
    )
    return measures, samples


def _pairs(photo: Path | None, asked: Asked, samples: list[Sample]) -> list[tuple[Shown, list[Sample]]]:
    """Which photo is compared with which frames. Between two photos one turns into the other: only the ends count."""
    if photo is None or not samples:
        return []
    first = Shown(photo, asked.subject, asked.matte)
    if asked.last is None:
        return [(first, samples)]
    return [(first, samples[:1]), (asked.last, samples[-1:])]


def _compared(shown: Shown, samples: Sequence[Sample]) -> Compared:
    prepare = partial(product_of, shown.photo, shown.subject, shown.matte)
    product, view = find_first(prepare, samples[0])
    lines = text.lines_of(shown.photo, shown.subject or WHOLE) if text.installed() else ()
    looks: list[Look] = []
    readings = {}
    for sample in samples:
        near = looks[-1].home if looks else None
        looks.append(_look(product, sample, near, last=sample is samples[-1]) if looks else look(product, view))
        home = looks[-1].home
        if lines and home is not None:
            readings[sample.index] = text.read(lines, sample.picture, _full_size(product, looks[-1].view, home))
    return Compared(product, tuple(looks), readings)


def _look(product: Product, sample: Sample, near: Matrix3 | None, *, last: bool) -> Look:
    """Keypoints are looked for in the first and the last frame, and wherever following the details did not do.

    Where they are not found but every detail is in its place, it is the keypoints that were not up to it.
    """
    followed = look(product, carried(sample, near)) if near is not None else None
    good = followed is not None and followed.kept is not None and followed.kept >= SURE_ENOUGH
    if followed is not None and good and not last:
        return followed
    found = look(product, find(product, sample, near))
    if followed is not None and good and not len(found.view.inliers):
        return followed
    return found


def _full_size(product: Product, view: View, home: Matrix3) -> Matrix3:
    """``home``, but from the photo's file to the frame's full size."""
    into, out = np.diag((product.scale, product.scale, 1.0)), np.diag((1 / view.scale, 1 / view.scale, 1.0))
    return out @ home @ into


def _of_product(measures: Measures, compared: Sequence[Compared], *, ends: bool) -> Measures:
    looks = [look for one in compared for look in one.looks]
    plain = any(len(one.product.points) < PLAIN for one in compared)
    found = [look.view.identity for look in looks if look.view.identity is not None]
    agreements = [text.total(lines) for one in compared for lines in one.readings.values()]
    return replace(
        measures,
        first=distance_from_photo(compared[0].product, compared[0].looks[0].view),
        last=distance_from_photo(compared[-1].product, compared[-1].looks[-1].view) if ends else None,
        identity=None if plain or not found else float(np.mean(found)),
        identity_least=None if plain or not found else min(found),
        kept=_worst(min, [look.kept for look in looks]),
        bend=_worst(max, [look.bend for look in looks]),
        hue=_worst(max, [look.hue for look in looks]),
        text=_worst(min, agreements),
    )


def _worst(choose: Callable[[list[float]], float], values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None
