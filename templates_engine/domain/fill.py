"""Filling a template with a product's facts: pure, deterministic, and unable to invent anything."""

from dataclasses import dataclass, replace
from random import Random

from templates_engine.domain import reasons
from templates_engine.domain.casting import TOLERANCE, Caster, Casting
from templates_engine.domain.copying import NO_SOURCES, Sources
from templates_engine.domain.errors import TemplatesError
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.guards import NO_TERMS, AdTerms
from templates_engine.domain.lines import Speaker
from templates_engine.domain.patterns import SlotType
from templates_engine.domain.phrases import NO_PHRASES, PhraseBook
from templates_engine.domain.reasons import DroppedBeat, Reason
from templates_engine.domain.script import Script, ScriptBeat
from templates_engine.domain.slots import Pools, usable
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.timing import share_out, shots_of

SHORTEST_AD_MS = 6_000
LONGEST_AD_MS = 60_000
DEFAULT_CTA = {"zh": "立即选购", "en": "Shop now"}

__all__ = ["LONGEST_AD_MS", "SHORTEST_AD_MS", "TOLERANCE", "CannotFill", "Eligibility", "eligibility", "fill"]


class CannotFill(TemplatesError):
    """The facts or the length do not carry this template; ``reasons`` says what is missing."""

    code = "cannot_fill"
    status = 422

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__("; ".join(reason.en for reason in reasons))
        self.reasons = reasons

    def extra(self) -> dict[str, object]:
        return {"reasons": [{"code": reason.code, "zh": reason.zh, "en": reason.en} for reason in self.reasons]}


@dataclass(frozen=True)
class Eligibility:
    """Whether a template can be offered. No ``reasons`` exactly when ``ok``; ``left_out`` names unusable facts."""

    ok: bool
    reasons: tuple[Reason, ...]
    dropped_beats: tuple[DroppedBeat, ...]
    left_out: tuple[Reason, ...] = ()


def eligibility(
    template: ScriptTemplate,
    facts: ProductFacts,
    target_ms: int,
    terms: AdTerms = NO_TERMS,
    sources: Sources = NO_SOURCES,
) -> Eligibility:
    """Exactly when this is ok, ``fill`` succeeds with any seed."""
    return _judged(template, Speaker(facts, terms, template.pace.p50, sources), target_ms)[0]


def fill(
    template: ScriptTemplate,
    facts: ProductFacts,
    *,
    target_ms: int,
    seed: int,
    terms: AdTerms = NO_TERMS,
    book: PhraseBook = NO_PHRASES,
    sources: Sources = NO_SOURCES,
) -> Script:
    """A script of ``target_ms`` (at most 5 % longer where the words need it), the same for the same arguments.

    ``terms`` are the advertising rules and ``book`` lends further phrases; ``library.fill`` brings the current ones.
    Every line passes the guards (``claims``) and repeats none of the ``sources``. Raises CannotFill.
    """
    speaker = Speaker(facts, terms, template.pace.p50, sources)
    verdict, pools, lean = _judged(template, speaker, target_ms)
    if not verdict.ok:
        raise CannotFill(verdict.reasons)
    rng = Random(f"{template.id} {seed}")  # noqa: S311  variety, not secrecy
    richer = book.lent_to(template, rng)
    varied = Caster(richer, speaker, _varied(pools, rng), target_ms, rng).cast()
    # Where the varied words do not fit, the leanest do.
    return _script(template, facts, lean if varied.failure else varied, pools, target_ms, seed)


def _judged(template: ScriptTemplate, speaker: Speaker, target_ms: int) -> tuple[Eligibility, Pools, Casting]:
    facts = speaker.facts
    problem = _unfit(template, facts, target_ms)
    if problem is not None:
        return Eligibility(ok=False, reasons=(problem,), dropped_beats=()), Pools((), ()), Casting({}, {})
    pools = usable(facts, speaker.terms, speaker.rate)
    if not pools.has(SlotType.NAME):  # every ad ends on a card with the product's name
        why = (reasons.missing((SlotType.NAME,)), *pools.left_out)
        return Eligibility(ok=False, reasons=why, dropped_beats=(), left_out=pools.left_out), pools, Casting({}, {})
    lean = _lean(template, speaker, target_ms, pools)
    # A fact that may not be used is the likeliest cause, so it is told together with what is then missing.
    why = (*lean.failure, *pools.left_out) if lean.failure else ()
    return Eligibility(not why, why, lean.dropped_beats(template), pools.left_out), pools, lean


def _unfit(template: ScriptTemplate, facts: ProductFacts, target_ms: int) -> Reason | None:
    if template.lang != facts.lang:
        return reasons.wrong_language(template.lang, facts.lang)
    if not SHORTEST_AD_MS <= target_ms <= LONGEST_AD_MS:
        return reasons.target_out_of_range(target_ms, SHORTEST_AD_MS, LONGEST_AD_MS)
    return None


def _lean(template: ScriptTemplate, speaker: Speaker, target_ms: int, pools: Pools) -> Casting:
    shortest_first = sorted(pools.fillers, key=lambda filler: len(filler.voice))
    return Caster(template, speaker, replace(pools, fillers=tuple(shortest_first)), target_ms).cast()


def _varied(pools: Pools, rng: Random) -> Pools:
    """The merchant's order, lightly shaken: what is named first still tends to be said first."""
    places = {filler.path: place + 2.5 * rng.random() for place, filler in enumerate(pools.fillers)}
    return replace(pools, fillers=tuple(sorted(pools.fillers, key=lambda filler: places[filler.path])))


def _script(
    template: ScriptTemplate, facts: ProductFacts, casting: Casting, pools: Pools, target_ms: int, seed: int
) -> Script:
    def shown(slot: SlotType, otherwise: str) -> str:
        return next((filler.caption for filler in pools.of(slot)), otherwise)

    dropped = [beat.text(facts.lang) for beat in casting.dropped_beats(template)]
    return Script(
        template_id=template.id,
        lang=template.lang,
        seed=seed,
        target_ms=target_ms,
        beats=_beats(template, casting, target_ms, seed),
        headline=shown(SlotType.NAME, ""),
        call_to_action=shown(SlotType.CTA, DEFAULT_CTA[facts.lang]),
        price_text=shown(SlotType.PRICE, ""),
        list_price_text=shown(SlotType.LIST_PRICE, ""),
        dropped=(*dropped, *(reason.text(facts.lang) for reason in pools.left_out)),
    )


def _beats(template: ScriptTemplate, casting: Casting, target_ms: int, seed: int) -> tuple[ScriptBeat, ...]:
    rng = Random(f"{template.id} {seed} pictures")  # noqa: S311
    chosen = [(template.beats[place], casting.lines[place]) for place in casting.places]
    lengths = share_out(
        [line.need_ms for _, line in chosen],
        [beat.share.p50 for beat, _ in chosen],
        max(target_ms, casting.need_ms),
    )
    told: list[ScriptBeat] = []
    start = 0
    for (beat, line), length in zip(chosen, lengths, strict=True):
        before = told[-1].shots[-1] if told else None
        end = start + length
        shots = shots_of(beat, start, end, rng, before)
        told.append(ScriptBeat(beat.role, start, end, line.voice, line.caption, beat.caption_style, shots, line.facts))
        start = end
    return tuple(told)
