"""The colours of a brand: from two that a merchant picks to the nine of a theme, each of which can be read where it stands.

Contrast is WCAG 2.2's ratio of relative luminances (1.4.3): 4.5 for text, 3 for large text and for marks.
"""

import colorsys
import re
from dataclasses import dataclass

from generation.domain.contrast import RGB, luminance
from generation.domain.contrast import contrast as ratio_of

TEXT, LARGE = 4.5, 3.0
INK_DARK, INK_LIGHT = (26, 20, 18), (252, 249, 244)
_HEX = re.compile(r"#[0-9a-f]{6}")


class ColourUnreadable(ValueError):
    """Two colours that cannot stand on each other; ``suggested`` is the nearest that can."""

    def __init__(self, one: str, other: str, ratio: float, needed: float, suggested: str) -> None:
        super().__init__(f"{one} on {other} has a contrast of {ratio:.1f}, it needs {needed:g}: try {suggested}")
        self.one, self.other, self.ratio, self.needed, self.suggested = one, other, ratio, needed, suggested


@dataclass(frozen=True)
class Palette:
    """``main``: buttons and prices; ``ground``: behind the end card. As "#rrggbb" in small letters."""

    main: str
    ground: str


def parse(text: str) -> str:
    """A colour as "#rrggbb"; "#rgb" and capitals are taken too. ``ValueError`` for anything else."""
    value = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        value = "#" + "".join(char * 2 for char in value[1:])
    if not _HEX.fullmatch(value):
        raise ValueError(f"{text!r} is no colour: write it as #rrggbb, like #d9381e")
    return value


def rgb(colour: str) -> RGB:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def named(colour: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def contrast(one: str, other: str) -> float:
    """1 (the same) .. 21 (black on white)."""
    return ratio_of(rgb(one), rgb(other))


def theme_colours(palette: Palette) -> tuple[str, ...]:
    """The colours in the order of ``generation.domain.brand.COLOURS``. Raises ``ColourUnreadable``."""
    check(palette)
    ground, main = rgb(palette.ground), rgb(palette.main)
    dark = luminance(ground) < 0.18
    ink = INK_LIGHT if dark else INK_DARK
    return tuple(
        named(colour)
        for colour in (
            ground,
            mixed(ground, (0, 0, 0), 0.34) if dark else mixed(ground, main, 0.16),
            mixed(ground, main, 0.3 if dark else 0.36),
            mixed(ground, (255, 255, 255), 0.08 if dark else 0.72),
            ink,
            _muted(ink, ground),
            main,
            max(INK_LIGHT, INK_DARK, key=lambda one: contrast(named(one), palette.main)),
            _bright(main),
        )
    )


def check(palette: Palette) -> None:
    """Raises ``ColourUnreadable`` where a price or a button would drown in the ground."""
    ratio = contrast(palette.main, palette.ground)
    if ratio < LARGE:
        better = readable(palette.main, palette.ground)
        raise ColourUnreadable(palette.main, palette.ground, ratio, LARGE, better)
    ink = max(named(INK_LIGHT), named(INK_DARK), key=lambda one: contrast(one, palette.ground))
    if contrast(ink, palette.ground) < TEXT:  # a middle grey carries neither black nor white text
        better = named(mixed(rgb(palette.ground), (255, 255, 255), 0.5))
        raise ColourUnreadable(ink, palette.ground, contrast(ink, palette.ground), TEXT, better)


def readable(colour: str, on: str, needed: float = LARGE) -> str:
    """The same hue, as much darker or lighter as it takes; black or white at the end of the way."""
    towards = (0, 0, 0) if luminance(rgb(on)) > 0.18 else (255, 255, 255)
    for step in range(0, 101, 2):
        candidate = named(mixed(rgb(colour), towards, step / 100))
        if contrast(candidate, on) >= needed + 0.02:
            return candidate
    return named(towards)


def mixed(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def vivid(colour: RGB) -> float:
    """0 grey .. 1 a full colour of middle lightness: how much a colour would be taken for a brand's."""
    _, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    return saturation * (1 - abs(2 * light - 1))


def _muted(ink: RGB, ground: RGB) -> RGB:
    """Ink that steps back as far as it can still be read."""
    for share in (0.45, 0.38, 0.3, 0.2, 0.1):
        candidate = mixed(ink, ground, share)
        if contrast(named(candidate), named(ground)) >= TEXT:
            return candidate
    return ink


def _bright(main: RGB) -> RGB:
    """The brand's hue as light as it must be to shine over moving pictures."""
    hue, _, saturation = colorsys.rgb_to_hls(*(part / 255 for part in main))
    for light in (0.62, 0.68, 0.74, 0.8, 0.86):
        red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, light, min(1.0, saturation * 1.15)))
        if luminance((red, green, blue)) >= 0.42:
            return red, green, blue
    return mixed(main, (255, 255, 255), 0.75)
