"""The ladder: a shot is filmed until a take passes the gate, or the safest way to film it is taken.

A take that passes is kept. Else the next seed is tried; then the photo's own product is put over the best take; then
the ``still`` engine films the shot, which never changes a product. All of it is one job, one clip and one price.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from generation.domain.engine_spec import Mode, Move
from generation.domain.quality import GateMode, seed_of_take
from generation.domain.shot_plan import ImageRef, ShotPlan
from generation.engines.base import Filmed
from generation.engines.still import SPEC as STILL
from generation.errors import ClipRejected
from generation.gate.composite import composite
from generation.gate.judge import Asked, Report, Shown, judge
from generation.watch import Part, Watch

log = logging.getLogger(__name__)
Shoot = Callable[[ShotPlan, Mapping[str, Path], Path, Watch], Filmed]

# How ``still`` films the moves that it has not.
NEAREST = {
    Move.CRANE: Move.PUSH,
    Move.RACK_ZOOM: Move.PUSH,
    Move.TURN: Move.ORBIT,
    Move.FLOAT: Move.HANDHELD,
    Move.LIGHT_SWEEP: Move.STATIC,
}
FIRST_TAKE, FILMING = 0.9, 0.85  # shares of the whole work, and of one take's


@dataclass(frozen=True)
class Take:
    """One way in which the shot was filmed. ``plan``: who filmed it, with which seed; ``number`` counts from 1.

    ``way``: "take", "composite" or "still". ``report``: what the gate says about it.
    """

    plan: ShotPlan
    number: int
    way: str
    clip: Path
    filmed: Filmed
    report: Report


@dataclass(frozen=True)
class Kept:
    """The take that was kept, and all that was tried on the way to it, in order."""

    take: Take
    tried: tuple[Take, ...]
    mode: GateMode

    def as_json(self) -> dict[str, object]:
        """For the clip's row: numbers and verdict of what was kept, and in short what was not."""
        return {
            **self.take.report.as_json(),
            "mode": self.mode.value,
            "way": self.take.way,
            "engine_facts": dict(self.take.filmed.facts),
            "tried": [
                {
                    "way": take.way,
                    "take": take.number,
                    "seed": take.plan.seed,
                    "score": take.report.verdict.score,
                    "passed": take.report.verdict.passed,
                    "faults": [fault.measure for fault in take.report.verdict.rejections],
                }
                for take in self.tried
            ],
        }


def gate_mode(plan: ShotPlan) -> GateMode:
    """As set, but demo weights film noise, and everybody knows: there the gate only reports."""
    return GateMode.REPORT if plan.weights.startswith("demo") else GateMode(settings.GATE)


def film_takes(
    plan: ShotPlan, images: Mapping[str, Path], folder: Path, watch: Watch, shoot: Shoot, best_of: int = 1
) -> Kept:
    """Film ``plan`` into ``folder`` until the gate is content. ``images``: SHA-256 -> photo on this machine.

    ``best_of``: so many takes are filmed in any case, and the best of those that pass is kept. Deterministic, as long
    as the engine is. Raises ``GenerationError``: what ``shoot`` raises, and ``ClipRejected`` where nothing passes and
    there is no photo that could be shown instead.
    """
    stage = _Stage(plan, images, folder, shoot)
    mode = gate_mode(plan)
    most = 1 if plan.engine == STILL.id else max(best_of, settings.GATE_TAKES)
    tried: list[Take] = []
    for number in range(1, most + 1):
        share = Part(watch, 0.0, FIRST_TAKE) if number == 1 else Part(watch, FIRST_TAKE, FIRST_TAKE + 0.05)
        tried.append(stage.take(number, share))
        good = [take for take in tried if take.report.verdict.passed]
        if number >= best_of and (good or mode is GateMode.REPORT):
            return Kept(max(good or tried, key=_score), tuple(tried), mode)
        log.info("take %d of %s: %s", number, plan.key[:12], tried[-1].report.verdict.reasons("en") or "passed")
    return _last_resort(stage, tried, mode, Part(watch, FIRST_TAKE + 0.05, 1.0))


