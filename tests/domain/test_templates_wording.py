"""Merchants' words made speakable; lines and captions."""

from datetime import date

import pytest

from templates_engine.domain.facts import Price
from templates_engine.domain.wording import caption, clean, day, money, spoken_money, voice


@pytest.mark.parametrize(
    ("text", "lang", "cleaned"),
    [
        ("真空双层,保温12小时。", "zh", "真空双层，保温12小时"),
        ("✅ 一键开盖 单手操作！", "zh", "一键开盖，单手操作"),
        ("【包邮】，，顺丰", "zh", "包邮，顺丰"),
        ("1,299克 {净重}", "zh", "1,299克，净重"),
        ("1✅2", "zh", "1 2"),
        ("常温25℃可用", "zh", "常温25℃可用"),
        ("  leak-proof lid, one-hand open!! ", "en", "leak-proof lid, one-hand open"),
        ("a | b", "en", "a b"),
        ("。，！", "zh", ""),
    ],
)
def test_clean(text: str, lang: str, cleaned: str) -> None:
    assert clean(text, lang) == cleaned


def test_english_sentences_begin_with_a_capital_but_brands_keep_their_shape() -> None:
    assert voice("tired? so are we. meet it", "en") == "Tired? So are we. Meet it"
    assert voice("iPhone ready. e-ink too", "en") == "iPhone ready. E-ink too"


@pytest.mark.parametrize(
    ("text", "lang", "shown"),
    [
        ("早上起晚了，咖啡又凉了？别急着划走。", "zh", "早上起晚了|咖啡又凉了？|别急着划走"),
        ("而且，一键开盖，单手就能喝。", "zh", "而且，一键开盖|单手就能喝"),
        ("忙了一上午|水早就凉了。", "zh", "忙了一上午|水早就凉了"),
        ("现在¥59.9，包邮。", "zh", "现在¥59.9，包邮"),
        ("compare this, too: one-hand flip lid.", "en", "Compare this, too|one-hand flip lid"),
        ("good idea. nice, right?", "en", "Good idea|Nice, right?"),
        ("that's $24.99, free shipping.", "en", "That's $24.99|free shipping"),
    ],
)
def test_caption_lines(text: str, lang: str, shown: str) -> None:
    assert caption(text, lang) == shown


def test_soft_breaks_are_not_heard() -> None:
    assert voice("忙了一上午|水早就凉了。", "zh") == "忙了一上午水早就凉了。"
    assert voice("a long day|and cold coffee.", "en") == "A long day and cold coffee."


@pytest.mark.parametrize(
    ("amount", "currency", "written", "zh", "en"),
    [
        (5990, "CNY", "¥59.9", "59块9", "59.9 yuan"),
        (5900, "CNY", "¥59", "59元", "59 yuan"),
        (5999, "CNY", "¥59.99", "59块9毛9", "59.99 yuan"),
        (5909, "CNY", "¥59.09", "59.09元", "59.09 yuan"),
        (90, "CNY", "¥0.9", "0.9元", "0.9 yuan"),
        (2499, "USD", "$24.99", "24.99美元", "$24.99"),
        (2490, "USD", "$24.90", "24.90美元", "$24.90"),
        (12000, "SGD", "120 SGD", "120SGD", "120 SGD"),
    ],
)
def test_money(amount: int, currency: str, written: str, zh: str, en: str) -> None:
    price = Price(amount, currency)
    assert money(amount, currency) == written
    assert spoken_money(price, amount, "zh") == zh
    assert spoken_money(price, amount, "en") == en


def test_days() -> None:
    assert day(date(2026, 11, 30), "zh") == "11月30日"
    assert day(date(2026, 11, 30), "en") == "November 30"
