"""What stands over an ad beside words and price: only what the facts bear out, one thing at a time, never in the way."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.ornaments import Evidence, discount, ornaments, rating_in
from creative.domain.overlays import overlays
from generation.domain.timeline import Overlay, OverlayKind
from templates_engine.domain.beats import Role
from templates_engine.domain.facts import Price, Proof
from templates_engine.domain.script import Script
from tests.domain.test_creative_storyboard import script

FPS = 30
PRICE = Price(12_900, "CNY", 16_900)
TODAY = date(2026, 11, 26)
PROOF = Proof("天猫评分4.8，12,345条评价", "店铺后台截图 2026-11-20")
STORY = script(
    (Role.HOOK, [2000]),
    (Role.REVEAL, [2500]),
    (Role.SOCIAL_PROOF, [2500]),
    (Role.OFFER, [3000]),
    (Role.URGENCY, [2000]),
    (Role.CTA, [3000]),
)
CARD = 12_000 * FPS // 1000


def shown(told: Script, evidence: Evidence, card: int = CARD) -> list[tuple[OverlayKind, int, int]]:
    return [(one.kind, one.start, one.end) for one in made(told, evidence, card)]


def made(told: Script, evidence: Evidence, card: int = CARD) -> tuple[Overlay, ...]:
    return ornaments(told, overlays(told, FPS, card, "北杯"), evidence, FPS, card)


def proved(path: str = "proofs.0") -> Script:
    return replace(
        STORY,
        beats=tuple(replace(beat, facts=(path,)) if beat.role is Role.SOCIAL_PROOF else beat for beat in STORY.beats),
    )


def test_nothing_is_shown_without_facts():
    assert shown(STORY, Evidence()) == []


def test_the_badge_comes_after_the_price_and_goes_before_the_countdown():
    evidence = Evidence(price=PRICE, ends_on=TODAY + timedelta(days=9), today=TODAY)
    badge, countdown = made(STORY, evidence)
    assert (badge.kind, badge.start, badge.end) == (OverlayKind.DISCOUNT_BADGE, 231, 300)
    assert (badge.text, badge.second_text, badge.optional) == ("现价|7.7折", "", True)
    assert (countdown.kind, countdown.start, countdown.end) == (OverlayKind.COUNTDOWN, 300, 360)
    assert (countdown.text, countdown.ends_on, countdown.counted_from) == ("优惠截止", "2026-12-05", "")


@pytest.mark.parametrize("days", [-1, 46])
def test_an_offer_that_is_over_or_far_away_is_not_counted_down(days: int):
    assert shown(STORY, Evidence(ends_on=TODAY + timedelta(days=days), today=TODAY)) == []


def test_an_offer_that_ends_today_is():
    assert shown(STORY, Evidence(ends_on=TODAY, today=TODAY)) == [(OverlayKind.COUNTDOWN, 300, 360)]


def test_a_rating_stands_over_the_line_that_rests_on_it():
    (rating,) = made(proved(), Evidence(proofs=(PROOF,)))
    assert (rating.kind, rating.start, rating.end) == (OverlayKind.RATING, 135, 210)
    assert (rating.text, rating.source, rating.count) == ("4.8", "天猫", 12_345)


@pytest.mark.parametrize("path", ["selling_points.0", "proofs.1", "proofs", "price"])
def test_a_line_that_rests_on_something_else_gets_no_rating(path: str):
    assert shown(proved(path), Evidence(proofs=(PROOF,))) == []


@pytest.mark.parametrize(
    ("text", "evidence", "lang", "expected"),
    [
        ("天猫评分4.8，12345条评价", "link", "zh", ("4.8", "天猫", 12_345)),
        ("京东店铺评分 4.9分（3,201人评价）", "link", "zh", ("4.9", "京东", 3201)),
        ("4.8 out of 5 on Tmall from 12,345 ratings", "link", "en", ("4.8", "Tmall", 12_345)),
        ("4.6/5 on Amazon by 812 customers", "link", "en", ("4.6", "Amazon", 812)),
        ("天猫评分4.8，12345条评价", " ", "zh", None),
        ("天猫评分4.8", "link", "zh", None),
        ("评分4.8，12345条评价", "link", "zh", None),
        ("天猫评分5.8，12345条评价", "link", "zh", None),
        ("天猫评分0.0，12条评价", "link", "zh", None),
        ("通过食品接触材料检测", "report", "zh", None),
        ("4.8 stars", "link", "en", None),
    ],
)
def test_a_rating_says_whose_it_is_and_how_many_gave_one(
    text: str, evidence: str, lang: str, expected: tuple[str, str, int] | None
):
    assert rating_in(Proof(text, evidence), lang) == expected


@pytest.mark.parametrize(
    ("price", "zh", "en"),
    [
        (Price(8_500, "CNY", 10_000), ("现价|8.5折", ""), ("15%", "OFF")),
        (Price(5_000, "CNY", 10_000), ("现价|5折", ""), ("50%", "OFF")),
        (Price(12_900, "CNY", 16_900), ("现价|7.7折", ""), ("23%", "OFF")),
        (Price(500, "CNY", 10_000), ("现价|0.5折", ""), ("95%", "OFF")),
        (Price(9_600, "CNY", 10_000), None, None),
        (Price(9_900, "CNY", 9_900), None, None),
        (Price(9_900, "CNY"), None, None),
    ],
)
def test_the_badge_tells_the_discount_of_the_facts(
    price: Price, zh: tuple[str, str] | None, en: tuple[str, str] | None
):
    assert (discount(price, "zh"), discount(price, "en")) == (zh, en)


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_badge_never_promises_more_than_is_true(amount: int, off: int):
    price = Price(amount, "CNY", amount + off)
    listed = amount + off
    english, chinese = discount(price, "en"), discount(price, "zh")
    assert (english is None) == (chinese is None) == (off * 100 // listed < 5)
    if english is not None and chinese is not None:
        assert off * 100 >= int(english[0].rstrip("%")) * listed > off * 100 - listed
        tenths = round(float(chinese[0].rpartition("|")[2].rstrip("折")) * 10)
        assert amount * 100 <= tenths * listed < amount * 100 + listed


def test_the_logo_stands_above_the_reveal():
    (sting,) = made(STORY, Evidence(logo="logos/a.png", logo_sha256="a" * 64, brand="北杯"))
    assert (sting.kind, sting.start, sting.end, sting.text) == (OverlayKind.LOGO_STING, 72, 117, "北杯")
    assert (sting.image, sting.image_sha256) == ("logos/a.png", "a" * 64)


def test_a_price_that_the_script_does_not_show_has_no_badge():
    assert shown(replace(STORY, price_text=""), Evidence(price=PRICE)) == []
    assert shown(replace(STORY, list_price_text=""), Evidence(price=PRICE)) == []


FULL = Evidence(PRICE, (PROOF,), TODAY, TODAY, "logos/a.png", "a" * 64, "北杯")
roles = st.sampled_from([role for role in Role if role is not Role.CTA])
bodies = st.lists(st.tuples(roles, st.lists(st.integers(600, 5000), min_size=1, max_size=2)), min_size=1, max_size=8)


@given(bodies, st.sampled_from([24, 25, 30, 60]))
def test_one_ornament_at_a_time_and_none_over_the_card(body: list[tuple[Role, list[int]]], fps: int):
    told = script(*body, (Role.CTA, [3000]))
    told = replace(told, beats=tuple(replace(beat, facts=("proofs.0",)) for beat in told.beats))
    card = (told.duration_ms - 2000) * fps // 1000
    found = ornaments(told, overlays(told, fps, card, "北杯"), FULL, fps, card)
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert one.optional
        assert 0 <= one.start < one.end <= card
        assert one.end - one.start >= fps
    assert all(before.end <= after.start for before, after in pairwise(found))
