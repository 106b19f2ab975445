"""All the ways a beat can be said with the facts at hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_engine.domain.beats import Role
from templates_engine.domain.claims import judge
from templates_engine.domain.copying import NO_SOURCES, Sources
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.guards import AdTerms
from templates_engine.domain.pace import reading_ms, speech_ms
from templates_engine.domain.patterns import Pattern, SlotType, put_in, slot_names
from templates_engine.domain.slots import REPEATABLE, Filler, Pools
from templates_engine.domain.template import Beat
from templates_engine.domain.wording import caption, voice

BREATH_MS = 250  # between the last word of a beat and the next beat
SHORTEST_BEAT_MS = 1_200
# The end card comes up over the last two and a half seconds of the call to action.
SHORTEST_CTA_MS = 3_000


@dataclass(frozen=True)
class Line:
    """One way to say a beat. ``need_ms`` is the least time to say and read it; ``once`` the facts it uses up."""

    pattern: Pattern
    voice: str
    caption: str
    facts: tuple[str, ...]
    once: frozenset[str]
    need_ms: int


@dataclass(frozen=True)
class Speaker:
    """What every line of one script shares. ``sources``: what the videos that its template was learned from say."""

    facts: ProductFacts
    terms: AdTerms
    rate: float
    sources: Sources = NO_SOURCES

    def lines(self, beat: Beat, pools: Pools, taken: frozenset[str] = frozenset()) -> tuple[Line, ...]:
        """Every way to say ``beat`` without the facts in ``taken``; a line that a guard objects to is none."""
        found = (
            line
            for pattern in beat.patterns
            for text in pattern.variants()
            if (line := self._line(beat.role, pattern, text, pools, taken)) and self._is_clean(line)
        )
        lines = list({line.voice: line for line in found}.values())
        if beat.role is Role.CTA and pools.has(SlotType.CTA):  # the merchant's own call is the only one
            lines = [line for line in lines if any(path == "call_to_action" for path in line.facts)]
        return tuple(lines)

    def _line(self, role: Role, pattern: Pattern, text: str, pools: Pools, taken: frozenset[str]) -> Line | None:
        filled = _bind(text, pattern, pools, taken)
        if filled is None:
            return None
        lang = self.facts.lang
        said = voice(put_in(text, {name: filler.voice for name, filler in filled.items()}), lang)
        shown_text = pattern.caption if pattern.caption and set(slot_names(pattern.caption)) <= set(filled) else text
        shown = caption(put_in(shown_text, {name: filler.caption for name, filler in filled.items()}), lang)
        shortest = SHORTEST_CTA_MS if role is Role.CTA else SHORTEST_BEAT_MS
        need = max(shortest, BREATH_MS + max(speech_ms(said, lang, self.rate), reading_ms(shown, lang)))
        once = frozenset(filler.path for filler in filled.values() if filler.type not in REPEATABLE)
        return Line(pattern, said, shown, tuple(filler.path for filler in filled.values()), once, need)

    def _is_clean(self, line: Line) -> bool:
        judged = judge(self.facts, self.terms)
        return judged.line(line.voice, self.sources).ok and judged.line(line.caption, self.sources).ok


def lacking(beat: Beat, pools: Pools) -> tuple[SlotType, ...]:
    """The slot types without a fact, of the pattern that comes nearest to being said."""
    needs = [
        tuple(dict.fromkeys(slot.type for slot in pattern.slots if slot.required and not pools.has(slot.type)))
        for pattern in beat.patterns
    ]
    return min(needs, key=len)


def _bind(text: str, pattern: Pattern, pools: Pools, taken: frozenset[str]) -> dict[str, Filler] | None:
    """A filler for each slot of ``text``, never the same twice; None where one is missing."""
    types = {slot.name: slot.type for slot in pattern.slots}
    filled: dict[str, Filler] = {}
    for name in slot_names(text):
        free = _free(pools.of(types[name]), taken | {filler.path for filler in filled.values()})
        filler = next(free, None)
        if filler is None:
            return None
        filled[name] = filler
    return filled


def _free(fillers: tuple[Filler, ...], taken: frozenset[str]) -> Iterator[Filler]:
    return (filler for filler in fillers if filler.type in REPEATABLE or filler.path not in taken)
