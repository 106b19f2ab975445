"""A script in the words of a language model, as far as they pass the guards; the rest in those of the grammar.

The grammar writes first: it decides beats, times and facts. The model may then say each beat in other words. A line
that is not taken goes back with the reason, twice at most; what is still wrong then keeps the grammar's line. So a
server that is down, slow or lying costs nothing but its time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from templates_engine.domain.ad_rules import AdTerms
from templates_engine.domain.beats import Role
from templates_engine.domain.claims import LineVerdict, check_line
from templates_engine.domain.copying import NO_SOURCES, Sources
from templates_engine.domain.documents import items, mapping, text, texts
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.lines import BREATH_MS
from templates_engine.domain.pace import reading_ms, speech_ms
from templates_engine.domain.patterns import SlotType
from templates_engine.domain.script import Script, ScriptBeat
from templates_engine.domain.slots import Pools
from templates_engine.domain.wording import caption, clean, voice
from templates_engine.language_model.errors import ModelFailed
from templates_engine.language_model.prompt import SCHEMA, Refused, again, opening
from templates_engine.language_model.server import Model

REPAIRS = 2
LONGEST_TEXT = 200
_ANYWHERE = frozenset({SlotType.NAME, SlotType.BRAND, SlotType.AUDIENCE, SlotType.SCENE, SlotType.CTA})
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_END = {"zh": "。！？…", "en": ".!?…"}


@dataclass(frozen=True)
class Written:
    """``by_model``: the beats in the model's words; ``refused``: what was not taken last; ``trouble``: why it stopped."""

    script: Script
    by_model: tuple[int, ...] = ()
    refused: tuple[Refused, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Desk:
    """What a line is judged by."""

    draft: Script
    facts: ProductFacts
    rules: AdTerms
    pools: Pools
    rate: float
    sources: Sources = NO_SOURCES

    def usable_in(self, place: int) -> dict[str, str]:
        """The facts that a beat may tell: those of its draft, and what may come up anywhere."""
        told = set(self.draft.beats[place].facts)
        return {
            filler.path: filler.voice
            for filler in self.pools.fillers
            if filler.path in told or filler.type in _ANYWHERE
        }

    def judged(self, place: int, said: str, cited: Sequence[str]) -> ScriptBeat | Refused:
        """The beat with the line in it, or why not."""
        beat = self.draft.beats[place]
        line = self._line(said)
        why = _say(self.draft.lang, "；", "; ").join(self._objections(place, line, cited))
        if why:
            return Refused(place, said[:LONGEST_TEXT], why)
        facts = tuple(path for path in self.usable_in(place) if path in cited) or beat.facts
        return replace(beat, voice=line, caption=caption(line, self.draft.lang), facts=facts)

    def _line(self, said: str) -> str:
        """One clean sentence with a mark at its end."""
        plain = clean(said[: 2 * LONGEST_TEXT], self.draft.lang)
        ends = said.strip()[-1:]
        mark = ends if ends in _END[self.draft.lang] and ends else _END[self.draft.lang][0]
        return voice(plain + mark, self.draft.lang) if plain else ""

    def _objections(self, place: int, line: str, cited: Sequence[str]) -> Iterator[str]:
        lang, beat = self.draft.lang, self.draft.beats[place]
        if not line or len(line) > LONGEST_TEXT:
            yield _say(lang, "没有内容或太长", "empty or too long")
        if bool(_HAN.search(line)) != (lang == "zh"):
            yield _say(lang, "语言不对", "the wrong language")
        need = BREATH_MS + max(speech_ms(line, lang, self.rate), reading_ms(caption(line, lang), lang))
        if need > beat.end_ms - beat.start_ms:
            yield _say(lang, "太长，念不完", "too long for its time")
        strange = sorted(set(cited) - set(self.usable_in(place)))
        if strange:
            yield _say(lang, f"没有这些事实：{strange}", f"no such facts here: {strange}")
        if (
            beat.role is Role.CTA
            and self.facts.call_to_action
            and self.draft.call_to_action.lower() not in line.lower()
        ):
            wanted = self.draft.call_to_action
            yield _say(lang, f"要包含「{wanted}」", f"it must contain “{wanted}”")
        verdict = check_line(line, self.facts, self.rules, self.sources)
        if not verdict.ok:
            yield _objection(verdict, lang)


def write(desk: Desk, model: Model) -> Written:
    """The draft with every line of the model that may be said."""
    usable = {place: desk.usable_in(place) for place in range(len(desk.draft.beats))}
    messages = opening(desk.draft, usable)
    taken: dict[int, ScriptBeat] = {}
    refused: list[Refused] = []
    trouble = ""
    for _ in range(1 + REPAIRS):
        try:
            answer = model.ask(messages, SCHEMA)
            refused = _take(desk, answer, taken)
        except ModelFailed as error:
            trouble = error.detail
            break
        if not refused:
            break
        messages = [*messages, again(desk.draft.lang, refused)]
    beats = tuple(taken.get(place, beat) for place, beat in enumerate(desk.draft.beats))
    left = tuple(line for line in refused if line.beat not in taken)
    return Written(replace(desk.draft, beats=beats), tuple(sorted(taken)), left, trouble)


def _take(desk: Desk, answer: Mapping[str, object], taken: dict[int, ScriptBeat]) -> list[Refused]:
    """Puts the good lines into ``taken``; gives back the others. Raises ``ModelFailed`` for an answer without lines."""
    refused = []
    for place, said, cited in _lines(answer, len(desk.draft.beats)):
        if place in taken:
            continue
        found = desk.judged(place, said, cited)
        if isinstance(found, ScriptBeat) and found.voice in {beat.voice for beat in taken.values()}:
            found = Refused(place, said, _say(desk.draft.lang, "和另一句重复", "it repeats another line"))
        if isinstance(found, Refused):
            refused.append(found)
        else:
            taken[place] = found
    return refused


def _lines(answer: Mapping[str, object], beats: int) -> list[tuple[int, str, tuple[str, ...]]]:
    try:
        given = [mapping(line) for line in items(answer["lines"])][: 2 * beats]
        lines = [(line["beat"], text(line["text"]), texts(line.get("facts", []))) for line in given]
    except (KeyError, TypeError) as error:
        raise ModelFailed("the language model's answer has no readable lines") from error
    return [(place, said, cited) for place, said, cited in lines if type(place) is int and 0 <= place < beats]


def _objection(verdict: LineVerdict, lang: str) -> str:
    finding = verdict.findings[0]
    words = "、".join(finding.words) if lang == "zh" else ", ".join(finding.words)
    return f"{words}: {finding.reason.text(lang)}; {finding.suggestion.text(lang)}"


def _say(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en
