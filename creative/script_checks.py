"""What is to be said of the lines of a draft while somebody edits them: time, guards, facts, room on the screen."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from creative import brand_words
from creative.brief import FPS
from creative.domain.caption_room import Room, too_long
from creative.domain.overlays import overlays
from creative.domain.storyboard import card_start_ms, frame
from creative.errors import CreativeError, ScriptLocked
from creative.models import Ad
from creative.products import facts_of
from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import DESIGN_SIDE, Zone, canvas_for, scaled, zone
from generation.domain.timeline import Canvas
from templates_engine import library
from templates_engine.ad_terms import current_terms
from templates_engine.domain.ad_rules import Verdict
from templates_engine.domain.beats import Role
from templates_engine.domain.claims import Finding, LineVerdict
from templates_engine.domain.errors import TemplatesError
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.marking import Piece, pieces
from templates_engine.domain.mending import mended
from templates_engine.domain.retelling import (
    BeatTime,
    BeatWords,
    Fit,
    Timing,
    facts_in,
    retold,
    timing,
    typed,
    words_of,
)
from templates_engine.domain.script import Script, ScriptBeat
from templates_engine.domain.script_json import script_from_dict
from templates_engine.domain.slots import Pools, usable
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.tracing import Trace, one_fact, traces

SMALLEST_TYPE = 60  # of a caption, for a short side of DESIGN_SIDE; see generation/render/styles.yaml
Judged = Callable[[str], LineVerdict]


@dataclass(frozen=True)
class Editing:
    """Everything that the check of a draft's lines looks at. ``drafted``: the script before its first edit."""

    ad: Ad
    template: ScriptTemplate
    facts: ProductFacts
    pools: Pools
    drafted: Script
    now: Script
    judged: Judged

    @property
    def rate(self) -> float:
        return self.template.pace.p50


@dataclass(frozen=True)
class FactUsed:
    """A fact by its path, in the merchant's words."""

    path: str
    text: str


@dataclass(frozen=True)
class Said:
    """One text of a beat: how it reads, what is objected to, and where. ``mended``: a line that would pass, "" for none."""

    text: str
    verdict: LineVerdict
    marked: tuple[Piece, ...]
    mended: str


