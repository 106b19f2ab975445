"""Signs that a reader sees as one are never split, neither by clusters nor by line breaks."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.captions import CaptionTooLong, atoms, key_spans, pages
from generation.domain.captions_atoms import word_spans
from generation.domain.captions_clusters import clusters, is_pictograph, without_tone

FAMILY, CODER, ENGLAND = "👨‍👩‍👧‍👦", "👩🏽‍💻", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SIGNS = ["😋", "👍🏽", FAMILY, CODER, "🇨🇳", "🇺🇸", "1️⃣", "❤️", "☕", "🏳️‍🌈", ENGLAND, "é", "한"]
CODES = list(
    "a好1#*é\u0301\u200d\ufe0f\ufe0e\u20e3👩💻👍🏽🏿🇨🇳🇺❤☕♂⚕✈🏳🌈🏴\U000e0067\U000e007f\u1100\u1161\u11a8가각한 \n‼↔©"
)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=CODES, max_size=14))
def test_no_cluster_of_unicode_is_split(text: str) -> None:
    ours, theirs = clusters(text), regex.findall(r"\X", text)
    assert "".join(ours) == text
    assert _edges(ours) <= _edges(theirs)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_one_cluster(sign: str) -> None:
    assert clusters(f"好{sign}喝{sign}{sign}") == ("好", sign, "喝", sign, sign)


def test_pictures_and_tones() -> None:
    assert all(is_pictograph(sign) for sign in ("😋", "👍🏽", FAMILY, "🇨🇳", "1️⃣", "❤️"))
    assert not any(is_pictograph(sign) for sign in ("好", "a", "1", "é", "❤"))
    assert without_tone(CODER) == "👩\u200d💻"
    assert without_tone("😋") == "😋"


def test_a_keycap_is_a_picture_and_not_a_number() -> None:
    assert key_spans("1️⃣第一步 66元") == ((7, 10),)
    assert [atom.text for atom in atoms("1️⃣第一步")] == ["1️⃣", "第", "一", "步"]
    assert [atom.text for atom in atoms("éé1️⃣")] == ["éé", "1️⃣"]


mixed = st.lists(st.sampled_from([*SIGNS, "好喝", "咖啡", "¥66", "cup", "，", "|", " "]), min_size=1, max_size=14).map(
    "".join
)


@settings(max_examples=60, deadline=None)
@given(mixed, st.floats(4, 12))
def test_no_line_break_splits_a_sign(text: str, room: float) -> None:
    try:
        found = pages(text, lambda line: float(len(clusters(line))), room, most=99)
    except CaptionTooLong:
        return
    shown = [cluster for page in found for line in page.lines for cluster in clusters(line)]
    kept = [cluster for cluster in clusters(text) if cluster not in "，、；： |"]
    assert [cluster for cluster in shown if cluster not in "，、；： |"] == kept


def cut(phrase: str) -> list[str]:
    """A dictionary of a few words."""
    found: list[str] = []
    while phrase:
        word = next(
            (word for word in ("七天无理由", "全国包邮", "到手价", "咖啡") if phrase.startswith(word)), phrase[0]
        )
        found.append(word)
        phrase = phrase[len(word) :]
    return found


def test_a_dictionary_keeps_its_words_on_one_line() -> None:
    def lines(text: str, room: float) -> list[str]:
        return [
            line for page in pages(text, lambda line: float(len(line)), room, most=9, words=cut) for line in page.lines
        ]

    assert lines("七天无理由全国包邮", 6) == ["七天无理由", "全国包邮"]
    assert lines("全国包邮七天无理由", 6) == ["全国包邮", "七天无理由"]


def test_the_script_s_break_is_not_passed_over() -> None:
    found = pages("到手价¥66|一口下去都醒了", lambda line: float(len(line)), 9, most=3)
    assert [page.lines for page in found] == [("到手价¥66", "一口下去都醒了")]
    narrow = pages("到手价¥66|一口下去都醒了|好喝", lambda line: float(len(line)), 7, most=3)
    assert all(not ("¥66" in line and "一口" in line) for page in narrow for line in page.lines)


def test_dashes_and_ellipses_stay_whole_and_off_the_line_s_start() -> None:
    pieces = [atom.text for atom in atoms("好喝——真的……你试试")]
    assert "喝——" in pieces
    assert "的……" in pieces


def test_words_are_what_a_voice_would_stress() -> None:
    line = "到手价¥66，真的好咖啡"
    assert [line[start:end] for start, end in word_spans(line, cut)] == ["到手价", "¥66", "真的", "好", "咖啡"]
    assert [("Cold brew!"[start:end]) for start, end in word_spans("Cold brew!")] == ["Cold", "brew"]


def _edges(pieces: tuple[str, ...] | list[str]) -> set[int]:
    found, at = set(), 0
    for piece in pieces:
        at += len(piece)
        found.add(at)
    return found
