"""Pictures in rows with their names under them, and a stage to photograph them on."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from generation.domain.timeline import Canvas
from generation.render.fonts import Weight, font
from generation.render.yuv import RGBA, Bytes, Frame, solid

PAPER, INK, MUTED = (250, 249, 246), (28, 26, 24), (120, 114, 106)
MARGIN, GAP, CAPTION, HEAD = 48, 28, 56, 84
STRIP_GAP = 8


@dataclass(frozen=True)
class Shown:
    """One picture (height x width x 3) with its name in Chinese and English."""

    picture: Bytes
    name_zh: str
    name_en: str


def contact_sheet(title: str, pictures: Sequence[Shown], columns: int) -> Image.Image:
    """All pictures have one size."""
    high, wide = pictures[0].picture.shape[:2]
    rows = -(-len(pictures) // columns)
    size = (
        2 * MARGIN + columns * wide + (columns - 1) * GAP,
        2 * MARGIN + HEAD + rows * (high + CAPTION) + (rows - 1) * GAP,
    )
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN), title, INK, font(Weight.BOLD, 40))
    for index, shown in enumerate(pictures):
        x = MARGIN + index % columns * (wide + GAP)
        y = MARGIN + HEAD + index // columns * (high + CAPTION + GAP)
        sheet.paste(Image.fromarray(shown.picture), (x, y))
        _named(pen, (x, y + high + 12), shown.name_zh, shown.name_en)
    return sheet


@dataclass(frozen=True)
class Strip:
    """Pictures of one size that belong together, with the name of the whole and a word to each."""

    name_zh: str
    name_en: str
    pictures: Sequence[Bytes]
    words: Sequence[str]


def strip_sheet(title: str, strips: Sequence[Strip]) -> Image.Image:
    """Each strip in a row under its name. Strips may have pictures of different sizes and numbers."""
    wide = max(sum(picture.shape[1] + STRIP_GAP for picture in strip.pictures) for strip in strips) - STRIP_GAP
    heights = [max(picture.shape[0] for picture in strip.pictures) + 2 * CAPTION + GAP for strip in strips]
    sheet = Image.new("RGB", (2 * MARGIN + wide, 2 * MARGIN + HEAD + sum(heights)), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN), title, INK, font(Weight.BOLD, 40))
    y = MARGIN + HEAD
    for strip, height in zip(strips, heights, strict=True):
        _named(pen, (MARGIN, y), strip.name_zh, strip.name_en)
        x = MARGIN
        for picture, word in zip(strip.pictures, strip.words, strict=True):
            sheet.paste(Image.fromarray(picture), (x, y + CAPTION - 8))
            pen.text((x, y + CAPTION + picture.shape[0]), word, MUTED, font(Weight.MEDIUM, 18))
            x += picture.shape[1] + STRIP_GAP
        y += height
    return sheet


def reduced(picture: Bytes, short: int) -> Bytes:
    """The picture with a shorter side of so many pixels."""
    scale = short / min(picture.shape[:2])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _named(pen: ImageDraw.ImageDraw, at: tuple[int, int], name_zh: str, name_en: str) -> None:
    pen.text(at, name_zh, INK, font(Weight.BOLD, 24))
    after = font(Weight.BOLD, 24).getlength(name_zh) + 14
    pen.text((at[0] + after, at[1] + 4), name_en, MUTED, font(Weight.MEDIUM, 20))


def backdrop(canvas: Canvas, mood: int) -> Frame:
    """A table before a window, out of focus: dark and bright places, as behind a real ad. ``mood`` varies its colours."""
    wide, high = canvas.width, canvas.height
    rng = np.random.default_rng(mood)
    warm, cool = _MOODS[mood % len(_MOODS)]
    rows = np.linspace(0, 1, high, dtype=np.float32)[:, None, None]
    picture: RGBA = np.ascontiguousarray(np.broadcast_to(warm * (1 - rows) + cool * rows, (high, wide, 3)), np.float32)
    short = min(wide, high)
    for _ in range(26):
        centre = (int(rng.uniform(0, wide)), int(rng.uniform(0, 0.8 * high)))
        light = np.clip(warm * rng.uniform(0.9, 1.7) + 0.08, 0, 1)
        spot: RGBA = np.zeros((high, wide), np.float32)
        cv2.circle(spot, centre, int(short * rng.uniform(0.03, 0.11)), 1.0, -1, cv2.LINE_AA)
        spot = cv2.GaussianBlur(spot, (0, 0), short * 0.006)[:, :, None] * rng.uniform(0.12, 0.5)
        picture = picture * (1 - spot) + spot * light
    _product(picture, short)
    opaque = np.ones((high, wide, 1), np.float32)
    return solid(np.concatenate([np.clip(picture, 0, 1), opaque], axis=2))


_MOODS = tuple(
    (np.array(warm, np.float32), np.array(cool, np.float32))
    for warm, cool in (
        ((0.83, 0.62, 0.43), (0.22, 0.13, 0.10)),
        ((0.55, 0.68, 0.78), (0.16, 0.22, 0.30)),
        ((0.90, 0.86, 0.80), (0.66, 0.60, 0.54)),
        ((0.40, 0.55, 0.44), (0.10, 0.17, 0.13)),
    )
)


def _product(picture: RGBA, short: int) -> None:
    """A plain white cup in the middle, in place."""
    high, wide = picture.shape[:2]
    x, y, size = wide // 2, int(high * 0.40), int(short * 0.17)
    for grow, shade in ((1.0, 0.93), (0.8, 0.30)):
        mask: RGBA = np.zeros((high, wide), np.float32)
        if grow == 1.0:
            cv2.rectangle(mask, (x - size, y - size), (x + size, y + int(1.1 * size)), 1.0, -1)
            cv2.ellipse(mask, (x, y + int(1.1 * size)), (size, size // 3), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
            cv2.ellipse(mask, (x + size, y), (size // 2, int(size * 0.6)), 0, 0, 360, 1.0, size // 5, cv2.LINE_AA)
        cv2.ellipse(mask, (x, y - size), (int(size * grow), int(size * grow / 3)), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
        mask = cv2.GaussianBlur(mask, (0, 0), 1.2)[:, :, None]
        side = np.linspace(1.06, 0.82, wide, dtype=np.float32)[None, :, None]
        picture *= 1 - mask
        picture += mask * shade * side
