"""From analyses of hit videos to script templates: group, find the common order, measure each beat, say how sure it is."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from statistics import fmean

from templates_engine.domain import beat_profile, rhythm, template_words
from templates_engine.domain.align import Order, aligned, consensus, stability
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.beat_profile import Lenders
from templates_engine.domain.beats import Role
from templates_engine.domain.categories import category_codes
from templates_engine.domain.channel import Channel
from templates_engine.domain.errors import TemplatesError
from templates_engine.domain.grouping import LEAST_MEMBERS, Group, groups, split
from templates_engine.domain.guards import NO_TERMS, AdTerms
from templates_engine.domain.hooks import hook_type
from templates_engine.domain.market import Market
from templates_engine.domain.patterns import HookType
from templates_engine.domain.spreads import spread, whole
from templates_engine.domain.telling import Telling, story, telling
from templates_engine.domain.template import (
    ANY_CATEGORY,
    SCHEMA,
    Beat,
    Lineage,
    Member,
    Provenance,
    ScriptTemplate,
    Words,
)

BUILDER = "hitsmith/1"
MOST_BEATS = 20  # of the schema


class TooFewVideos(TemplatesError):
    """Less than eight videos that are alike in language and category; ``missing`` says how many each group lacks."""

    code = "too_few_videos"
    status = 422

    def __init__(self, missing: tuple[Words, ...]) -> None:
        super().__init__("; ".join(words.en for words in missing))
        self.missing = missing

    def extra(self) -> dict[str, object]:
        return {"missing": [{"zh": words.zh, "en": words.en} for words in self.missing]}


@dataclass(frozen=True)
class Learned:
    """The templates, those of the largest group first, and what was left out and why."""

    templates: tuple[ScriptTemplate, ...]
    notes: tuple[Words, ...]


@dataclass(frozen=True)
class Learner:
    """What all templates of one lesson share. ``rights``: why these videos may be learned from; ``source``: own or imported."""

    seeds: tuple[ScriptTemplate, ...]
    created: date
    source: str = "own"
    rights: str = "stated by the user"
    terms: AdTerms = NO_TERMS
    draws: int = 10  # bootstrap

    def learn(self, videos: Sequence[VideoAnalysis]) -> Learned:
        """Every template that ``videos`` carry. Raises TooFewVideos, or TemplatesError for the same video twice."""
        twice = [video for video, count in Counter(video.video_id for video in videos).items() if count > 1]
        if twice:
            raise TemplatesError(f"{', '.join(twice)} came more than once: give each video once, with all its metrics")
        telling_ones = [video for video in videos if any(line.role is not Role.OTHER for line in video.told)]
        silent = [video.video_id for video in videos if video not in telling_ones]
        large, small = groups(telling_ones)
        missing = tuple(_missing(group) for group in small)
        if not large:
            raise TooFewVideos((*missing, *_silent(silent)) or (_NOTHING,))
        market = Market.of(telling_ones)
        large.sort(key=lambda group: (-len(group.videos), group.known))
        templates = tuple(template for group in large for template in self._of_group(group, market))
        return Learned(templates, (*missing, *_silent(silent)))

    def _of_group(self, group: Group, market: Market) -> list[ScriptTemplate]:
        stories = [story(video) for video in group.videos]
        hooks = [_hook(video) for video in group.videos]
        parts = split(stories, hooks)
        found = []
        for number, part in enumerate(parts, 1):
            found.append(self._template(group, [group.videos[place] for place in part], market, number))
        return found

    def _template(self, group: Group, videos: list[VideoAnalysis], market: Market, number: int) -> ScriptTemplate:
        known = dict(group.known)
        stories = [story(video) for video in videos]
        weights = market.weights(videos)
        order, channel = consensus(stories, weights)
        hooks = _shares([_hook(video) for video in videos])
        lenders = Lenders.of(self.seeds, known["lang"], order, hooks)
        tellings, divided = _tellings(order, channel, videos, weights)
        beats = _closed(beat_profile.beats(divided, tellings, lenders, self.terms), lenders, tellings)
        steady = stability(order, stories, channel, draws=self.draws)
        orders, reach = market.engagement(videos)
        return ScriptTemplate(
            id=f"tpl_{slug(known)}_{number}_v1",
            schema=SCHEMA,
            name=template_words.name(known["category"], order, hooks),
            summary=template_words.summary(
                order,
                members=len(videos),
                edits=fmean(one.cost for one in tellings),
                stability=steady,
                orders=orders,
                reach=reach,
                has_own_cta="beat" not in beats[-1].borrowed,
            ),
            lang=known["lang"],
            category=tuple(sorted(category_codes(known["category"]))) or (known["category"] or ANY_CATEGORY,),
            platform=tuple(sorted({video.platform for video in videos} - {""})),
            duration=whole(spread([video.duration_ms for video in videos])),
            pace=rhythm.pace(videos, lenders.seeds[0].pace),
            music=rhythm.music(videos, lenders.seeds[0].music),
            beats=beats,
            provenance=Provenance(BUILDER, self.source, self.rights, self.created),
            engagement=orders,
            stability=steady,
            members=tuple(Member(one.video.video_id, round(one.weight, 3), one.cost) for one in tellings),
            reach=reach,
            hooks=tuple(sorted(hooks.items(), key=lambda hook: (-hook[1], hook[0].value))),
            lineage=Lineage("", tuple(pair for pair in group.known if pair[1]), len(group.videos)),
        )


def slug(known: Mapping[str, str]) -> str:
    """Category, platform, campaign and language as part of an id; what has no Latin letters becomes a short hash."""
    parts = (known.get(name, "") for name in ("category", "platform", "campaign"))
    return (
        "_".join([*(_latin(part) for part in parts if part), known["lang"]]) if any(known.values()) else known["lang"]
    )


def _latin(text: str) -> str:
    codes = sorted(category_codes(text))
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:16].strip("_")
    return codes[0] if codes else plain or f"x{sha256(text.encode()).hexdigest()[:6]}"


def _tellings(
    order: Order, channel: Channel, videos: Sequence[VideoAnalysis], weights: Sequence[float]
) -> tuple[list[Telling], Order]:
    """Members cut into beats, and the order with listed roles divided into as many beats as usual."""
    alignments = [aligned(order, story(video), channel) for video in videos]
    counts = [[len(lines) for one in alignments if (lines := one.lines_of(place))] for place in range(len(order))]
    copies = beat_profile.copies(order, counts)
    if sum(copies) >= MOST_BEATS:
        copies = [1] * len(order)
    divided = tuple(role for role, times in zip(order, copies, strict=True) for _ in range(times))
    members = zip(videos, alignments, weights, strict=True)
    return [telling(video, alignment, copies, weight) for video, alignment, weight in members], divided


def _closed(beats: tuple[Beat, ...], lenders: Lenders, tellings: Sequence[Telling]) -> tuple[Beat, ...]:
    """Every ad ends with a call to action: where the hits' order has none at its end, a seed lends it."""
    return beats if beats[-1].role is Role.CTA else (*beats, beat_profile.lent_cta(lenders, tellings))


