"""Whether a caption can be read over the pictures that are really behind it; if not, a scrim goes under it.

Measured on the composed picture's luma, as the viewer gets it: the letters against what directly surrounds them (stroke,
glow, plate or picture), stretch by stretch, so that half a caption over snow counts. The measure is the contrast ratio of
WCAG 2.2, success criterion 1.4.3; letters of captions are "large text", for which it wants 3 : 1.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.render.paint import Mask, rounded, soft
from generation.render.stage import Cue
from generation.render.yuv import RGBA, Frame, Layer, blit, layer

ENOUGH = 3.0
AIM = 3.5  # what a scrim is made for, so that the next picture does not just miss
SCRIMS = (0.35, 0.5, 0.65, 0.8)  # opacities, tried in turn
EVERY = 6  # frames between two looks
RAMP = 8  # frames in which a scrim comes when the picture changes under a caption that stands already
_SAMPLES = 6000
_STRETCH = 2.0  # type sizes

# 16..235 -> relative luminance (the transfer curve of sRGB, which WCAG uses, on luma in place of its three colours)
_CODES = np.clip((np.arange(256) - 16) / 219, 0, 1)
_LUMINANCE = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)


@dataclass(frozen=True)
class ContrastFinding:
    """What was seen under one page of a caption. ``scrim`` is 0 where none was needed, ``since``: from when on it comes."""

    overlay: str
    start: int
    end: int
    lowest: float  # of all looks, before any scrim
    shown: float  # the lowest after it
    scrim: float
    since: int = -1

    def moved(self, by: int) -> "ContrastFinding":
        """The same, its frames counted from ``by`` frames earlier."""
        return replace(self, start=self.start + by, end=self.end + by, since=self.since + by)

    @property
    def passed(self) -> bool:
        return self.shown >= ENOUGH

    def __str__(self) -> str:
        text = f"caption {self.overlay!r} from frame {self.start}: contrast {self.lowest:.1f} : 1"
        return f"{text}, {self.shown:.1f} : 1 with a scrim of {self.scrim:.0%}" if self.scrim else text


@dataclass(frozen=True)
class Samples:
    """Pixels of a sprite that are looked at: rows, columns and their stretch of the text."""

    rows: NDArray[Any]
    columns: NDArray[Any]
    stretch: NDArray[Any]


@dataclass
class Legibility:
    """Watches one page. What it decides depends only on the pictures from the page's first frame on, in order."""

    overlay: str
    start: int
    end: int
    x: int
    y: int
    text: Layer
    letters: Samples
    around: Samples
    scrim: Layer | None
    lowest: float = float("inf")
    shown: float = float("inf")
    opacity: float = 0.0
    since: int = -1
    _stretches: int = field(init=False)

    def __post_init__(self) -> None:
        both = np.concatenate([self.letters.stretch, self.around.stretch])
        self._stretches = int(both.max()) + 1 if len(self.letters.rows) and len(self.around.rows) else 0

    def go_on(self, seen: ContrastFinding) -> None:
        """From what was seen of this page so far, without looking at those pictures again."""
        self.lowest, self.shown, self.opacity, self.since = seen.lowest, seen.shown, seen.scrim, seen.since

    def draw_under(self, frame: Frame, at: int, opacity: float) -> None:
        """Look at the picture from time to time, and lay the scrim if there has to be one."""
        if self._stretches and (at - self.start) % EVERY == 0:
            self._look(frame, at)
        if self.opacity and self.scrim is not None:
            come = 1.0 if self.since == self.start else min(1.0, (at - self.since + 1) / RAMP)
            blit(frame, self.scrim, self.x, self.y, opacity * self.opacity * come)

    def _look(self, frame: Frame, at: int) -> None:
        plain = self._ratio(frame, 0.0)
        self.lowest = min(self.lowest, plain)
        if plain < ENOUGH and self.scrim is not None:
            chosen = next((step for step in SCRIMS if self._ratio(frame, step) >= AIM), SCRIMS[-1])
            if chosen > self.opacity:
                self.since = at if self.opacity == 0 else self.since
                self.opacity = chosen
        self.shown = min(self.shown, self._ratio(frame, self.opacity) if self.opacity else plain)

    def _ratio(self, frame: Frame, scrim: float) -> float:
        """The lowest contrast of any stretch of the text; infinite where it is too small to be measured."""
        inner = self._luminance(frame, self.letters, scrim)
        outer = self._luminance(frame, self.around, scrim)
        ratio = (np.maximum(inner, outer) + 0.05) / (np.minimum(inner, outer) + 0.05)
        measured = ratio[~np.isnan(ratio)]
        return float(measured.min()) if len(measured) else float("inf")

    def _luminance(self, frame: Frame, where: Samples, scrim: float) -> NDArray[Any]:
        """Mean relative luminance of each stretch as it would be shown; NaN where a stretch has no such pixels."""
        rows = np.clip(where.rows + self.y, 0, frame.height - 1)
        below = frame.luma[rows, np.clip(where.columns + self.x, 0, frame.width - 1)].astype(np.float32)
        if scrim and self.scrim is not None:
            below = _over(below, self.scrim, where, scrim)
        shown = np.clip(np.rint(_over(below, self.text, where, 1.0)), 0, 255).astype(np.uint8)
        count = np.bincount(where.stretch, minlength=self._stretches)
        total = np.bincount(where.stretch, weights=_LUMINANCE[shown], minlength=self._stretches)
        return np.where(count >= 8, total / np.maximum(count, 1), np.nan)

    @property
    def finding(self) -> ContrastFinding | None:
        """None before the page has been drawn, and for text without letters."""
        if self.lowest == float("inf"):
            return None
        return ContrastFinding(self.overlay, self.start, self.end, self.lowest, self.shown, self.opacity, self.since)


