"""``manage.py engines`` and ``manage.py film``."""

import json
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from generation.domain.camera import CAMERA_MOVES
from generation.engines import registry
from generation.engines.still import Still
from generation.errors import EngineNotFound
from generation.ffmpeg import probe
from tests.generation.makers import drawn_photo


def output(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class Weightless(Still):
    def missing(self) -> list[str]:
        return ["weights are not in MODEL_DIR: download them and set MODEL_DIR"]


@pytest.fixture
def weightless(monkeypatch: pytest.MonkeyPatch) -> None:
    registry._made.cache_clear()
    monkeypatch.setattr(registry, "MAKERS", {"still": Weightless})
    yield
    registry._made.cache_clear()


def test_the_engines_are_listed_with_what_they_can_do() -> None:
    (still,) = [engine for engine in json.loads(output("engines", "--json")) if engine["id"] == "still"]
    assert still["moves"] == sorted(CAMERA_MOVES)
    assert (still["max_seconds"], still["fps"], still["needs_gpu"], still["ready"], still["missing"]) == (
        10, 30, False, True, [],
    )  # fmt: skip


def test_the_table_says_ready_and_which_torch_there_is() -> None:
    table = output("engines")
    assert "静图运镜" in table
    assert "ready" in table
    assert "torch " in table


def test_what_is_missing_is_said_with_how_to_mend_it(weightless: None) -> None:
    assert "missing: weights are not in MODEL_DIR: download them and set MODEL_DIR" in output("engines")
    (still,) = json.loads(output("engines", "--json"))
    assert (still["ready"], len(still["missing"])) == (False, 1)


def test_an_unknown_engine_names_the_known_ones() -> None:
    with pytest.raises(EngineNotFound, match=r"there is no engine 'wan': choose one of|there is no engine 'wan' here"):
        registry.engine("wan")
    assert registry.engine("still") is registry.engine("still")
    assert "still" in [spec.id for spec in registry.specs()]
    assert registry.missing_parts("still") == []


@pytest.mark.slow
def test_a_shot_is_filmed_without_a_database(tmp_path: Path) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "clip.mp4"
    drawn_photo(photo)
    arguments = ["--move", "orbit", "--framing", "close", "--seconds", "0.2", "--size", "64x96", "--seed", "7"]
    told = output("film", "--image", str(photo), "--out", str(out), *arguments)
    assert (probe(out).frames, probe(out).width, probe(out).height) == (6, 64, 96)
    assert "6 frames, 64x96, 30 fps, 0.2 s" in told


def test_the_best_of_several_takes_is_kept(tmp_path: Path) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "clip.mp4"
    drawn_photo(photo)
    arguments = ["--engine", "still", "--seconds", "0.2", "--size", "64x96", "--takes"]
    output("film", "--image", str(photo), "--out", str(out), *arguments, "2")
    assert probe(out).frames == 6
    with pytest.raises(CommandError, match="--takes must be 1 or more, not 0"):
        output("film", "--image", str(photo), "--out", str(tmp_path / "no.mp4"), *arguments, "0")
    assert not (tmp_path / "no.mp4").exists()


@pytest.mark.slow
def test_showcase_films_where_no_other_engine_is_named(tmp_path: Path) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "clip.mp4"
    drawn_photo(photo)
    told = output("film", "--image", str(photo), "--out", str(out), "--seconds", "0.2", "--size", "64x96")
    assert probe(out).frames == 6
    assert "showcase" in told


@pytest.mark.slow
def test_a_shot_may_have_an_outline_a_last_photo_and_a_curve(tmp_path: Path) -> None:
    photo, last, matte = (tmp_path / name for name in ("photo.png", "last.png", "matte.png"))
    drawn_photo(photo)
    drawn_photo(last, noise_seed=9)
    outline = np.zeros((240, 320), np.uint8)
    outline[60:204, 128:192] = 255
    cv2.imwrite(str(matte), outline)
    arguments = ["--seconds", "0.4", "--size", "64x96", "--matte", str(matte), "--last", str(last), "--easing", "punch"]
    out = tmp_path / "clip.mp4"
    output("film", "--image", str(photo), "--out", str(out), *arguments)
    assert probe(out).frames == 12


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--last", "nowhere.png"], "there is no photo nowhere.png"),
        (["--matte", "nowhere.png"], "there is no outline nowhere.png"),
        (["--profile", "cinema"], "has no profile 'cinema'"),
        (["--easing", "bounce"], "invalid choice: 'bounce'"),
        (["--engine", "still", "--last", "PHOTO"], "cannot end on a given picture: leave the last image out"),
        (["--image", "nowhere.png"], "there is no photo nowhere.png"),
        (["--engine", "wan"], "there is no engine 'wan' here"),
        (["--seconds", "121"], "films at most 120 s in one shot"),
        (["--size", "1080"], "write the size as 1080x1920, not '1080'"),
        (["--size", "1081x1920"], "in steps of 2, not 1081"),
        (["--move", "fly"], "invalid choice: 'fly'"),
        (["--strength", "2"], "strength is a share from 0 to 1"),
    ],
)
def test_what_cannot_be_filmed_is_refused_in_plain_words(tmp_path: Path, arguments: list[str], says: str) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "clip.mp4"
    drawn_photo(photo)
    given = [str(photo) if argument == "PHOTO" else argument for argument in arguments]
    with pytest.raises(CommandError, match=says):
        call_command("film", "--image", str(photo), "--out", str(out), *given)
    assert not out.exists()


def test_a_shot_needs_a_photo_or_an_engine_that_reads(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    for arguments, says in (
        (["--prompt", "a mug on a table"], "showcase cannot film from text alone: add a photo"),
        (["--matte", "matte.png"], "an outline needs its photo: give --image too"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command("film", "--out", str(out), *arguments)
        assert not out.exists()
