"""What the members of a template have in common, beat by beat; what they can not teach is lent by a seed and named so."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from templates_engine.domain.abstraction import MOST_PATTERNS, Said, learned_patterns, product_names, supported
from templates_engine.domain.align import Order, similarity
from templates_engine.domain.analysis import CaptionLook
from templates_engine.domain.beats import Role
from templates_engine.domain.copying import Sources
from templates_engine.domain.guards import AdTerms
from templates_engine.domain.patterns import HookType, Pattern
from templates_engine.domain.spreads import mix, spread, whole
from templates_engine.domain.telling import Part, Telling, shares
from templates_engine.domain.template import CAPTION_STYLES, Beat, ScriptTemplate, Spread

# Roles that a story may need; the rest is told only where the facts allow, whatever share of the hits has it.
MAY_BE_REQUIRED = frozenset({Role.HOOK, Role.PAIN, Role.REVEAL, Role.SELLING_POINT})
REQUIRED_FROM = 0.8  # presence
# A role on the side that these many percent of a beat's lines have too.
ALSO_FROM = 0.15
# Roles of which a video may tell several in a row, each a beat of its own when it is filled.
LISTED = frozenset({Role.SELLING_POINT, Role.DEMO, Role.SOCIAL_PROOF})
MOST_COPIES = 3
HOOK_LIKENESS = 0.3  # how much the way of opening counts beside the order, when a seed is chosen


@dataclass(frozen=True)
class Lenders:
    """Our seeds in the language of the template, the most similar one first."""

    seeds: tuple[ScriptTemplate, ...]

    @classmethod
    def of(cls, seeds: Iterable[ScriptTemplate], lang: str, order: Order, hooks: Mapping[HookType, float]) -> "Lenders":
        ours = [seed for seed in seeds if seed.lang == lang]
        return cls(tuple(sorted(ours, key=lambda seed: (-_nearness(seed, order, hooks), seed.id))))

    def beat(self, role: Role, nth: int) -> Beat:
        """The ``nth`` beat of ``role`` (from 0) of the first seed that has so many, else its last one."""
        own = [[beat for beat in seed.beats if beat.role is role] for seed in self.seeds]
        enough = next((beats[nth] for beats in own if len(beats) > nth), None)
        return enough or next(beats[-1] for beats in own if beats)


def copies(order: Order, tellings_lines: Sequence[Sequence[int]]) -> list[int]:
    """Into how many beats each one of the order is divided: as many lines as members usually spend on it, at most 3.

    ``tellings_lines``: for each beat, the number of lines in every member that has it.
    """
    return [
        min(MOST_COPIES, max(1, round(spread(lines).p50))) if role in LISTED and lines else 1
        for role, lines in zip(order, tellings_lines, strict=True)
    ]


def beats(order: Order, tellings: Sequence[Telling], lenders: Lenders, terms: AdTerms) -> tuple[Beat, ...]:
    """A beat for each role of ``order`` (already divided), measured in ``tellings``."""
    taken = shares(tellings, len(order))
    words = {one.video.video_id: [line.text for line in one.video.told] for one in tellings}
    names, sources = product_names(words), Sources.of(text for lines in words.values() for text in lines)
    total = sum(one.weight for one in tellings)
    found: list[Beat] = []
    for place, role in enumerate(order):
        nth = sum(1 for earlier in order[:place] if earlier is role)
        lent = lenders.beat(role, nth)
        having = [one for one in tellings if place in one.parts]
        beat = _measured(role, [one.parts[place] for one in having], taken[place], lent)
        presence = round(sum(one.weight for one in having) / total, 3)
        said = [Said(one.video.video_id, line.text) for one in having for line in one.parts[place].lines]
        own = learned_patterns(role, said, sources, names, terms)
        beat = replace(
            beat,
            presence=min(1.0, presence),
            optional=_is_optional(role, presence, nth, place == len(order) - 1),
            patterns=(*own, *_lent_patterns(lent, role, said))[:MOST_PATTERNS],
        )
        found.append(_looked(beat, [one.video.caption_look for one in tellings], lent))
    return tuple(found)


def lent_cta(lenders: Lenders, tellings: Sequence[Telling]) -> Beat:
    """The call to action of a seed, for hits that do not end with one, marked as lent; some may have one somewhere."""
    calling = sum(any(line.role is Role.CTA for line in one.video.told) for one in tellings)
    return replace(
        lenders.beat(Role.CTA, 0), presence=round(calling / len(tellings), 3), optional=False, borrowed=("beat",)
    )


def _measured(role: Role, parts: Sequence[Part], taken: Sequence[float], lent: Beat) -> Beat:
    shots = [shot for part in parts for shot in part.shots]
    lengths = [length for part in parts for length in part.shot_lengths()]
    beat = replace(
        lent,
        role=role,
        also=_also(role, parts),
        share=_bounded(spread(taken)) if taken else lent.share,
        repeat=whole(spread([len(part.lines) for part in parts])) if parts else None,
        borrowed=("patterns",),
    )
    if not shots:
        return replace(beat, borrowed=("patterns", "shots", "shot_len_ms", "camera", "framing"))
    return replace(
        beat,
        shots=whole(spread([max(1, len(part.shots)) for part in parts])),
        shot_len=whole(spread([max(1, length) for length in lengths])),
        camera=mix(shot.camera for shot in shots),
        framing=mix(shot.framing for shot in shots),
    )


def _bounded(share: Spread) -> Spread:
    """Never nothing and never more than the whole ad."""
    low, middle, high = (min(1.0, max(0.001, value)) for value in (share.p10, share.p50, share.p90))
    return Spread(low, middle, high)


def _also(role: Role, parts: Sequence[Part]) -> tuple[Role, ...]:
    lines = [line for part in parts for line in part.lines]
    weights: Counter[Role] = Counter()
    for line in lines:
        for other, weight in line.roles:
            if other not in (role, Role.OTHER):
                weights[other] += weight  # type: ignore[assignment]  # shares, not counts
    return tuple(other for other, weight in weights.most_common(2) if weight >= ALSO_FROM * len(lines))


def _is_optional(role: Role, presence: float, nth: int, last: bool) -> bool:  # noqa: FBT001
    if last:
        return False
    return role not in MAY_BE_REQUIRED or nth > 0 or presence < REQUIRED_FROM


def _lent_patterns(lent: Beat, role: Role, said: Sequence[Said]) -> tuple[Pattern, ...]:
    """The seed's patterns with their support; of hooks, those of the types that members use, where these are enough."""
    counted = sorted(supported(lent.patterns, role, said), key=lambda pattern: -pattern.support)
    used = [pattern for pattern in counted if pattern.support >= 2]
    return tuple(used if role is Role.HOOK and len(used) >= 4 else counted)


def _looked(beat: Beat, looks: Iterable[CaptionLook | None], lent: Beat) -> Beat:
    """The members' usual caption, where captions were read."""
    seen = [look for look in looks if look is not None and look.style in CAPTION_STYLES]
    if not seen:
        return replace(beat, caption_style=lent.caption_style, borrowed=(*beat.borrowed, "caption_style"))
    style = Counter(look.style for look in seen).most_common(1)[0][0]
    position = Counter(look.position.value for look in seen).most_common(1)[0][0]
    return replace(beat, caption_style=style, caption_position=position)


def _nearness(seed: ScriptTemplate, order: Order, hooks: Mapping[HookType, float]) -> float:
    roles = tuple(beat.role for beat in seed.beats)
    told = tuple(roles[:1]) + tuple(role for before, role in pairwise(roles) if role is not before)
    opening = [pattern.hook_type for beat in seed.beats for pattern in beat.patterns if pattern.hook_type is not None]
    alike = sum(hooks.get(kind, 0.0) for kind in opening) / len(opening) if opening else 0.0
    return similarity(told, order) + HOOK_LIKENESS * alike
