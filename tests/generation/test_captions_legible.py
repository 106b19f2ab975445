"""Contrast measured on the composed picture, and the scrim that goes under what could not be read."""

from dataclasses import replace

import numpy as np
import pytest

from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import canvas_for
from generation.domain.timeline import Canvas, Overlay, OverlayKind
from generation.render.captions import caption_cues
from generation.render.captions_contrast import AIM, ENOUGH, SCRIMS, ContrastFinding, contrast_findings
from generation.render.palette import caption_styles
from generation.render.stage import Cue, draw_all
from generation.render.yuv import Frame
from tests.generation.footage import grey, small_timeline

CANVAS = Canvas(360, 640)


def cues_in(style: str, text: str = "一口下去都醒了", end: int = 40) -> list[Cue]:
    overlay = Overlay("c", OverlayKind.CAPTION, 0, end, text, style)
    return caption_cues([overlay], small_timeline(), canvas_for("9:16", CANVAS), safe_zone("9:16").box)[0]


def scene(luma: int) -> Frame:
    return grey(luma, CANVAS.width, CANVAS.height)


def shown(style: str, luma: int, frames: int = 20) -> tuple[Frame, ContrastFinding]:
    cues = cues_in(style)
    for at in range(frames):
        frame = scene(luma)
        draw_all(frame, cues, at)
    return frame, contrast_findings(cues)[0]


@pytest.mark.parametrize("style", list(caption_styles()))
@pytest.mark.parametrize("luma", [16, 130, 235])
def test_every_style_can_be_read_on_black_grey_and_white(style: str, luma: int) -> None:
    _, finding = shown(style, luma)
    assert finding.shown >= ENOUGH
    assert finding.passed
    assert finding.scrim in (0.0, *SCRIMS)


def test_a_heavy_stroke_or_a_plate_needs_no_scrim() -> None:
    assert shown("bold_center", 235)[1].scrim == 0.0
    assert shown("boxed", 16)[1].scrim == 0.0


def test_without_its_stroke_white_text_on_white_gets_a_dark_scrim(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = replace(caption_styles()["minimal"], stroke=0, shadow=0)
    monkeypatch.setattr("generation.render.captions_setting.caption_style", lambda name: bare)
    frame, finding = shown("minimal", 225)
    assert finding.lowest < 1.6
    assert finding.scrim >= 0.5
    assert finding.shown >= AIM
    assert "with a scrim of" in str(finding)
    assert int(frame.luma.min()) < 130
    dark, calm = shown("minimal", 40)
    assert calm.scrim == 0.0
    assert int(dark.luma.min()) == 40


def test_a_scrim_comes_softly_when_the_picture_turns_white_under_a_standing_caption(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = replace(caption_styles()["minimal"], stroke=0, shadow=0, enter="none")
    monkeypatch.setattr("generation.render.captions_setting.caption_style", lambda name: bare)
    cues, darkest = cues_in("minimal", end=60), []
    for at in range(50):
        frame = scene(40 if at < 18 else 225)
        draw_all(frame, cues, at)
        darkest.append(int(frame.luma.min()))
    assert darkest[17] == 40
    assert darkest[18] > darkest[21] > darkest[24]
    assert darkest[26] == darkest[49]


def test_a_second_run_draws_the_same_bytes() -> None:
    first, second = (shown("neon", 200)[0] for _ in range(2))
    assert np.array_equal(first.flat, second.flat)


def test_emoji_alone_have_no_letters_to_judge() -> None:
    cues = cues_in("bold_center", "😋👍")
    draw_all(scene(200), cues, 0)
    assert contrast_findings(cues) == ()
