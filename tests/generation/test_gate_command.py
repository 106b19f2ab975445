"""``manage.py judge_clip``: the verdict on any clip, for a person or a program, with a picture of why."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import cv2
import pytest
from django.core.management import CommandError, call_command

from generation.gate import text
from tests.generation.defects import DEFECTS, read_clip, write_frames
from tests.generation.test_gate_judge import MUG, ON_MUG, Move, film, order


@pytest.fixture(autouse=True)
def no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "installed", lambda: False)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("clip"), order(MUG, Move.TRUCK_LEFT), MUG)[0]


def judged(clip: Path, *arguments: str, image: Path = MUG) -> str:
    out = StringIO()
    call_command("judge_clip", "--image", str(image), "--clip", str(clip), *arguments, stdout=out)
    return out.getvalue()


def test_a_program_gets_every_number(clip: Path, tmp_path: Path) -> None:
    told: dict[str, Any] = json.loads(judged(clip, "--json", "--evidence", str(tmp_path / "why.png")))
    assert (told["judged"], told["passed"], told["faults"]) == (True, True, [])
    assert told["numbers"]["kept"] > 0.9
    assert cv2.imread(str(tmp_path / "why.png")).shape[0] > 400


@pytest.mark.slow
def test_a_person_is_told_why_not_in_both_languages(clip: Path, tmp_path: Path) -> None:
    frames, fps = read_clip(clip)
    bad = write_frames(tmp_path / "bad.mp4", DEFECTS["black_half"](frames, ON_MUG), fps)
    told = judged(bad, "--move", "truck_left").splitlines()
    assert told[0].startswith("不通过 rejected, 0.")
    assert any(line.startswith("有黑屏（0.50，限值") and "part of it is black" in line for line in told)


@pytest.mark.slow
def test_a_clip_that_ends_on_another_photo_is_told_so(clip: Path) -> None:
    told = json.loads(judged(clip, "--json", "--last", str(MUG)))
    assert told["numbers"]["last"] < 5


@pytest.mark.parametrize("missing", ["image", "clip", "last", "matte"])
def test_a_file_that_is_not_there_is_named(missing: str, clip: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.file"
    files = {"image": MUG, "clip": clip} | {missing: gone}
    arguments = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    with pytest.raises(CommandError, match=f"--{missing}: there is no file .*gone.file"):
        call_command("judge_clip", *arguments, "--evidence", str(tmp_path / "why.png"))
    assert not (tmp_path / "why.png").exists()


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        judged(MUG)