def _hook(video: VideoAnalysis) -> HookType | None:
    """How it opens: the type of the first line that is not ``other``."""
    return next((hook_type(line.text) for line in video.told if line.role is not Role.OTHER), None)


def _shares(hooks: Sequence[HookType | None]) -> dict[HookType, float]:
    counts = Counter(hook for hook in hooks if hook is not None)
    return {hook: round(count / len(hooks), 3) for hook, count in counts.items()}


def _missing(group: Group) -> Words:
    known = dict(group.known)
    what = f"{known['category'] or ANY_CATEGORY}, {known['lang']}"
    have, more = len(group.videos), LEAST_MEMBERS - len(group.videos)
    return Words(
        f"{what}：有 {have} 条视频，还差 {more} 条（同一品类、同一语言至少 {LEAST_MEMBERS} 条）。",
        f"{what}: {have} videos, {more} more are needed (at least {LEAST_MEMBERS} of one category and language)",
    )


def _silent(videos: Sequence[str]) -> tuple[Words, ...]:
    if not videos:
        return ()
    names = ", ".join(videos[:5]) + (" ..." if len(videos) > 5 else "")
    return (
        Words(
            f"{len(videos)} 条视频没有可用的台词或字幕，没有计入：{names}。请补上字幕文件或先做识别。",
            f"{len(videos)} videos have no lines with a role and were left out: {names}; add transcripts or tag their lines",
        ),
    )


_NOTHING = Words(
    f"没有视频；至少需要 {LEAST_MEMBERS} 条。", f"no videos were given: at least {LEAST_MEMBERS} are needed"
)
