"""What cannot be drawn is refused with what to do about it, never with an error of a library."""

from dataclasses import replace
from pathlib import Path

import pytest

from generation.domain.geometry import Box
from generation.domain.timeline import Canvas
from generation.errors import CutRefused, MediaBroken
from generation.render.label import ai_label
from generation.render.palette import caption_styles
from generation.render.still_preview import preview_png
from tests.generation.footage import small_timeline

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("text", ["", "—", "一", "！？"])
def test_a_label_without_letters(text: str) -> None:
    with pytest.raises(CutRefused, match="write it as AI生成"):
        ai_label(text, 90, Canvas(360, 640, 30), WHOLE)


def test_a_photo_that_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "photo.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a photo")
    timeline = small_timeline()
    card = timeline.shots[-1].card
    assert card is not None
    bare = replace(timeline.shots[-1], card=replace(card, image="", image_sha256=""))
    with pytest.raises(MediaBroken, match="upload it again"):
        preview_png(replace(timeline, shots=(*timeline.shots[:-1], bare)), {}, broken)


def test_which_captions_are_heard_is_data_of_their_style() -> None:
    assert {name for name, style in caption_styles().items() if style.sound} == {"typewriter", "variety", "sticker"}
    assert {style.sound for style in caption_styles().values()} == {"", "pop"}
