"""Poster and contact sheet, taken from the frame loop while the pictures are in memory."""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from generation.domain.layout import even
from generation.domain.timeline import Timeline
from generation.domain.timeline_rules import starts
from generation.render.fonts import Weight, font
from generation.render.label import Label
from generation.render.yuv import Bytes, Frame, blit, layer, resized, to_rgb

SHEET_FRAMES = 12
SHEET_SIDE = 360  # short side of a picture on the sheet
REVEAL_ROLES = ("reveal", "point", "demo", "proof", "hook")  # where a product is seen best, in this order
POSTER_TRIES = 5


@dataclass
class Stills:
    """Give it every clean picture with ``clean`` and every finished one with ``finished``."""

    timeline: Timeline
    label: Label
    _poster: tuple[float, Frame] | None = None
    _sheet: list[tuple[int, Bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._poster_frames = poster_frames(self.timeline)
        self._sheet_frames = sheet_frames(self.timeline)

    def clean(self, at: int, picture: Frame) -> None:
        """Before overlays: a poster carries no caption of one moment."""
        if at not in self._poster_frames:
            return
        sharp = float(
            cv2.Laplacian(resized(picture, even(picture.width / 3), even(picture.height / 3)).luma, cv2.CV_32F).var()
        )
        if self._poster is None or sharp > self._poster[0]:
            self._poster = (sharp, picture.copy())

    def finished(self, at: int, picture: Frame) -> None:
        if at in self._sheet_frames:
            self._sheet.append((at, to_rgb(sheet_size(picture))))

    def save_poster(self, path: Path) -> None:
        """JPEG with the AI label: it is a generated picture too."""
        if self._poster is None:
            raise ValueError("no picture was given")
        picture = self._poster[1]
        cue = self.label.cue
        blit(picture, layer(cue.picture), cue.x, cue.y)
        Image.fromarray(to_rgb(picture)).save(path, quality=90, subsampling=0)

    def save_sheet(self, path: Path) -> None:
        """JPEG of twelve pictures, each with its time under it."""
        pictures = [picture for _, picture in self._sheet]
        height, width = pictures[0].shape[:2]
        columns = 6 if height > width else 4 if height == width else 3
        gap, foot = 18, 46
        rows = -(-len(pictures) // columns)
        size = (columns * (width + gap) + gap, rows * (height + foot) + gap)
        sheet = Image.new("RGB", size, (246, 245, 243))
        pen, face = ImageDraw.Draw(sheet), font(Weight.MEDIUM, 24)
        for index, (at, picture) in enumerate(self._sheet):
            x = gap + index % columns * (width + gap)
            y = gap + index // columns * (height + foot)
            sheet.paste(Image.fromarray(picture), (x, y))
            seconds = at / self.timeline.canvas.fps
            pen.text((x, y + height + 34), f"{seconds:05.2f} s", (70, 66, 62), face, anchor="ls")
        sheet.save(path, quality=90, subsampling=0)  # as PNG five times the bytes in fifteen times the time


def sheet_size(picture: Frame) -> Frame:
    """As small as it is on the sheet; what is so already stays as it is."""
    scale = SHEET_SIDE / min(picture.width, picture.height)
    return resized(picture, even(picture.width * scale), even(picture.height * scale))


def poster_frames(timeline: Timeline) -> frozenset[int]:
    """Frames to choose the poster from: inside the first shot of the role where a product is seen best."""
    shots = list(zip(timeline.shots, starts(timeline.shots), strict=True))
    filmed = [item for item in shots if item[0].card is None] or shots
    ranks = {role: rank for rank, role in enumerate(REVEAL_ROLES)}
    shot, at = min(filmed, key=lambda item: ranks.get(item[0].role, len(ranks)))
    return _spread(at + shot.duration // 4, at + shot.duration - shot.duration // 4, POSTER_TRIES)


def sheet_frames(timeline: Timeline) -> frozenset[int]:
    """Twelve frames from the first to nearly the last, so that start, cuts and end card are all seen."""
    return _spread(0, timeline.duration - 1, SHEET_FRAMES)


def _spread(first: int, last: int, count: int) -> frozenset[int]:
    return frozenset(int(at) for at in np.linspace(first, max(last, first), count).round())
