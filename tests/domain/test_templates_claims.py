"""The verdict on a line: planted claims are all caught, clean lines pass, and facts lift what they may lift."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.ad_terms import current_terms
from templates_engine.domain.ad_rules import NO_TERMS, Category, Verdict
from templates_engine.domain.claims import check_line, check_script
from templates_engine.domain.facts import Attribute, Price, Proof
from templates_engine.domain.fill import fill
from templates_engine.domain.folding import fold
from templates_engine.seeding import seeds
from tests.templates_engine.planted_facts import BARE, FULL, bad_lines, clean_lines
from tests.templates_engine.products import MUG_ZH

TERMS = current_terms()
FILES = ("first.yaml", "second.yaml", "third.yaml")
BAD = [planted for name in FILES for planted in bad_lines(name)]
CLEAN = [planted for name in FILES for planted in clean_lines(name)]


def test_every_planted_claim_is_caught() -> None:
    assert len(BAD) >= 400
    assert [line for lang, _, line in BAD if check_line(line, BARE[lang], TERMS).ok] == []


def test_hardly_any_clean_line_is_stopped() -> None:
    stopped = [line for lang, line in CLEAN if not check_line(line, FULL[lang], TERMS).ok]
    assert len(CLEAN) >= 500
    assert len(stopped) / len(CLEAN) <= 0.02, stopped


def test_every_category_is_planted() -> None:
    found = {category for lang, _, line in BAD for category in check_line(line, BARE[lang], TERMS).categories}
    assert found == set(Category) - {Category.COPY, Category.BRAND}


def test_the_index_finds_what_reading_every_expression_finds() -> None:
    for line in [*(line for _, _, line in BAD), *(line for _, line in CLEAN)]:
        folded = fold(line, TERMS.disguises)
        every = ((rule, rule.found_in(folded, range(len(rule.words)))) for rule in TERMS.rules)
        assert TERMS.claims(line) == tuple((rule, words) for rule, words in every if words)


@pytest.mark.parametrize(
    ("line", "verdict", "category", "word"),
    [
        ("全网最好用", Verdict.BLOCK, Category.SUPERLATIVE, "最"),
        ("专治失眠", Verdict.BLOCK, Category.MEDICAL, "专治"),
        ("SGS检测合格", Verdict.NEEDS_EVIDENCE, Category.AUTHORITY, "sgs检测"),
        ("只要九十九元", Verdict.BLOCK, Category.NUMBER, "九十九元"),
        ("限时优惠", Verdict.BLOCK, Category.SCARCITY, "限时"),
        ("原价更贵", Verdict.NEEDS_EVIDENCE, Category.PRICE_COMPARISON, "原价"),
    ],
)
def test_a_finding_says_what_and_why(line: str, verdict: Verdict, category: Category, word: str) -> None:
    found = check_line(line, BARE["zh"], TERMS)
    assert (found.verdict, found.ok) == (verdict, False)
    finding = next(finding for finding in found.findings if finding.category is category)
    assert word in finding.words
    assert all((finding.reason.zh, finding.reason.en, finding.suggestion.zh, finding.suggestion.en))
    assert finding.law or category is Category.NUMBER


def test_the_gravest_verdict_counts() -> None:
    found = check_line("SGS检测合格，全网最好", BARE["zh"], TERMS)
    assert found.verdict is Verdict.BLOCK
    assert found.categories == {Category.AUTHORITY, Category.SUPERLATIVE}
    assert check_line("试试小蓝杯", BARE["zh"], TERMS).verdict is Verdict.OK


def test_only_a_proof_with_evidence_lifts_a_certificate() -> None:
    facts = BARE["zh"]
    for proofs, ok in (((), False), ((Proof("SGS检测合格", " "),), False), ((Proof("SGS检测合格", "报告 7"),), True)):
        assert check_line("放心，SGS检测合格", replace(facts, proofs=proofs), TERMS).ok is ok
    other = replace(facts, proofs=(Proof("SGS检测合格", "报告 7"),))
    assert not check_line("FDA认证", other, TERMS).ok
    assert not check_line("国际权威检测", other, TERMS).ok
    assert not check_line("SGS检测，全网第一", replace(facts, proofs=(Proof("SGS检测，全网第一", "7"),)), TERMS).ok


def test_only_an_end_date_makes_a_deadline_true() -> None:
    dated = replace(BARE["zh"], offer_ends=date(2026, 11, 30))
    assert not check_line("限时活动", BARE["zh"], TERMS).ok
    assert check_line("限时活动，11月30日截止", dated, TERMS).ok
    assert not check_line("今晚截止", dated, TERMS).ok
    assert not check_line("12月12日截止", dated, TERMS).ok


def test_only_a_stock_figure_makes_scarcity_true() -> None:
    stocked = replace(BARE["zh"], attributes=(Attribute("限量", "500件"),))
    assert not check_line("限量500件", BARE["zh"], TERMS).ok
    assert check_line("限量500件", stocked, TERMS).ok
    assert not check_line("限量300件", stocked, TERMS).ok


def test_only_a_list_price_or_an_offer_allows_comparing_prices() -> None:
    priced = replace(BARE["zh"], price=Price(5990, "CNY", 9900))
    assert not check_line("原价九十九", replace(priced, price=Price(5990)), TERMS).ok
    assert check_line("原价九十九元，现在五十九块九", priced, TERMS).ok
    assert not check_line("原价两百，现在五十九块九", priced, TERMS).ok
    assert not check_line("第二件半价", priced, TERMS).ok
    assert check_line("第二件半价", replace(priced, offers=("第二件五折",)), TERMS).ok
    assert not check_line("买一送一", priced, TERMS).ok


@pytest.mark.parametrize(
    "line",
    [
        "最 低 价",
        "最-低-价",
        "ＺＵＩ低价",
        "銷量第一",
        "第①名",
        "国家Ji工艺",
        "最|低|价",
        "最\u200b低价",
        "最、低、价",
        "T.H.E B.E.S.T",
    ],
)
def test_disguises_are_seen_through(line: str) -> None:
    assert Category.SUPERLATIVE in check_line(line, BARE["zh"], TERMS).categories


def test_numbers_are_read_through_disguises_too() -> None:
    for line in ("玖拾玖元", "九 十 九 元", "⑨⑨元"):
        assert check_line(line, BARE["zh"], NO_TERMS if line.startswith("⑨") else TERMS).categories == {Category.NUMBER}
    facts = replace(BARE["zh"], brand="壹号")
    assert check_line("壹号出品", facts, TERMS).ok


def test_a_whole_script_is_judged_beat_by_beat() -> None:
    template = next(seed for seed in seeds() if seed.id == "tpl_pain_led_zh_v1")
    script = fill(template, MUG_ZH, target_ms=18_000, seed=1, terms=TERMS)
    assert check_script(script, MUG_ZH, TERMS) == ()
    changed = replace(script, beats=(replace(script.beats[0], caption="全网最好"), *script.beats[1:]), price_text="¥9")
    found = check_script(changed, MUG_ZH, TERMS)
    assert [(place.place, place.text) for place in found] == [(0, "全网最好"), (None, "¥9")]
    copied = check_script(script, replace(MUG_ZH, pains=()), TERMS, sources=(script.beats[1].voice,))
    assert any(Category.COPY in place.verdict.categories for place in copied)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_gets_a_verdict(text: str) -> None:
    for facts in BARE.values():
        found = check_line(text, facts, TERMS)
        assert found.ok == (found.verdict is Verdict.OK) == (not found.findings)
