"""Text sheets: no missing glyph is ever drawn, nothing is clipped, what is said to be visible is where the ink is."""

import numpy as np
import pytest

from generation.errors import MissingGlyph
from generation.render.fonts import Weight, drawable
from generation.render.text import TextLook, draw_text, glyph_boxes, text_width, visible_size

WHITE = (255, 255, 255)


def test_what_the_typeface_has_passes_unchanged() -> None:
    assert drawable("咖啡 Café ¥66，100%！") == ("咖啡 Café ¥66，100%！", ())


def test_emoji_are_dropped_with_a_note() -> None:
    assert drawable("好喝😋到 停不下来✨") == ("好喝到 停不下来", ("😋", "✨"))
    assert drawable("送 🎁 礼") == ("送 礼", ("🎁",))


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


def test_glyphs_are_measured_by_their_ink() -> None:
    capital, flat, tall = glyph_boxes("A一国", Weight.BOLD, 100)
    assert 70 <= capital[1] <= 76  # a capital of this face stands 0.73 of its size
    assert flat[1] < 20
    assert tall[1] > 85
    assert len(glyph_boxes("a b", Weight.BOLD, 20)) == 2
