"""Other ways to say one beat of a script, out of its template and our phrase book: nothing invented, all guards passed."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from templates_engine.ad_terms import current_terms
from templates_engine.domain.copying import pairs
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.lines import Line, Speaker
from templates_engine.domain.retelling import BeatWords, need_ms
from templates_engine.domain.script import Script
from templates_engine.domain.slots import REPEATABLE, Pools, usable
from templates_engine.domain.template import Beat, ScriptTemplate
from templates_engine.phrase_book import current_phrases
from templates_engine.sources import sources_of_template

COUNT = 5
TOO_ALIKE = 0.75  # of the pairs of the shorter one


def other_wordings(
    template: ScriptTemplate, script: Script, place: int, facts: ProductFacts, *, avoid: tuple[str, ...] = ()
) -> tuple[BeatWords, ...]:
    """Up to five ways to say beat ``place``, unlike each other and unlike ``avoid``, the best fitting first.

    Facts that other beats of ``script`` tell are left to them. Empty where the facts carry no other line.
    """
    beat = _richer(template, beats_of(template, script)[place])
    terms = current_terms()
    speaker = Speaker(facts, terms, template.pace.p50, sources_of_template(template))
    pools = usable(facts, terms, template.pace.p50)
    once = {filler.path for filler in pools.fillers if filler.type not in REPEATABLE}
    elsewhere = frozenset(path for at, other in enumerate(script.beats) if at != place for path in other.facts) & once
    length = script.beats[place].end_ms - script.beats[place].start_ms
    found = {line.voice: line for pool in _orders(pools, place) for line in speaker.lines(beat, pool, elsewhere)}

    def cost(line: Line) -> tuple[int, int]:
        need = need_ms(beat.role, BeatWords(line.voice, line.caption), facts.lang, speaker.rate)
        return max(0, need - length), abs(length - need)

    return tuple(_different(sorted(found.values(), key=cost), avoid))


def beats_of(template: ScriptTemplate, script: Script) -> tuple[Beat, ...]:
    """For each beat of ``script`` the beat of its template: the next of its role; optional ones may have been left out."""
    found: list[Beat] = []
    at = 0
    for told in script.beats:
        place = next((place for place in range(at, len(template.beats)) if template.beats[place].role is told.role), at)
        found.append(template.beats[min(place, len(template.beats) - 1)])
        at = place + 1
    return tuple(found)


def _richer(template: ScriptTemplate, beat: Beat) -> Beat:
    """With all of our phrases for its role; hooks only of the types that it has itself."""
    hooks = frozenset(pattern.hook_type for pattern in beat.patterns if pattern.hook_type is not None)
    again = next(one for one in template.beats if one.role is beat.role) is not beat
    ours = current_phrases().patterns(template.lang, beat.role, hooks=hooks or None, again=again)
    return replace(beat, patterns=(*beat.patterns, *ours))


def _orders(pools: Pools, seed: int) -> Iterator[Pools]:
    """The merchant's order and a few others: a pattern takes the first fact that is free."""
    yield pools
    for turn in range(3):
        shuffled = list(pools.fillers)
        Random(f"{seed} {turn}").shuffle(shuffled)  # noqa: S311  variety, not secrecy
        yield replace(pools, fillers=tuple(shuffled))


def _different(lines: list[Line], avoid: tuple[str, ...]) -> Iterator[BeatWords]:
    seen = [pairs(text) for text in avoid]
    kept = 0
    for line in lines:
        mine = pairs(line.voice)
        if line.voice in avoid or any(_alike(mine, other) for other in seen):
            continue
        seen.append(mine)
        kept += 1
        yield BeatWords(line.voice, line.caption)
        if kept == COUNT:
            return


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    least = min(len(one), len(other))
    return least > 0 and len(one & other) / least > TOO_ALIKE
