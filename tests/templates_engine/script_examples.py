"""The example scripts of docs/scripts.md, filled afresh.

python -m tests.templates_engine.script_examples > docs/scripts.md
"""

import sys
from collections.abc import Iterator

from templates_engine.ad_terms import current_terms
from templates_engine.domain.facts import Price, ProductFacts
from templates_engine.domain.fill import fill
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.wording import money
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_EN, COFFEE_ZH, LAMP_EN, LAMP_ZH, MUG_EN, MUG_ZH
from tests.templates_engine.shelf import CLEANSER_EN, CLEANSER_ZH, SHOES_EN, SHOES_ZH

# (facts, template's family, seconds, seed): fifteen Chinese and fifteen English ones, every seed template among them.
_ZH = (
    (MUG_ZH, "pain_led", 20, 4), (MUG_ZH, "offer_led", 24, 2), (MUG_ZH, "demo_led", 20, 6), (MUG_ZH, "contrast", 24, 3),
    (COFFEE_ZH, "question_led", 15, 2), (COFFEE_ZH, "reveal_led", 15, 5), (COFFEE_ZH, "offer_led", 15, 8),
    (LAMP_ZH, "story_led", 24, 5), (LAMP_ZH, "pain_led", 20, 1), (LAMP_ZH, "demo_led", 15, 3),
    (CLEANSER_ZH, "reveal_led", 20, 2), (CLEANSER_ZH, "question_led", 24, 4), (CLEANSER_ZH, "story_led", 20, 7),
    (SHOES_ZH, "contrast", 20, 1), (SHOES_ZH, "offer_led", 30, 5),
)  # fmt: skip
_EN = (
    (MUG_EN, "reveal_led", 20, 1), (MUG_EN, "pain_led", 24, 5), (MUG_EN, "offer_led", 24, 2), (MUG_EN, "contrast", 20, 4),
    (COFFEE_EN, "offer_led", 15, 3), (COFFEE_EN, "story_led", 15, 2), (COFFEE_EN, "question_led", 20, 6),
    (LAMP_EN, "pain_led", 20, 2), (LAMP_EN, "demo_led", 15, 4), (LAMP_EN, "story_led", 24, 1),
    (CLEANSER_EN, "reveal_led", 20, 3), (CLEANSER_EN, "question_led", 20, 5), (CLEANSER_EN, "contrast", 24, 2),
    (SHOES_EN, "demo_led", 20, 7), (SHOES_EN, "offer_led", 30, 4),
)  # fmt: skip
INTRODUCTION = """\
# What the scripts sound like

Thirty scripts as `templates_engine` fills them, with the facts that went in: full products, sparse ones, some in between.
No language model is involved. Every line is a pattern of the template or of the phrase book (`templates_engine/phrases/`)
with the merchant's own words in its slots; a number that no fact states, or a claim that advertising law forbids or that
no evidence carries, can not get in. What the facts do not carry is left out and named below the table. The same template,
facts, length and seed always give the same script.

`Caption` is what the screen shows, `/` marking its line breaks: prices are written there and spoken in the line.
`python -m tests.templates_engine.script_examples > docs/scripts.md` writes this page, and a test keeps it true.
"""


def page() -> str:
    return "\n".join([INTRODUCTION, *_given_once(), *(_example(*example) for example in examples())])


def examples() -> Iterator[tuple[ProductFacts, str, int, int]]:
    """(facts, template id, length in ms, seed) of each script on the page."""
    for facts, family, seconds, seed in (*_ZH, *_EN):
        yield facts, f"tpl_{family}_{facts.lang}_v1", seconds * 1_000, seed


def _given_once() -> Iterator[str]:
    for facts in dict.fromkeys(facts for facts, *_ in examples()):
        yield "\n".join([f"**{facts.name}** is given as:", "", *(f"- {n}: {v}" for n, v in _given(facts) if v), ""])


def _example(facts: ProductFacts, template_id: str, target_ms: int, seed: int) -> str:
    template = next(template for template in seeds() if template.id == template_id)
    script = fill(template, facts, target_ms=target_ms, seed=seed, terms=current_terms(), book=current_phrases())
    lines = [
        f"## {facts.name}: {template.name.en} ({template.name.zh}), {target_ms // 1000} s",
        "",
        f"`{template_id}`, seed {seed}.",
        "",
        "| Seconds | Beat | Line | Caption |",
        "|---|---|---|---|",
    ]
    for beat in script.beats:
        role = getattr(ROLE_NAMES[beat.role], facts.lang)
        seconds = f"{beat.start_ms / 1000:.1f}-{beat.end_ms / 1000:.1f}"
        lines.append(f"| {seconds} | {role} | {beat.voice} | {beat.caption.replace('|', ' / ')} |")
    if script.dropped:
        lines += ["", "Left out: " + "; ".join(script.dropped)]
    return "\n".join([*lines, ""])


def _given(facts: ProductFacts) -> list[tuple[str, str]]:
    return [
        ("title", facts.title),
        ("audience", facts.audience),
        ("scene", facts.scene),
        ("selling points", " · ".join(facts.selling_points)),
        ("pain points", " · ".join(facts.pains)),
        ("attributes", " · ".join(f"{item.name} {item.value}" for item in facts.attributes)),
        ("price", _price(facts.price)),
        ("offers", " · ".join(facts.offers) + (f", until {facts.offer_ends}" if facts.offer_ends else "")),
        ("proof", " · ".join(f"{proof.text} ({proof.evidence})" for proof in facts.proofs)),
        ("call to action", facts.call_to_action),
    ]


def _price(price: Price | None) -> str:
    if price is None:
        return ""
    before = f", list price {money(price.list_amount, price.currency)}" if price.list_amount else ""
    return money(price.amount, price.currency) + before


if __name__ == "__main__":
    sys.stdout.write(page())
