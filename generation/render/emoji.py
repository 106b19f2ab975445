"""Emoji in colour: bitmaps of Noto Color Emoji, one picture for each grapheme cluster."""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from generation.domain.captions_clusters import EMOJI_SHAPE, without_tone
from generation.render.yuv import RGBA

FILE = "NotoColorEmoji.ttf"
STRIKE = 109  # the one size of the file's bitmaps, in pixels per em ...
_SHEET = (136, 128)  # ... and theirs: width, height
ADVANCE = 1.1  # of the type size: the room that an emoji takes in a line
TOP = 0.9  # of the type size above the base line


def drawable_emoji(cluster: str) -> str:
    """The cluster as it can be drawn: itself, or without its skin tone, or "" when there is no such picture."""
    if all(char <= "\xff" for char in cluster):
        return ""
    path = _path()
    for shape in (cluster, without_tone(cluster)):
        if shape and _installed(path) and _is_one_picture(path, shape):
            return shape
    return ""


# Symbols that phones show in colour without being told to (Unicode UTS #51, Emoji_Presentation below U+1F000).
SYMBOLS = frozenset(
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)


@lru_cache(maxsize=256)
def emoji(cluster: str, pixels: int) -> RGBA:
    """The picture at a type size: premultiplied, ``pixels`` high."""
    sheet = _bitmap(_path(), cluster)
    width = round(pixels * _SHEET[0] / _SHEET[1])
    how = cv2.INTER_AREA if pixels < _SHEET[1] else cv2.INTER_CUBIC
    shrunk: RGBA = np.clip(cv2.resize(sheet, (width, pixels), interpolation=how), 0, 1)
    return shrunk


def _path() -> str:
    return f"{settings.FONT_DIR}/{FILE}"


@lru_cache(maxsize=2)
def _installed(path: str) -> bool:
    return Path(path).is_file()


@lru_cache(maxsize=2)
def _font(path: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, STRIKE)


@lru_cache(maxsize=2048)
def _is_one_picture(path: str, cluster: str) -> bool:
    """Whether the file joins the cluster to one glyph that has something to show."""
    bare = cluster.replace(EMOJI_SHAPE, "")
    one = _font(path).getlength("\U0001f600")
    return bool(bare) and abs(_font(path).getlength(cluster) - one) < 1 and bool(_bitmap(path, cluster)[:, :, 3].any())


@lru_cache(maxsize=128)
def _bitmap(path: str, cluster: str) -> RGBA:
    """As it lies in the file: 128 x 136 x 4, premultiplied."""
    image = Image.new("RGBA", _SHEET)
    ImageDraw.Draw(image).text((0, 0), cluster, font=_font(path), anchor="lt", embedded_color=True)
    flat = np.asarray(image, np.float32) / 255
    flat[:, :, :3] *= flat[:, :, 3:]
    return flat