def _score(take: Take) -> tuple[float, int]:
    """The best, and of equals the first."""
    return take.report.verdict.score, -take.number


def _last_resort(stage: "_Stage", tried: list[Take], mode: GateMode, watch: Watch) -> Kept:
    """No take has passed: keep the motion with the photo's product, or else the photo with a camera moving over it."""
    if stage.plan.engine == STILL.id:
        return Kept(tried[-1], tuple(tried), mode)
    if stage.plan.image is None:
        reasons = "; ".join(max(tried, key=_score).report.verdict.reasons("en"))
        raise ClipRejected(f"none of {len(tried)} takes is good enough ({reasons}): change the text or the engine")
    repairable = [take for take in tried if take.report.verdict.product_is_the_trouble]
    if repairable and stage.plan.last_image is None:  # between two photos there are two products to track
        mended = stage.composite(max(repairable, key=_score), Part(watch, 0.0, 0.4))
        if mended is not None:
            tried.append(mended)
            if mended.report.verdict.passed and not mended.report.verdict.faults:  # a patch must be beyond doubt
                return Kept(mended, tuple(tried), mode)
    tried.append(stage.still(len(tried) + 1, Part(watch, 0.4, 1.0)))
    return Kept(tried[-1], tuple(tried), mode)


class _Stage:
    """Where one shot is filmed: its plan, its photos, a folder for the takes."""

    def __init__(self, plan: ShotPlan, images: Mapping[str, Path], folder: Path, shoot: Shoot) -> None:
        self.plan, self._images, self._folder, self._shoot = plan, images, folder, shoot

    def take(self, number: int, watch: Watch) -> Take:
        return self._filmed(replace(self.plan, seed=seed_of_take(self.plan.seed, number)), number, "take", watch)

    def still(self, number: int, watch: Watch) -> Take:
        """By ``still``, in the plan's own frames, rate and size, so that the cut does not notice."""
        plan = replace(
            self.plan,
            engine=STILL.id,
            engine_version=STILL.version,
            weights=STILL.weights,
            mode=Mode.FIRST,
            last_image=None,
            move=NEAREST.get(self.plan.move, self.plan.move),
            prompt="",
            profile=STILL.profiles[0].name,
        )
        return self._filmed(plan, number, "still", watch)

    def composite(self, take: Take, watch: Watch) -> Take | None:
        """``None`` where the product could not be tracked."""
        out = self._folder / "composite.mp4"
        photo = self._images[self.plan.photo.sha256]
        if not take.report.compared or not composite(
            photo, take.clip, take.report.compared[0], out, lambda done: watch.step(0.8 * done, "composite")
        ):
            return None
        report = self._judged(take.plan, out, Part(watch, 0.8, 1.0))
        return replace(take, way="composite", clip=out, report=report)

    def _filmed(self, plan: ShotPlan, number: int, way: str, watch: Watch) -> Take:
        clip = self._folder / f"{way}{number}.mp4"
        filmed = self._shoot(plan, self._images, clip, Part(watch, 0.0, FILMING))
        return Take(plan, number, way, clip, filmed, self._judged(plan, clip, Part(watch, FILMING, 1.0)))

    def _judged(self, plan: ShotPlan, clip: Path, watch: Watch) -> Report:
        photo = None if plan.image is None else self._images[plan.image.sha256]
        return judge(photo, clip, asked(plan, self._images), lambda done: watch.step(done, "judge"))


def asked(plan: ShotPlan, images: Mapping[str, Path]) -> Asked:
    """What of a plan the gate must know. ``images``: SHA-256 -> photo or matte on this machine."""

    def matte(ref: ImageRef | None) -> Path | None:
        return None if ref is None or ref.matte is None else images.get(ref.matte.sha256)

    last = plan.last_image
    return Asked(
        move=plan.move,
        strength=plan.strength,
        subject=None if plan.image is None else plan.image.subject,
        matte=matte(plan.image),
        last=None if last is None else Shown(images[last.sha256], last.subject, matte(last)),
    )
