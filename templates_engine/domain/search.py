"""Finding templates in the library: by words, category, language, length and way of opening."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from templates_engine.domain.categories import category_codes
from templates_engine.domain.patterns import HookType, without_slots
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.template import ANY_CATEGORY, ScriptTemplate
from templates_engine.domain.template_words import CATEGORY_NAMES, HOOK_NAMES

# From this share of openings on a template counts as one that opens so.
USUAL_HOOK = 0.25


class Source(StrEnum):
    """Whose template it is, seen from the organization that looks."""

    OURS = "ours"  # came with this installation: everybody may use it
    LEARNED = "learned"  # the organization's own
    SHARED = "shared"  # lent by an agency


@dataclass(frozen=True)
class Query:
    """What is looked for; empty or None asks for nothing. ``words`` must all occur, in any order.

    ``category`` is one of our codes or a merchant's word for goods ("保温杯"). ``seconds_min`` and ``seconds_max`` bound the
    usual length, both included. ``retired`` looks only among the own templates of which no version is offered any more.
    """

    words: str = ""
    category: str = ""
    lang: str = ""
    seconds_min: float | None = None
    seconds_max: float | None = None
    hook: HookType | None = None
    source: Source | None = None
    retired: bool = False


def matches(template: ScriptTemplate, query: Query) -> bool:
    """Whether ``template`` answers all that ``query`` asks of its contents; ``source`` and ``retired`` are not contents."""
    seconds = template.duration.p50 / 1000
    return (
        (not query.lang or template.lang == query.lang)
        and (query.seconds_min is None or seconds >= query.seconds_min)
        and (query.seconds_max is None or seconds <= query.seconds_max)
        and (query.hook is None or dict(openings(template)).get(query.hook, 0.0) >= USUAL_HOOK)
        and (not query.category or fits_category(template, query.category))
        and _says_all(template, query.words)
    )


def openings(template: ScriptTemplate) -> tuple[tuple[HookType, float], ...]:
    """How its ads open, by share, the commonest first: measured in members, else counted in the patterns of its first beat."""
    if template.hooks:
        return template.hooks
    patterns = template.beats[0].patterns
    counts = Counter(pattern.hook_type for pattern in patterns if pattern.hook_type is not None)
    found = [(hook, count / len(patterns)) for hook, count in counts.items()]
    return tuple(sorted(found, key=lambda hook: (-hook[1], hook[0].value)))


def fits_category(template: ScriptTemplate, category: str) -> bool:
    """Whether it is meant for goods that are called so; one for any goods is."""
    if ANY_CATEGORY in template.category:
        return True
    return named_for(template, category)


def named_for(template: ScriptTemplate, category: str) -> bool:
    """Whether it names this category itself."""
    plain = _plain(category)
    return plain in map(_plain, template.category) or not category_codes(plain).isdisjoint(template.category)


def _says_all(template: ScriptTemplate, words: str) -> bool:
    wanted = _plain(words).split()
    if not wanted:
        return True
    text = _plain("\n".join(_texts(template)))
    return all(word in text for word in wanted)


def _texts(template: ScriptTemplate) -> list[str]:
    """Everything of a template that a person may remember: names, what it is for, its beats and sentences."""
    found = [template.id, template.name.zh, template.name.en, template.summary.zh, template.summary.en]
    for code in template.category:
        found += [code, *(vars(CATEGORY_NAMES[code]).values() if code in CATEGORY_NAMES else ())]
    for hook, share in openings(template):
        if share >= USUAL_HOOK:
            found += [HOOK_NAMES[hook].zh, HOOK_NAMES[hook].en]
    for beat in template.beats:
        found += [ROLE_NAMES[beat.role].zh, ROLE_NAMES[beat.role].en]
        found += [without_slots(pattern.text) for pattern in beat.patterns]
    return [*found, *template.platform]


def _plain(text: str) -> str:
    """Width and case folded, so that ＡＢＣ finds abc."""
    return unicodedata.normalize("NFKC", text).casefold()
