"""``manage.py gallery``: which sheets there are, and that one is drawn whole."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from generation.domain.layout import ASPECTS
from generation.gallery import captions
from generation.gallery.registry import PARTS, sheets
from generation.render.palette import caption_styles


def test_captions_have_a_sheet_for_each_language_and_aspect() -> None:
    names = [sheet.name for sheet in sheets(("captions",))]
    assert len(names) == len(set(names)) == 2 * len(ASPECTS)
    assert "captions-zh-9x16" in names


def test_the_command_writes_one_file_for_each_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"bold_center": caption_styles()["bold_center"]}
    monkeypatch.setattr(captions, "caption_styles", lambda: one)
    monkeypatch.setattr(captions, "TEXTS", {"zh": captions.TEXTS["zh"]})
    monkeypatch.setattr(captions, "ASPECTS", {"1:1": (1, 1)})
    call_command("gallery", out=tmp_path / "made", only=["captions"])
    files = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert files == ["captions-zh-1x1.png"]
    with Image.open(tmp_path / "made" / "captions-zh-1x1.png") as sheet:
        assert sheet.width > 432
        assert len(sheet.convert("L").getcolors(1 << 20) or []) > 100


def test_an_unknown_part_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"no part 'posters': choose of {', '.join(PARTS)}"):
        call_command("gallery", out=tmp_path / "made", only=["posters"])
    assert not (tmp_path / "made").exists()
