"""The example scripts of docs/scripts.md, filled afresh.

python -m tests.templates_engine.script_examples > docs/scripts.md
"""

import sys

from templates_engine.ad_terms import current_terms
from templates_engine.domain.facts import Price, ProductFacts
from templates_engine.domain.fill import fill
from templates_engine.domain.reasons import ROLE_NAMES
from templates_engine.domain.wording import money
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_EN, COFFEE_ZH, LAMP_EN, LAMP_ZH, MUG_EN, MUG_ZH

EXAMPLES = (
    (MUG_ZH, "tpl_pain_led_zh_v1", 20_000, 4),
    (COFFEE_ZH, "tpl_question_led_zh_v1", 15_000, 2),
    (LAMP_ZH, "tpl_story_led_zh_v1", 24_000, 5),
    (MUG_EN, "tpl_reveal_led_en_v1", 20_000, 1),
    (COFFEE_EN, "tpl_offer_led_en_v1", 15_000, 3),
    (LAMP_EN, "tpl_pain_led_en_v1", 20_000, 2),
)
INTRODUCTION = """\
# What the scripts sound like

Six scripts as `templates_engine` fills them, with the facts that went in: two full products, two sparse ones, two in between.
No language model is involved. Every line is a pattern of the template with the merchant's own words in its slots; a number
that no fact states, or a word that advertising law forbids, can not get in. What the facts do not carry is left out and
named below the table. The same template, facts, length and seed always give the same script.

`Caption` is what the screen shows, `/` marking its line breaks: prices are written there and spoken in the line.
`tests/templates_engine/script_examples.py` writes this page, and a test keeps it true.
"""


def page() -> str:
    return "\n".join([INTRODUCTION, *(_example(*example) for example in EXAMPLES)])


def _example(facts: ProductFacts, template_id: str, target_ms: int, seed: int) -> str:
    template = next(template for template in seeds() if template.id == template_id)
    script = fill(template, facts, target_ms=target_ms, seed=seed, terms=current_terms())
    lines = [
        f"## {facts.name}: {template.name.en} ({template.name.zh}), {target_ms // 1000} s",
        "",
        f"`{template_id}`, seed {seed}. Given:",
        "",
        *(f"- {name}: {value}" for name, value in _given(facts) if value),
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
