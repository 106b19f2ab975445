"""Caption styles and colour themes: data in styles.yaml, so that a designer can change them without code."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml

from generation.domain.contrast import RGB
from generation.domain.timeline import Timeline
from generation.errors import CutRefused
from generation.render.fonts import Weight

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
    """How captions look and move. Lengths are for a short side of 1080 pixels; opacities are 0..1.

    Colours are "white", "black", "#rrggbb" or a colour of the theme; "" means none. ``plate``: "" | "block" (one plate) |
    "lines" (one for each line) | "bar" (wide, with a coloured edge) | "paper" | "marker" (a felt pen over the lower
    half) | "word" (tight).
    ``reveal``: "" | "wipe" (colour runs along with the voice) | "box" (a box on the word that is heard) | "type" (sign by
    sign). ``second``: size of the second language beside the first; 0 shows one language.
    ``sound``: "" | "pop", a quiet sound as it comes up.
    """

    name_zh: str
    name_en: str
    weight: Weight
    size: int
    smallest: int
    fill: str
    enter: str
    leave: str = "fade"
    enter_s: float = 0.27
    leave_s: float = 0.17
    fill_low: str = ""
    bold: float = 0
    stroke: float = 0
    stroke_fill: str = "black"
    halo: float = 0
    halo_fill: str = "white"
    glow: float = 0
    glow_fill: str = "accent"
    shadow: float = 0
    plate: str = ""
    plate_fill: str = "black"
    plate_opacity: float = 1
    strip: str = ""
    key_fill: str = ""
    grown: float = 1
    hop: float = 0
    tilt: float = 0  # degrees; positive turns to the left
    align: float = 0.5
    reveal: str = ""
    reveal_fill: str = "bright"
    reveal_plate: str = "accent"
    second: float = 0
    second_fill: str = "white"
    sound: str = ""


T = TypeVar("T")


def theme(name: str) -> Theme:
    return _named(_themes(), name, "theme")


def theme_of(timeline: Timeline) -> Theme:
    """The colours of an ad: those of its brand where it brings some, else those of its theme."""
    colours = () if timeline.brand is None else timeline.brand.colours
    return Theme(*map(_rgb, colours)) if colours else theme(timeline.theme)


def caption_style(name: str) -> CaptionStyle:
    return _named(_styles(), name, "caption style")


def caption_styles() -> Mapping[str, CaptionStyle]:
    """All styles in the order of the file."""
    return _styles()


def themes() -> Mapping[str, Theme]:
    return _themes()


def colour(name: str, of: Theme) -> RGB:
    """A style's colour name in a theme's colours."""
    fixed = {"white": (255, 255, 255), "black": (16, 14, 14)}
    if name.startswith("#"):
        return _rgb(name)
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