@dataclass(frozen=True)
class CaptionCue(Cue):
    """A page of a caption that watches its own contrast."""

    legibility: Legibility | None = None

    def draw(self, frame: Frame, at: int) -> None:
        if self.legibility is not None and self.start <= at < self.end:
            self.legibility.draw_under(frame, at, self.pose(at).opacity)
        super().draw(frame, at)


def contrast_findings(cues: Iterable[Cue]) -> tuple[ContrastFinding, ...]:
    """What the captions of a film saw while it was drawn, for its quality report."""
    watched = (cue.legibility for cue in cues if isinstance(cue, CaptionCue) and cue.legibility is not None)
    return tuple(found for watch in watched if (found := watch.finding) is not None)


def legibility(
    name: str, span: tuple[int, int], at: tuple[int, int], picture: RGBA, letters: Mask, pixels: int
) -> Legibility:
    """Watch a sprite at ``at`` (x, y) during ``span``; ``letters`` is where its letters are, ``pixels`` the type size."""
    solid = letters > 0.9
    thick = 2 * max(round(pixels * 0.055), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick))
    near = (cv2.dilate(letters, kernel) > 0.5) & (letters < 0.05)
    inside = _samples(solid, pixels)
    dark = _is_light(picture, inside)
    return Legibility(
        name, *span, *at, layer(picture), inside, _samples(near, pixels), _scrim(letters, pixels, dark=dark)
    )


def _samples(mask: NDArray[Any], pixels: int) -> Samples:
    rows, columns = np.nonzero(mask)
    step = max(len(rows) // _SAMPLES, 1)
    rows, columns = rows[::step], columns[::step]
    return Samples(rows, columns, (columns // max(int(_STRETCH * pixels), 1)).astype(np.int64))


def _is_light(picture: RGBA, letters: Samples) -> bool:
    """Whether the letters are light, so that what goes under them must be dark."""
    if not len(letters.rows):
        return True
    mean = picture[letters.rows, letters.columns, :3].mean(axis=0)
    return float(mean @ np.array([0.2126, 0.7152, 0.0722])) > 0.4


def _scrim(letters: Mask, pixels: int, *, dark: bool) -> Layer | None:
    """A soft panel round the letters on a sheet of their size."""
    rows, columns = np.nonzero(letters > 0.5)
    if not len(rows):
        return None
    pad = round(pixels * 0.18)
    height, width = letters.shape
    top, bottom = max(int(rows.min()) - pad, 0), min(int(rows.max()) + pad, height)
    left, right = max(int(columns.min()) - pad, 0), min(int(columns.max()) + pad, width)
    panel = np.zeros_like(letters)
    panel[top:bottom, left:right] = rounded(right - left, bottom - top, pixels * 0.2)
    panel = np.clip(soft(panel, pixels * 0.06), 0, 1)
    rgba = np.zeros((height, width, 4), np.float32)
    rgba[:, :, 3] = panel
    if not dark:
        rgba[:, :, :3] = panel[:, :, None]
    return layer(rgba)


def _over(below: NDArray[Any], above: Layer, where: Samples, opacity: float) -> NDArray[Any]:
    luma = above.luma[where.rows, where.columns].astype(np.float32)
    keep = above.keep[where.rows, where.columns].astype(np.float32) / 255
    return below * (1 - opacity * (1 - keep)) + opacity * luma


__all__: Sequence[str] = [
    "AIM",
    "ENOUGH",
    "CaptionCue",
    "ContrastFinding",
    "Legibility",
    "contrast_findings",
    "legibility",
]