@dataclass(frozen=True)
class BeatCheck:
    """``hidden``: the caption does not go onto the screen in its time. ``edited``: not as the ad was drafted."""

    place: int
    role: Role
    words: BeatWords
    voice: Said
    caption: Said
    time: BeatTime
    numbers: tuple[Trace, ...]
    facts: tuple[FactUsed, ...]
    hidden: bool
    edited: bool

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of both texts, each objection once."""
        both = (*self.voice.verdict.findings, *self.caption.verdict.findings)
        return tuple({(found.category, found.words): found for found in both}.values())

    @property
    def verdict(self) -> Verdict:
        return LineVerdict(self.findings).verdict

    @property
    def empty(self) -> bool:
        return not self.words.voice

    @property
    def ok(self) -> bool:
        return not (self.findings or self.hidden or self.empty or self.time.fit is Fit.TOO_LONG)


@dataclass(frozen=True)
class ScriptCheck:
    """``card``: objections to what stands on the end card; it is written from the facts, so the facts have changed."""

    beats: tuple[BeatCheck, ...]
    over_ms: int
    total_ms: int
    target_ms: int
    card: tuple[tuple[str, LineVerdict], ...]

    @property
    def ok(self) -> bool:
        return not self.over_ms and not self.card and all(beat.ok for beat in self.beats)

    def problems(self) -> tuple[tuple[int | None, str, str], ...]:
        """(beat or None, zh, en) of everything that stands in the way of saving."""
        return tuple(_problems(self))


def locked(ad: Ad) -> tuple[str, str] | None:
    """Why the script of ``ad`` is only to be read, in Chinese and English; None for a draft."""
    if ad.state == Ad.State.DRAFT:
        return None
    if ad.state == Ad.State.CANCELLED:
        return "这支广告已经取消，台词只能看。", "this ad was cancelled: its script is only to be read."
    return (
        "已经下单的广告，台词不能再改：镜头是按它拍的。想换台词，请再做一支。",
        "an ad that was ordered keeps its script, because its shots are filmed to it: make another ad for other lines.",
    )


def editing(ad: Ad) -> Editing:
    """Raises ``ScriptLocked``, saying why and what to do, where the lines of ``ad`` can not be edited."""
    why = locked(ad)
    if why is not None:
        raise ScriptLocked(*why)
    try:
        template = library.get(ad.template_id, ad.organization)
        facts = facts_of(ad.product, ad.brief.lang)
    except (TemplatesError, CreativeError) as error:
        raise ScriptLocked(
            "写这支广告的模板或商品资料现在用不了，台词只能看。请换个剧本，重新做一支。",
            f"the template or the facts of this ad are not available ({error}): make a new ad.",
        ) from error
    first = ad.script_edits.order_by("number").first()
    now = script_from_dict(ad.script_unspoken or ad.script)
    drafted = script_from_dict(first.before) if first is not None else now
    pools = usable(facts, current_terms(), template.pace.p50)
    judged = brand_words.watched(library.guard(template, facts), brand_words.forbidden_in(ad.brief.kit_of))
    return Editing(ad, template, facts, pools, drafted, now, judged)


def words_from(given: Sequence[tuple[str, str]], script: Script) -> tuple[BeatWords, ...]:
    """What was typed, (spoken line, caption) for each beat; a beat that is not given stays as it is."""
    kept = words_of(script)
    return tuple(typed(*given[place], script.lang) if place < len(given) else words for place, words in enumerate(kept))


def check(desk: Editing, words: Sequence[BeatWords]) -> ScriptCheck:
    """Everything there is to say about ``words``, one for each beat. Stores nothing and refuses nothing."""
    times = timing(desk.drafted, words, desk.rate)
    hidden = _hidden(desk, words, times)
    beats = tuple(
        _beat(desk, place, beat, said, times.beats[place], hidden=place in hidden)
        for place, (beat, said) in enumerate(zip(desk.now.beats, words, strict=True))
    )
    card = (desk.now.headline, desk.now.call_to_action, desk.now.price_text, desk.now.list_price_text)
    judged = tuple((text, desk.judged(text)) for text in card if text)
    return ScriptCheck(
        beats=beats,
        over_ms=times.over_ms,
        total_ms=sum(time.need_ms if times.over_ms else time.beat_ms for time in times.beats),
        target_ms=desk.now.target_ms,
        card=tuple((text, verdict) for text, verdict in judged if not verdict.ok),
    )


def _beat(desk: Editing, place: int, beat: ScriptBeat, words: BeatWords, time: BeatTime, *, hidden: bool) -> BeatCheck:
    drafted = desk.drafted.beats[place]
    known = next((one for one in (beat, drafted) if words == BeatWords(one.voice, one.caption)), None)
    paths = known.facts if known is not None else facts_in(words, desk.pools, desk.facts)
    return BeatCheck(
        place=place,
        role=beat.role,
        words=words,
        voice=_said(desk, words.voice),
        caption=_said(desk, words.caption),
        time=time,
        numbers=traces(f"{words.voice} {words.caption.replace('|', ' ')}", desk.facts),
        facts=facts_used(paths, desk.facts),
        hidden=hidden,
        edited=words != BeatWords(drafted.voice, drafted.caption),
    )


def facts_used(paths: Sequence[str], facts: ProductFacts) -> tuple[FactUsed, ...]:
    """The facts at ``paths``, in that order; those that the product has no longer are left out."""
    known = {path: text for path, text, _ in one_fact(facts)}
    return tuple(FactUsed(path, known[path]) for path in paths if known.get(path))


def _said(desk: Editing, text: str) -> Said:
    verdict = desk.judged(text)
    if verdict.ok:
        return Said(text, verdict, (Piece(text, marked=False),), "")
    disguises = current_terms().disguises
    marked = pieces(text, verdict.words, disguises)
    proposals = islice(mended(text, verdict.words, desk.facts, disguises), 4)
    return Said(text, verdict, marked, next((line for line in proposals if desk.judged(line).ok), ""))


def _hidden(desk: Editing, words: Sequence[BeatWords], times: Timing) -> frozenset[int]:
    """Beats whose captions do not go onto the screen. What we wrote ourselves is known to, and is not asked."""
    if times.over_ms:
        return frozenset()
    script = retold(desk.drafted, desk.now, words, desk.rate, desk.pools, desk.facts)
    shown = overlays(script, FPS, frame(card_start_ms(script), FPS), "")
    rooms = [_room(aspect) for aspect in desk.ad.brief.aspects]
    return frozenset(
        place for place in too_long(shown, rooms) if words[place].caption != desk.drafted.beats[place].caption
    )


def _room(aspect: str) -> Room:
    canvas = canvas_for(aspect, Canvas(DESIGN_SIDE, DESIGN_SIDE, FPS))
    return Room(zone(Zone.CAPTION, canvas, safe_zone(aspect).box).width / scaled(SMALLEST_TYPE, canvas), FPS)


def _problems(found: ScriptCheck) -> Iterator[tuple[int | None, str, str]]:
    if found.over_ms:
        seconds = f"{found.over_ms / 1000:.1f}"
        yield None, f"全片长了 {seconds} 秒，请缩短标红的句子", f"all lines together are {seconds} s too long"
    for beat in found.beats:
        if beat.empty:
            yield beat.place, "台词是空的", "it says nothing"
        for objection in beat.findings:
            words = "、".join(objection.words)
            yield (
                beat.place,
                f"“{words}”：{objection.reason.zh}，{objection.suggestion.zh}",
                f"{words!r}: {objection.reason.en}; {objection.suggestion.en}",
            )
        if beat.time.fit is Fit.TOO_LONG:
            yield (
                beat.place,
                f"要 {beat.time.need_ms / 1000:.1f} 秒，只有 {beat.time.beat_ms / 1000:.1f} 秒",
                f"it needs {beat.time.need_ms} ms and has {beat.time.beat_ms}",
            )
        if beat.hidden:
            yield beat.place, "字幕太长，画面放不下，请分行或缩短", "the caption is too long for the screen: shorten it"
    for text, verdict in found.card:
        words = "、".join(verdict.words)
        yield (
            None,
            f"片尾卡上的“{text}”和现在的商品资料对不上（{words}），请用新资料重新做一支",
            f"the end card's {text!r} does not agree with the facts any more ({words}): make a new ad from them",
        )
