"""The strip: one picture of each shot side by side, with its time, how it begins and how the camera moves."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from templates_engine.analyse.errors import VideoRefused
from templates_engine.analyse.footage import Picture
from templates_engine.analyse.watching import Thumb
from templates_engine.domain.analysis import AnalysedShot, Transition, VideoAnalysis

HEIGHT, FOOT, GAP = 192, 34, 4  # pixels
ROW = 10  # pictures in a row
INK, PAPER, FADE = (40, 40, 40), (255, 255, 255), (200, 120, 40)  # BGR
MOST = 200  # shots: a strip of more says nothing
QUALITY = 84  # of JPEG, 0 to 100


def write_strip(path: Path, analysis: VideoAnalysis, thumbs: Sequence[Thumb]) -> None:
    """Writes a PNG, whole or not at all. Raises VideoRefused where it cannot be written."""
    cells = [_cell(shot, _nearest(thumbs, shot)) for shot in analysis.shots[:MOST]]
    width, height = max(cell.shape[1] for cell in cells), HEIGHT + FOOT
    rows = -(-len(cells) // ROW)
    across = min(len(cells), ROW)
    sheet = np.full((rows * (height + GAP) + GAP, across * (width + GAP) + GAP, 3), 255, np.uint8)
    for index, cell in enumerate(cells):
        top, left = index // ROW * (height + GAP) + GAP, index % ROW * (width + GAP) + GAP
        sheet[top : top + height, left : left + cell.shape[1]] = cell
    _write(path, sheet)


def write_pictures(folder: Path, analysis: VideoAnalysis, thumbs: Sequence[Thumb]) -> None:
    """Writes ``000.jpg``, ``001.jpg`` ..., one for each of the first ``MOST`` shots. Raises VideoRefused."""
    for index, shot in enumerate(analysis.shots[:MOST]):
        within = [thumb for thumb in thumbs if shot.start_ms <= thumb.at_ms < shot.end_ms]
        picture = _nearest(within or thumbs, shot)
        done, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        if not done:
            raise VideoRefused(f"the picture of shot {index + 1} could not be encoded")
        (folder / f"{index:03}.jpg").write_bytes(content.tobytes())


def _write(path: Path, sheet: Picture) -> None:
    done, content = cv2.imencode(".png", sheet)
    part = path.with_name(f".{path.name}.part")
    try:
        if not done:
            raise OSError("the picture could not be encoded")
        part.write_bytes(content.tobytes())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise VideoRefused(f"the strip cannot be written to {path.name}: {error.strerror or error}") from error


def _nearest(thumbs: Sequence[Thumb], shot: AnalysedShot) -> Picture:
    middle = (shot.start_ms + shot.end_ms) / 2
    return min(thumbs, key=lambda thumb: abs(thumb.at_ms - middle)).picture


def _cell(shot: AnalysedShot, picture: Picture) -> Picture:
    scale = HEIGHT / picture.shape[0]
    shown = cv2.resize(picture, (max(round(picture.shape[1] * scale), 96), HEIGHT), interpolation=cv2.INTER_AREA)
    cell = np.full((HEIGHT + FOOT, shown.shape[1], 3), PAPER, np.uint8)
    cell[:HEIGHT] = shown
    if shot.transition is Transition.FADE:
        cell[:HEIGHT, :3] = FADE
    for row, text in enumerate(
        (f"{shot.start_ms / 1000:.1f}-{shot.end_ms / 1000:.1f}s", f"{shot.camera} {shot.framing}")
    ):
        cv2.putText(cell, text, (2, HEIGHT + 13 + 15 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.34, INK, 1, cv2.LINE_AA)
    return cell
