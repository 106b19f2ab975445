"""How long lines take."""

import pytest

from templates_engine.domain.pace import phrases, reading_ms, speech_ms


@pytest.mark.parametrize(
    ("text", "syllables", "pauses"),
    [
        ("保温杯", 3, 0),
        ("真空双层，保温杯", 7, 1),
        ("480ml", 6, 0),  # 四百八十毫升
        ("12小时", 4, 0),
        ("10元", 2, 0),
        ("59.9元", 6, 0),  # 五十九点九元
        ("304不锈钢", 7, 0),
        ("2026年", 7, 0),
        ("600519", 6, 0),  # a code, digit by digit
        ("90%", 5, 0),
        ("USB充电", 5, 0),
        ("iPhone", 2, 0),
        ("1,299元", 8, 0),  # 一千二百九十九元
        ("", 0, 0),
    ],
)
def test_chinese_speech(text: str, syllables: int, pauses: int) -> None:
    assert speech_ms(text, "zh") == round(1000 * syllables / 4.8) + 180 * pauses


@pytest.mark.parametrize(
    ("text", "words", "pauses"),
    [
        ("Meet the AeroMug.", 3, 0),
        ("Now $24.99, free shipping.", 8, 1),
        ("hot for 12 hours", 4, 0),
        ("480 ml", 4, 0),
        ("1,200 people", 5, 0),
        ("Don't wait. It's here!", 4, 1),
    ],
)
def test_english_speech(text: str, words: int, pauses: int) -> None:
    assert speech_ms(text, "en") == round(1000 * words / 2.8) + 120 * pauses


def test_a_slower_voice_takes_longer() -> None:
    assert speech_ms("保温保温保温", "zh", 3.0) == 2_000


def test_reading() -> None:
    assert reading_ms("真空双层|保温十二小时", "zh") == 1_250
    assert reading_ms("Now $24.99|free shipping", "en") == 1_000
    assert reading_ms("好", "zh") == 800
    assert reading_ms("", "zh") == 0


def test_decimal_points_are_no_pauses() -> None:
    assert phrases("只要59.9元，1,299件。") == ("只要59.9元", "1,299件")
