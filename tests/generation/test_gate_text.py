"""Text on the product, read by a stand-in for the reader: the package is an extra, what is done with it is not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.geometry import WHOLE, Box
from generation.gate import text

WORDS = st.text("abcde", max_size=8)


@dataclass
class Found:
    boxes: Any = None
    txts: Any = None
    scores: Any = None


class Reader:
    """Finds one line, ABC, wherever the photo is dark; reads as many letters as there are dark bars."""

    def __init__(self, score: float = 0.99) -> None:
        self.score = score
        self.box: tuple[int, int, int, int] | None = None  # where the line is, instead of around all that is dark
        self.searched, self.read = 0, 0

    def __call__(self, picture: Any, *, use_det: bool, use_cls: bool, use_rec: bool) -> Found:
        assert not use_cls
        dark = picture.mean(2) < 100
        if use_det:
            self.searched += 1
            rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
            x0, y0, x1, y1 = self.box or (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
            return Found([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], ("A-b c!",), (self.score,))
        self.read += 1
        middle = dark[dark.shape[0] // 2].astype(int)
        return Found(txts=("abcdefgh"[: int((np.diff(middle) == 1).sum())],))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    one = Reader()
    monkeypatch.setattr(text, "_reader", lambda: one)
    text._lines.cache_clear()
    return one


def photo(folder: Path, bars: int = 3) -> Path:
    """``bars`` dark bars, 40 pixels high, on a light ground."""
    picture = np.full((200, 300, 3), 220, np.uint8)
    for bar in range(bars):
        picture[80:120, 60 + 40 * bar : 80 + 40 * bar] = 20
    path = folder / f"bars{bars}.png"
    cv2.imwrite(str(path), picture)
    return path


@given(WORDS, WORDS)
def test_agreement_is_one_for_equal_texts_only_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= text.agreement(one, other) <= 1.0
    assert (text.agreement(one, other) == 1.0) == (one == other)
    assert text.agreement(one, other) == text.agreement(other, one)


def test_agreement_counts_letters() -> None:
    assert text.agreement("northmug", "northmvg") == pytest.approx(7 / 8)
    assert text.agreement("abc", "") == 0.0


def test_case_dots_and_spaces_do_not_count() -> None:
    assert text.plain(" North-Mug, 480 ml ") == "northmug480ml"
    assert text.plain("沁润 精华液。") == "沁润精华液"


def test_the_photos_lines_are_found_once(reader: Reader, tmp_path: Path) -> None:
    path = photo(tmp_path)
    (line,) = text.lines_of(path, WHOLE)
    assert line.text == "abc"
    assert line.flat[1] == pytest.approx(40 * 1.3, abs=2)
    assert text.lines_of(path, WHOLE) == (line,)
    assert reader.searched == 1


def test_text_off_the_product_is_not_looked_for(reader: Reader, tmp_path: Path) -> None:
    (line,) = text.lines_of(photo(tmp_path), Box(0.1, 0.3, 0.75, 0.7))
    assert line.place[:, 0].min() == pytest.approx(60, abs=12)  # in pixels of the whole photo all the same


def test_a_line_that_the_reader_is_not_sure_of_does_not_count(reader: Reader, tmp_path: Path) -> None:
    reader.score = 0.6
    assert text.lines_of(photo(tmp_path), WHOLE) == ()


def test_a_line_beside_half_a_letter_does_not_count(reader: Reader, tmp_path: Path) -> None:
    path = photo(tmp_path)
    picture = cv2.imread(str(path))
    picture[98:102, 166:170] = 20  # seen only where the line is cut a little farther to the right ...
    reader.box = (60, 80, 160, 120)  # ... than the finder did
    cv2.imwrite(str(path), picture)
    assert text.lines_of(path, WHOLE) == ()


def test_the_same_text_agrees_wherever_the_frame_shows_it(reader: Reader, tmp_path: Path) -> None:
    path = photo(tmp_path)
    lines = text.lines_of(path, WHOLE)
    home = np.array([[1.5, 0.1, 20.0], [0.0, 1.5, 30.0], [0.0, 0.0, 1.0]])
    frame = cv2.warpPerspective(cv2.imread(str(path)), home, (520, 380), borderValue=(220, 220, 220))
    (reading,) = text.read(lines, frame, home)
    assert (reading.text, reading.agreement) == ("abc", 1.0)
    assert text.total([reading]) == 1.0


def test_other_letters_do_not(reader: Reader, tmp_path: Path) -> None:
    lines = text.lines_of(photo(tmp_path), WHOLE)
    frame = cv2.imread(str(photo(tmp_path, bars=2)))
    (reading,) = text.read(lines, frame, np.eye(3))
    assert (reading.text, reading.agreement) == ("ab", pytest.approx(2 / 3))


@pytest.mark.parametrize("home", [np.diag((0.2, 0.2, 1.0)), np.array([[1.0, 0, 250], [0, 1, 0], [0, 0, 1]])])
def test_what_is_too_small_or_out_of_the_picture_is_not_read(home: np.ndarray, reader: Reader, tmp_path: Path) -> None:
    path = photo(tmp_path)
    lines = text.lines_of(path, WHOLE)
    before = reader.read
    assert text.read(lines, cv2.imread(str(path)), home) == []
    assert reader.read == before
    assert text.total([]) is None


def test_whether_there_is_a_reader_is_told_without_loading_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "find_spec", lambda name: None)
    assert not text.installed()
    monkeypatch.setattr(text, "find_spec", lambda name: object())
    assert text.installed()
