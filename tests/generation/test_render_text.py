"""Text sheets: no missing glyph is ever drawn, nothing is clipped, what is said to be visible is where the ink is."""

import numpy as np
import pytest

from generation.errors import MissingGlyph
from generation.render.fonts import Weight, drawable
from generation.render.text import TextLook, draw_text, glyph_boxes, text_width, visible_size

WHITE = (255, 255, 255)


def test_what_the_typeface_has_passes_unchanged() -> None:
    assert drawable("咖啡 Café ¥66，100%！") == ("咖啡 Café ¥66，100%！", ())


def test_emoji_are_kept_whole() -> None:
    assert drawable("好喝😋到 停不下来✨") == ("好喝😋到 停不下来✨", ())
    for cluster in (
        "👍🏽",
        "👨‍👩‍👧‍👦",
        "🇨🇳",
        "1️⃣",
        "❤️",
        "☕",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ):
        assert drawable(f"好{cluster}喝") == (f"好{cluster}喝", ())


def test_a_skin_tone_without_a_picture_is_dropped_with_a_note() -> None:
    assert drawable("她👩🏽\u200d💻写") == ("她👩\u200d💻写", ("🏽",))


def test_what_nobody_has_drawn_is_dropped_with_a_note() -> None:
    assert drawable("送 \U0001fadd 礼") == ("送 礼", ("\U0001fadd",))
    assert drawable("a\u202eb\u200f") == ("ab", ("\u202e", "\u200f"))


@pytest.mark.parametrize("text", ["שלום", "مرحبا"])
def test_text_that_runs_from_right_to_left_is_refused_by_name(text: str) -> None:
    with pytest.raises(MissingGlyph, match=f"'{text}' has the character '{text[0]}'"):
        drawable(text)


def test_a_missing_letter_is_an_error_that_names_it() -> None:
    with pytest.raises(MissingGlyph, match="'தமிழ்' has the character 'த'"):
        drawable("தமிழ்")


def test_a_missing_font_folder_says_where_to_put_it(settings: object, tmp_path: object) -> None:
    settings.FONT_DIR = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(FileNotFoundError, match="FONT_DIR"):
        drawable("a")


LOOKS = [
    TextLook(Weight.BOLD, 88, WHITE, stroke=8, shadow=0.5),
    TextLook(Weight.BOLD, 72, WHITE, plate="block", plate_fill=(20, 20, 20)),
    TextLook(Weight.BOLD, 76, WHITE, plate="lines", plate_fill=(200, 0, 0)),
    TextLook(Weight.MEDIUM, 30, WHITE, align=0.0),
    TextLook(Weight.MEDIUM, 30, WHITE, align=1.0, shadow=0.8),
    TextLook(Weight.POP, 80, WHITE, stroke=6, halo=6, bold=2, hop=0.05, halo_fill=(40, 0, 60)),
    TextLook(Weight.BRUSH, 80, WHITE, glow=0.8, glow_fill=(90, 0, 0)),
    TextLook(Weight.BOLD, 50, WHITE, plate="bar", plate_fill=(20, 20, 20), strip_fill=(90, 0, 0), align=0.0),
    TextLook(Weight.BRUSH, 60, WHITE, plate="paper", plate_fill=(20, 20, 20)),
    TextLook(Weight.BOLD, 60, WHITE, plate="marker", plate_fill=(90, 0, 0), grown=1.5),
]
TEXTS = [["一口下去", "整个早晨都醒了"], ["Aging jpg,", "gyq $66 (Q)"], ["我"], ["早上起不来？"]]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("lines", TEXTS)
def test_nothing_touches_the_edge_of_its_sheet(look: TextLook, lines: list[str]) -> None:
    alpha = draw_text(lines, look)[:, :, 3]
    assert alpha.max() > 0.9
    for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        assert edge.max() < 0.02


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("lines", TEXTS)
def test_all_ink_lies_in_the_visible_size(look: TextLook, lines: list[str]) -> None:
    sheet = draw_text(lines, look)
    width, height = visible_size(lines, look)
    rim = (sheet.shape[1] - width) // 2
    assert sheet.shape[:2] == (height + 2 * rim, width + 2 * rim)
    ink = sheet[:, :, :3].max(axis=2) > 0.5  # white letters; shadows and strokes are dark
    rows, columns = np.nonzero(ink)
    assert rows.min() >= rim - 1
    assert rows.max() <= rim + height
    assert columns.min() >= rim - 1
    assert columns.max() <= rim + width
    assert width >= max(text_width(line, look) for line in lines)


