"""Products that the gallery draws for itself, as a studio would photograph them: turned bodies before a lit paper sweep."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.contrast import RGB
from generation.render.fonts import Weight
from generation.render.paint import blank, lay, put, rounded
from generation.render.text import TextLook, draw_text
from generation.render.yuv import RGBA, Bytes

Map = NDArray[Any]  # float32, height x width
SIZE = (640, 800)
FOOT, MIDDLE = 0.80, 0.5  # where a product stands, in shares of the picture
LAMP = -0.55  # sideways part of the direction to the lamp: it stands at the left
ROUNDING = 15  # rows over which an edge of a body is rounded
NAME = "MUYU"


@dataclass(frozen=True)
class Part:
    """A band of a turned body, from its top to its bottom, in shares of the picture's height above the foot.

    ``radii``: (height within the band 0..1 from its top, radius in shares of the picture's width), in order.
    """

    top: float
    bottom: float
    radii: Sequence[tuple[float, float]]
    colour: RGB
    gloss: float


@dataclass(frozen=True)
class Product:
    parts: Sequence[Part]
    wall: RGB
    label: tuple[float, float, float]  # top, bottom (as of a part), half its width


BOTTLE = Product(
    (
        Part(0.60, 0.46, ((0, 0.035), (0.2, 0.048), (0.8, 0.056), (1, 0.062)), (243, 240, 234), 0.35),
        Part(0.46, 0.39, ((0, 0.080), (1, 0.080)), (190, 150, 84), 0.9),
        Part(0.39, 0.0, ((0, 0.072), (0.08, 0.086), (0.18, 0.172), (0.25, 0.186), (0.95, 0.186), (1, 0.172)),
             (150, 86, 34), 0.8),
    ),
    (190, 205, 178),
    (0.25, 0.05, 0.13),
)  # fmt: skip
JAR = Product(
    (
        Part(0.34, 0.23, ((0, 0.225), (0.05, 0.232), (1, 0.232)), (40, 38, 42), 0.6),
        Part(0.23, 0.0, ((0, 0.220), (0.1, 0.226), (0.88, 0.226), (1, 0.19)), (228, 190, 184), 0.7),
    ),
    (233, 214, 208),
    (0.19, 0.05, 0.15),
)
TUMBLER = Product(
    (
        Part(0.52, 0.44, ((0, 0.115), (0.3, 0.138), (1, 0.142)), (232, 226, 214), 0.4),
        Part(0.44, 0.0, ((0, 0.140), (0.6, 0.124), (0.97, 0.112), (1, 0.106)), (36, 92, 84), 0.55),
    ),
    (222, 208, 186),
    (0.28, 0.14, 0.09),
)
PRODUCTS = (BOTTLE, JAR, TUMBLER)


def product_photo(product: Product) -> Bytes:
    """height x width x 3, RGB."""
    wide, high = SIZE
    sheet = _sweep(product.wall)
    _shadow(sheet, product)
    for part in reversed(product.parts):
        shape, across = _turned(part)
        lit = _lit(part, across)
        sheet[:, :, :3] = sheet[:, :, :3] * (1 - shape[:, :, None]) + lit * shape[:, :, None]
    _label(sheet, product)
    photo: Bytes = np.rint(np.clip(sheet[:high, :wide, :3], 0, 1) * 255).astype(np.uint8)
    return photo


def _sweep(wall: RGB) -> RGBA:
    """A wall that runs into its floor without an edge, brightest round the product."""
    wide, high = SIZE
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    glow = np.exp(-(((columns / wide - 0.42) / 0.62) ** 2 + ((rows / high - 0.36) / 0.55) ** 2))
    floor = 1 / (1 + np.exp(-(rows / high - FOOT + 0.08) * 26))
    light = 0.74 + 0.32 * glow - 0.05 * floor
    sheet = blank(wide, high)
    sheet[:, :, :3] = np.array(wall, np.float32) / 255 * light[:, :, None]
    sheet[:, :, 3] = 1
    return sheet


def _shadow(sheet: RGBA, product: Product) -> None:
    """On the floor, away from the lamp, and dark where the product touches it."""
    wide, high = SIZE
    radius = product.parts[-1].radii[-1][1] * wide
    foot = round(FOOT * high)
    for shift, (across, down), sigma, strength in (
        (0.75, (1.6, 0.28), 0.030, 0.34),
        (0.0, (1.0, 0.17), 0.006, 0.55),
    ):
        mask = np.zeros((high, wide), np.float32)
        middle = (round(MIDDLE * wide + shift * radius), foot)
        cv2.ellipse(mask, middle, (round(across * radius), round(down * radius)), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
        lay(sheet, cv2.GaussianBlur(mask, (0, 0), sigma * wide), (30, 24, 20), strength)


def _turned(part: Part) -> tuple[Map, Map]:
    """(where the band is, -1..1 across it). Its lower edge bulges as a ring seen from a little above does."""
    wide, high = SIZE
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    top, bottom = (FOOT - part.top) * high, (FOOT - part.bottom) * high
    heights, reach = zip(*part.radii, strict=True)
    share = np.interp(np.arange(high), np.linspace(top, bottom, 64), np.linspace(0, 1, 64))
    radius = np.interp(share, heights, np.array(reach) * wide).astype(np.float32)[:, None]
    radius = cv2.blur(radius, (1, ROUNDING), borderType=cv2.BORDER_REPLICATE).reshape(-1, 1)
    away = columns - MIDDLE * wide
    across = np.clip(away / radius, -1, 1)
    bulge = np.sqrt(1 - across**2) * 0.16
    inside = np.clip(radius - np.abs(away) + 0.5, 0, 1)
    above = np.clip(rows - (top - bulge * reach[0] * wide * 0.4) + 0.5, 0, 1)
    below = np.clip(bottom + bulge * reach[-1] * wide - rows + 0.5, 0, 1)
    return inside * above * below, across


def _lit(part: Part, across: Map) -> RGBA:
    """A soft lamp at the left, a card at the right, and the bright lines of both in what is glossy."""
    facing = np.sqrt(np.clip(1 - across**2, 0, 1))
    light = 0.34 + 0.72 * np.clip(LAMP * across + 0.83 * facing, 0, 1) + 0.12 * np.clip(across - 0.7, 0, 1)
    lines = np.exp(-(((across + 0.62) / 0.055) ** 2)) + 0.45 * np.exp(-(((across - 0.80) / 0.035) ** 2))
    colour = np.array(part.colour, np.float32) / 255
    lit: RGBA = colour * light[:, :, None] + 0.55 * part.gloss * lines[:, :, None]
    return lit


def _label(sheet: RGBA, product: Product) -> None:
    """Paper on the front with an invented name."""
    wide, high = SIZE
    top, bottom, half = product.label
    width, height = round(2 * half * wide), round((top - bottom) * high)
    paper = blank(width, height)
    lay(paper, rounded(width, height, 8), (240, 237, 230))
    pixels = round(width * 0.21)
    name = draw_text([NAME], TextLook(Weight.BOLD, pixels, (52, 48, 44)))
    put(paper, name, (width - name.shape[1]) // 2, round(height * 0.42 - name.shape[0] / 2))
    line = np.zeros((height, width), np.float32)
    line[round(height * 0.66) : round(height * 0.66) + 3, round(width * 0.4) : round(width * 0.6)] = 1
    lay(paper, line, (52, 48, 44))
    paper[:, :, :3] *= np.linspace(1.0, 0.86, width, dtype=np.float32)[None, :, None]
    put(sheet, paper, round(MIDDLE * wide - width / 2), round((FOOT - top) * high))
