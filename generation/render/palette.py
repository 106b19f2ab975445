"""Caption styles and colour themes: data in styles.yaml, so that a designer can change them without code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml

from generation.errors import CutRefused
from generation.render.fonts import Weight

RGB = tuple[int, int, int]
_FILE = Path(__file__).with_name("styles.yaml")


@dataclass(frozen=True)
class Theme:
    """Colours of one ad. ``ground``..``ground_low`` run down the end card; ``accent`` marks prices and buttons.

    ``bright`` is the accent for text over moving pictures; ``ink`` reads well on ``ground`` and on ``panel``.
    """

    ground: RGB
    ground_low: RGB
    glow: RGB
    panel: RGB
    ink: RGB
    muted: RGB
    accent: RGB
    on_accent: RGB
    bright: RGB


@dataclass(frozen=True)
class CaptionStyle:
    """Lengths are for a short side of 1080 pixels. ``plate``: "" | "block" (one plate) | "lines" (one for each line)."""

    weight: Weight
    size: int
    smallest: int
    fill: str  # "white" or a colour of the theme
    stroke: float
    shadow: float  # opacity
    plate: str
    plate_fill: str
    key_fill: str  # colour of prices and numbers; "" leaves them as they are
    enter: str


T = TypeVar("T")


def theme(name: str) -> Theme:
    return _named(_themes(), name, "theme")


def caption_style(name: str) -> CaptionStyle:
    return _named(_styles(), name, "caption style")


def colour(name: str, of: Theme) -> RGB:
    """A style's colour name in a theme's colours."""
    fixed = {"white": (255, 255, 255), "black": (16, 14, 14)}
    return fixed[name] if name in fixed else getattr(of, name)


@cache
def _themes() -> dict[str, Theme]:
    themes = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["themes"]
    return {name: Theme(**{key: _rgb(value) for key, value in colours.items()}) for name, colours in themes.items()}


@cache
def _styles() -> dict[str, CaptionStyle]:
    styles = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["captions"]
    return {
        name: CaptionStyle(**{**values, "weight": Weight[values["weight"].upper()]}) for name, values in styles.items()
    }


def _rgb(text: str) -> RGB:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _named(of: Mapping[str, T], name: str, what: str) -> T:
    if name not in of:
        raise CutRefused(f"there is no {what} {name!r}: choose one of {', '.join(of)}")
    return of[name]
