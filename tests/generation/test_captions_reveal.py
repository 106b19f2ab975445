"""Karaoke, word box and typewriter follow the voice; every style is complete data."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from generation.deliver.safe_zones import safe_zone
from generation.domain.brand import Brand
from generation.domain.layout import canvas_for
from generation.domain.timeline import Canvas, Overlay, OverlayKind
from generation.domain.voice import Word
from generation.errors import CutRefused
from generation.render.captions import caption_cues
from generation.render.captions_reveal import RevealCue, Window
from generation.render.captions_words import idioms, words
from generation.render.palette import caption_styles, theme
from generation.render.stage import MOTIONS, Cue, Pose, draw_all
from generation.render.text_plates import PLATES
from generation.render.yuv import Frame, to_rgb
from tests.generation.footage import grey, small_timeline

CANVAS = Canvas(360, 640)
SPOKEN = (Word("一口", 30, 40), Word("下去", 40, 50), Word("都醒了", 50, 66))


def cues_in(style: str, *, spoken: tuple[Word, ...] = SPOKEN, second: str = "") -> list[Cue]:
    overlay = Overlay("c", OverlayKind.CAPTION, 28, 90, "一口下去都醒了", style, second, words=spoken)
    return caption_cues([overlay], small_timeline(), canvas_for("9:16", CANVAS), safe_zone("9:16").box)[0]


def picture(cues: list[Cue], at: int) -> Frame:
    frame = grey(110, CANVAS.width, CANVAS.height)
    draw_all(frame, cues, at)
    return frame


def bright(cues: list[Cue], at: int) -> int:
    """Pixels in the lit colour of karaoke: yellow."""
    rgb = to_rgb(picture(cues, at)).astype(int)
    return int(((rgb[:, :, 0] > 220) & (rgb[:, :, 1] > 170) & (rgb[:, :, 2] < 130)).sum())


def test_karaoke_lights_up_with_the_voice_and_not_before() -> None:
    cues = cues_in("karaoke")
    lit = [bright(cues, at) for at in (29, 35, 40, 50, 58, 66, 80)]
    assert lit[0] == 0
    assert all(before < after for before, after in pairwise(lit[:6]))
    assert lit[5] == lit[6]


def test_the_second_language_does_not_choose_the_typeface_of_the_first() -> None:
    overlay = Overlay("c", OverlayKind.CAPTION, 28, 90, "一口下去", "brush", "café")  # é is not in the brush's typeface
    place = (small_timeline(), canvas_for("9:16", CANVAS), safe_zone("9:16").box)
    assert caption_cues([overlay], *place)[1] == []
    own = caption_cues([replace(overlay, text="café")], *place)[1]
    assert own == ["c: drawn in NotoSansSC-Bold, its own typeface lacks a letter of it"]


def test_karaoke_without_a_voice_shares_the_time() -> None:
    lit = [bright(cues_in("karaoke", spoken=()), at) for at in (28, 45, 60, 84)]
    assert lit[0] < lit[1] < lit[2] < lit[3]


def test_the_word_box_stands_on_the_word_that_is_heard() -> None:
    boxes = cues_in("word_box")[1:]
    assert [(box.start, box.end) for box in boxes] == [(30, 50), (50, 55), (55, 90)]  # 一口下去 is one phrase of ads
    assert all(before.end == after.start for before, after in pairwise(boxes))
    assert boxes[0].x < boxes[1].x


def test_the_typewriter_writes_sign_by_sign() -> None:
    cues = cues_in("typewriter")
    written = [int((picture(cues, at).luma > 200).sum()) for at in (28, 36, 46, 58, 67)]
    assert written[0] < written[1] < written[2] < written[3] < written[4]
    plate = picture(cues, 28)
    assert int((plate.luma < 70).sum()) > 2000  # the plate is there from the start


def test_a_window_opens_along_its_word() -> None:
    window = Window(10, 20, 100, 200, 0, 50)
    assert [window.reached(at) for at in (9, 14, 19, 30)] == [100, 145, 195, 200]
    assert Window(10, 10, 0, 8, 0, 8).reached(10) == 8


def test_a_part_of_a_sprite_is_where_the_whole_would_be() -> None:
    sheet = np.zeros((40, 80, 4), np.float32)
    sheet[:] = 1
    cue = RevealCue(sheet, 20, 30, 0, 9, 30, "none", "none", windows=[Window(0, 0, 20, 40, 10, 30)])
    frame = grey(50)
    cue.draw(frame, 3)
    rows, columns = np.nonzero(frame.luma > 200)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (40, 59, 40, 59)


def test_two_languages_stand_under_each_other() -> None:
    alone, both = cues_in("bilingual")[0], cues_in("bilingual", second="One sip, wide awake")[0]
    assert both.picture.shape[0] > alone.picture.shape[0] + 10
    assert both.y < alone.y


def test_words_out_of_place_are_refused_by_name() -> None:
    with pytest.raises(CutRefused, match="overlay 'c': the word '一口' is heard from frame 3"):
        cues_in("karaoke", spoken=(Word("一口", 3, 9),))


def test_there_are_at_least_twelve_styles_and_each_is_complete() -> None:
    styles = caption_styles()
    assert len(styles) >= 12
    assert len({style.name_zh for style in styles.values()}) == len(styles)
    for style in styles.values():
        assert style.name_zh
        assert style.name_en
        assert {style.enter, style.leave} <= set(MOTIONS)
        assert style.plate in PLATES
        assert style.smallest <= style.size
        # What moves as a whole cannot be cut out of a picture at rest.
        assert not style.reveal or (style.enter in ("fade", "none") and style.leave == "fade" and not style.tilt)
        assert not (style.reveal and style.second)


@pytest.mark.parametrize("name", sorted(MOTIONS))
def test_motions_end_at_rest(name: str) -> None:
    assert MOTIONS[name](1.0) == Pose(dx=pytest.approx(0), dy=pytest.approx(0), scale=pytest.approx(1), opacity=1)


def test_idioms_are_words_and_there_is_no_word_twice() -> None:
    assert len(idioms()) > 300
    assert len(set(idioms())) == len(idioms())
    assert words("七天无理由退换全国包邮") == ("七天无理由退换", "全国包邮")
    assert words("到手价只要66元") == ("到手价", "只要", "66", "元")
    assert "".join(words("好喝👩🏽\u200d💻到停不下来é")) == "好喝👩🏽\u200d💻到停不下来é"
    assert "👩🏽\u200d💻" in words("好喝👩🏽\u200d💻到")


def test_a_brand_s_caption_style_wins() -> None:
    timeline = replace(small_timeline(), brand=Brand(caption_style="boxed"))
    overlay = Overlay("c", OverlayKind.CAPTION, 0, 60, "一口下去", "bold_center")
    cues, _ = caption_cues([overlay], timeline, CANVAS, safe_zone("9:16").box)
    assert cues[0].enter == "rise"
    assert theme("ember").accent == (217, 56, 30)
