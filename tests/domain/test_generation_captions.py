"""Where captions break, and how long their pages stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.captions import (
    CLOSING,
    OPENING,
    CaptionTooLong,
    Hurt,
    atoms,
    break_lines,
    join,
    key_spans,
    pages,
    reading_weight,
    share_time,
)


def width(text: str) -> float:
    """Chinese characters are one wide, Latin letters about half."""
    return sum(1.0 if char >= "\u2e80" else 0.55 for char in text)


def lines(text: str, room: float) -> list[tuple[str, ...]]:
    return [page.lines for page in pages(text, width, room, most=9)]


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("早上起不来|这一杯帮你醒", 8, [("早上起不来", "这一杯帮你醒")]),
        # Two phrases take two lines although one would do ...
        ("浓香油脂|一口就知道", 20, [("浓香油脂", "一口就知道")]),
        # ... but not when they are very short.
        ("30秒|好咖啡", 20, [("30秒 好咖啡",)]),
        ("480ml大容量，保温12小时不烫手", 9, [("480ml大容量", "保温12小时不烫手")]),
        ("买一送一（限今天），全国包邮", 10, [("买一送一（限今天）", "全国包邮")]),
        ("每天只要 3.3 元", 9, [("每天只要 3.3 元",)]),
        ("Cold brew | in 30 seconds, no machine needed", 10, [("Cold brew", "in 30 seconds,"), ("no machine needed",)]),
        ("Wake up slow? This cup helps", 12, [("Wake up slow?", "This cup helps")]),
        ("一口下去整个早晨都醒了", 8, [("一口下去整个早晨", "都醒了")]),
    ],
)
def test_breaks(text: str, room: float, expected: list[tuple[str, ...]]) -> None:
    assert lines(text, room) == expected


@pytest.mark.parametrize("piece", ["¥66", "480ml", "12小时", "3.3 元", "100%", "1,299元", "9.9折", "1600米", "5 kg"])
def test_a_number_stays_with_its_sign_and_unit(piece: str) -> None:
    assert piece in [atom.text for atom in atoms(f"现在只要{piece}带回家")]


def test_without_any_allowed_break_nothing_is_broken() -> None:
    assert break_lines(atoms("一二三四五六七八九十"), width, 6, worst=Hurt.WORD) == ()
    with pytest.raises(CaptionTooLong, match="一二三四五六七八九十"):
        pages("一二三四五|六七八九十", width, 4, most=1)
    with pytest.raises(CaptionTooLong, match="shorten it or add a break"):
        pages("Donaudampfschifffahrtsgesellschaft", width, 10, most=9)


words = st.lists(
    st.one_of(
        st.text(alphabet="好喝咖啡一杯清晨香浓的了吗早起来", min_size=1, max_size=9),
        st.sampled_from(["¥66", "30秒", "（限今天）", "“醒”", "Coffee", "good", "480ml", "，", "！", "|", "| ", " "]),
    ),
    min_size=1,
    max_size=14,
).map("".join)


@settings(max_examples=60, deadline=None)  # a shared machine
@given(words, st.floats(5.5, 16))
def test_every_line_fits_and_follows_the_rules(text: str, room: float) -> None:
    try:
        found = pages(text, width, room, most=99)
    except CaptionTooLong:
        return
    for page in found:
        assert 1 <= len(page.lines) <= 2
        for line in page.lines:
            assert width(line) <= room
            assert "|" not in line
    shown = "".join(line for page in found for line in page.lines)
    dropped = str.maketrans("", "", "，。、；：| ")
    assert shown.translate(dropped) == text.translate(dropped)


@settings(max_examples=60, deadline=None)  # a shared machine
@given(words, st.floats(5.5, 16))
def test_no_line_starts_or_ends_with_the_wrong_sign(text: str, room: float) -> None:
    # A sign that stands alone in the text, such as "，，" or a space before it, has nothing to lean on.
    clean = "".join(part for part in text.replace(" ", "").split("|") if part[:1] not in CLOSING)
    try:
        found = pages(clean, width, room, most=99)
    except (CaptionTooLong, ValueError):
        return
    for page in found:
        for line in page.lines[1:]:
            assert line[0] not in CLOSING
        for line in page.lines[:-1]:
            assert line[-1] not in OPENING


@given(words)
def test_atoms_put_together_are_the_text(text: str) -> None:
    assert "".join(join(atoms(text)).split()) == "".join(text.replace("|", "").split())


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.integers(0, 900), st.integers(1, 30))
def test_shares_of_time_add_up(weights: list[int], spare: int, minimum: int) -> None:
    frames = minimum * len(weights) + spare
    shares = share_time(weights, frames, minimum)
    assert sum(shares) == frames
    assert min(shares) >= minimum


@given(st.integers(1, 100), st.integers(1, 100))
def test_a_longer_page_never_stands_shorter(first: int, second: int) -> None:
    shares = share_time([first, second], 120, 10)
    assert (shares[0] - shares[1]) * (first - second) >= 0


def test_too_little_time_is_refused() -> None:
    with pytest.raises(ValueError, match="2 pages of at least 15 frames do not fit into 29 frames"):
        share_time([1, 1], 29, 15)


def test_numbers_are_what_is_coloured() -> None:
    line = "只要¥66，保温12小时"
    assert [line[start:end] for start, end in key_spans(line)] == ["¥66", "12小时"]
    assert key_spans("没有数字") == ()


def test_reading_weight_counts_latin_letters_less() -> None:
    assert reading_weight("咖啡") == 20
    assert reading_weight("cup") == 9
    assert reading_weight("") == 1


def test_an_empty_text_gives_an_empty_page() -> None:
    assert [page.lines for page in pages("", width, 5, most=1)] == [("",)]
