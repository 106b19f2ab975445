"""What a brand kit says of one ad, as data of its timeline: colours, mark, typeface, watermark."""

from dataclasses import dataclass
from enum import StrEnum

# The colours of a theme, in the order of ``generation.render.palette.Theme``.
COLOURS = ("ground", "ground_low", "glow", "panel", "ink", "muted", "accent", "on_accent", "bright")
MIN_OPACITY, MAX_OPACITY = 10, 100  # per cent


class Corner(StrEnum):
    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class CardLayout(StrEnum):
    """How an end card is laid out; ``photo`` shows the product large, ``type`` puts the words first."""

    PHOTO = "photo"
    TYPE = "type"


@dataclass(frozen=True)
class Watermark:
    """The logo over the pictures. The renderer moves it away from the AI label, never the other way round."""

    corner: str = Corner.TOP_RIGHT
    opacity: int = 60


@dataclass(frozen=True)
class Brand:
    """``colours``: "#rrggbb" for each of ``COLOURS``, or empty: the timeline's own theme.

    Files are storage names with the SHA-256 of their content; an empty name: there is none. ``caption_style`` empty:
    each caption keeps its own.
    """

    name: str = ""
    colours: tuple[str, ...] = ()
    logo: str = ""
    logo_sha256: str = ""
    font: str = ""
    font_sha256: str = ""
    caption_style: str = ""
    card_layout: str = CardLayout.PHOTO
    watermark: Watermark | None = None