def test_centred_lines_have_their_ink_in_the_middle() -> None:
    sheet = draw_text(["早上起不来？", "早上"], TextLook(Weight.BOLD, 60, WHITE))
    for rows in (sheet[: sheet.shape[0] // 2], sheet[sheet.shape[0] // 2 :]):
        columns = np.nonzero(rows[:, :, 3].max(axis=0) > 0.5)[0]
        assert abs((columns.min() + columns.max()) / 2 - sheet.shape[1] / 2) < 2


def test_key_words_get_their_colour() -> None:
    look = TextLook(Weight.BOLD, 60, WHITE, key_fill=(255, 0, 0))
    plain = draw_text(["只要¥66"], look)
    keyed = draw_text(["只要¥66"], look, [((2, 5),)])
    half = plain.shape[1] // 2
    assert np.array_equal(plain[:, : half - 40], keyed[:, : half - 40])
    solid = keyed[:, half + 20 :]
    letters = solid[solid[:, :, 3] > 0.99]
    assert len(letters) > 100
    assert np.allclose(letters[:, :3], (1, 0, 0), atol=0.05)


def test_emoji_are_drawn_in_colour_and_take_their_room() -> None:
    look = TextLook(Weight.BOLD, 80, WHITE, stroke=6)
    plain, smiling = draw_text(["好"], look), draw_text(["好😋"], look)
    added = smiling[:, plain.shape[1] - 20 :]
    opaque = added[added[:, :, 3] > 0.99]
    yellow = (opaque[:, 0] > 0.8) & (opaque[:, 1] > 0.6) & (opaque[:, 2] < 0.4)
    assert yellow.mean() > 0.3
    assert text_width("好😋", look) - text_width("好", look) == pytest.approx(88, abs=8)
    once = draw_text(["👨‍👩‍👧‍👦"], look)
    assert once.shape == draw_text(["😋"], look).shape  # one picture, not four persons


def test_numbers_grow_where_a_look_wants_it() -> None:
    look = TextLook(Weight.BOLD, 60, WHITE, grown=1.5)
    assert visible_size(["价¥66"], look)[1] > visible_size(["价"], look)[1] + 10
    assert visible_size(["价"], look)[1] == visible_size(["价"], TextLook(Weight.BOLD, 60, WHITE))[1]


def test_a_fill_runs_from_one_colour_to_another() -> None:
    sheet = draw_text(["国"], TextLook(Weight.BOLD, 100, (255, 0, 0), fill_low=(0, 0, 255)))
    rows = [sheet[row][sheet[row, :, 3] > 0.99] for row in range(sheet.shape[0])]
    solid = [row.mean(axis=0) for row in rows if len(row) > 5]
    assert solid[0][0] > 0.9
    assert solid[-1][2] > 0.9


def test_plate_and_letters_apart_are_the_whole() -> None:
    look = TextLook(Weight.BOLD, 60, WHITE, plate="block", plate_fill=(20, 20, 20))
    lines = ["一口下去", "醒了"]
    plate, letters = draw_text(lines, look, letters=False), draw_text(lines, look, plate=False)
    assert np.allclose(plate * (1 - letters[:, :, 3:]) + letters, draw_text(lines, look), atol=1e-5)


def test_glyphs_are_measured_by_their_ink() -> None:
    capital, flat, tall = glyph_boxes("A一国", Weight.BOLD, 100)
    assert 70 <= capital[1] <= 76  # a capital of this face stands 0.73 of its size
    assert flat[1] < 20
    assert tall[1] > 85
    assert len(glyph_boxes("a b", Weight.BOLD, 20)) == 2
