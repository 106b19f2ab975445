"""The end card: product photo on a soft ground, brand, headline, price, offer, button; everything enters in turn."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from generation.domain.brand import CardLayout as CardStyle
from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, even, scaled
from generation.domain.timeline import Canvas, EndCard, Timeline
from generation.file_version import version_of
from generation.remembered import Remembered
from generation.render.endcard_layout import CardLayout, Setting, Stance, lay_out, settings_for, text_width
from generation.render.endcard_rows import Drawer, Row
from generation.render.fonts import Weight, drawable
from generation.render.paint import disc, grained, lay, put
from generation.render.palette import Theme, theme_of
from generation.render.photo import Photo, hang_photo, read_logo, read_picture
from generation.render.stage import Cue, draw_all
from generation.render.text import TextLook, draw_text
from generation.render.yuv import RGBA, Frame, solid

GAP = 28  # px at the design size between rows
FIT_STEP = 0.05  # rows are drawn as large as they fit
CHIP_SUNK = 0.40  # of the offer's chip over the photo's lower edge: a product often stands close above it
LEAST_PHOTO = 300  # px at the design size
# As long as rows need not be drawn smaller for it than the second figure: px at the design size where words come first,
# else a share of the canvas's height.
ROOMY_BESIDE_WORDS, ROOMY = (440, 0.95), (0.37, 0.85)
CHIP_SHARE = 0.96  # of the photo's width: a wider chip would hang in the air, and the offer is a row instead


@dataclass(frozen=True)
class EndCardPicture:
    """A drawn end card; ``frame(at)`` counts from the card's first frame and may be negative inside a dissolve."""

    ground: Frame
    photo: Photo | None
    cues: tuple[Cue, ...]

    def frame(self, at: int) -> Frame:
        picture = self.ground.copy()
        if self.photo is not None:
            self.photo.draw(picture, at)
        draw_all(picture, self.cues, at)
        return picture


_drawn = Remembered[EndCardPicture](4)


def draw_endcard(
    card: EndCard, timeline: Timeline, frames: int, canvas: Canvas, safe: Box, files: Mapping[str, Path]
) -> EndCardPicture:
    """Raises ``LayoutImpossible``, ``MissingGlyph``, ``MediaMissing``, ``MediaBroken``.

    The last few are remembered: the ads of a batch have few different ones.
    """
    colours = theme_of(timeline)
    words_first = timeline.brand is not None and timeline.brand.card_layout == CardStyle.TYPE
    pictures = [files.get(sha256) for sha256 in (card.image_sha256, card.logo_sha256) if sha256]
    versions = tuple(None if path is None else version_of(path) for path in pictures)
    key = (card, timeline.label_text, colours, words_first, frames, canvas, safe, versions)
    return _drawn.of(
        key, lambda: _draw(card, timeline.label_text, colours, canvas, safe, files, frames, words_first=words_first)
    )


def _draw(
    card: EndCard,
    label: str,
    colours: Theme,
    canvas: Canvas,
    safe: Box,
    files: Mapping[str, Path],
    frames: int,
    *,
    words_first: bool,
) -> EndCardPicture:
    photo = read_picture(card.image_sha256, files) if card.image_sha256 else None
    logo = read_logo(card.logo_sha256, files) if card.logo_sha256 else None
    tries = settings_for(canvas, photo=photo is not None, words_first=words_first)
    rows, chip, place = _fit(card, label, colours, canvas, safe, photo, logo, tries, words_first=words_first)
    hung = None if photo is None else hang_photo(photo, place.photo, frames, canvas, colours)
    cues = _cues(rows, place, frames, canvas)
    if chip is not None:
        cues.append(_chip_cue(chip, place, frames, canvas))
    return EndCardPicture(_ground(card, place, colours, canvas), hung, tuple(cues))


def _fit(
    card: EndCard,
    label: str,
    colours: Theme,
    canvas: Canvas,
    safe: Box,
    photo: RGBA | None,
    logo: RGBA | None,
    tries: Sequence[Setting],
    *,
    words_first: bool,
) -> tuple[list[Row], Row | None, CardLayout]:
    """Draw the rows as large as they fit: (rows, the offer's chip, where all stand)."""
    shape = 1.0 if photo is None else photo.shape[1] / photo.shape[0]
    # On a small photo, or none, a chip has no place: the offer is then a row of its own.
    ways = (True, False) if card.offer and photo is not None and not words_first else (False,)
    for setting in tries:
        width = text_width(canvas, safe, setting.stance)
        for step in range(round((setting.largest - setting.smallest) / FIT_STEP) + 1):
            fit = setting.largest - FIT_STEP * step
            drawer = Drawer(colours, canvas, width, fit, 0.0 if setting.stance is Stance.BESIDE else 0.5)
            least = _least_photo(fit, canvas, words_first=words_first) if photo is not None else 0.0
            for hangs in ways:
                chip = drawer.chip(card.offer) if hangs else None
                rows = drawer.rows(card, label, logo, offer="" if hangs else card.offer)
                gap = scaled(GAP, canvas) + (chip.height * (1 - CHIP_SUNK) if chip else scaled(14, canvas))
                place = lay_out(canvas, safe, _height(rows, canvas), shape, gap, setting.stance)
                if place.photo.height >= least and _fits(rows, chip, place, canvas, safe):
                    return rows, chip, place
    raise LayoutImpossible("the end card's texts do not fit: shorten its headline, its offer or its brand")


def _least_photo(fit: float, canvas: Canvas, *, words_first: bool) -> float:
    """Pixels of height that the photo must have when rows are drawn at this fit."""
    if words_first:
        return scaled(ROOMY_BESIDE_WORDS[0] if fit >= ROOMY_BESIDE_WORDS[1] else LEAST_PHOTO, canvas)
    return ROOMY[0] * canvas.height if fit >= ROOMY[1] else scaled(LEAST_PHOTO, canvas)


def _fits(rows: Sequence[Row], chip: Row | None, place: CardLayout, canvas: Canvas, safe: Box) -> bool:
    if chip is not None and chip.width > CHIP_SHARE * place.photo.width:
        return False
    widest = max(row.width for row in rows)
    return widest <= place.text.width and place.text.height <= safe.height * canvas.height


def _height(rows: Sequence[Row], canvas: Canvas) -> int:
    return sum(even(row.height + scaled(GAP, canvas)) for row in rows) - even(scaled(GAP, canvas))


def _cues(rows: Sequence[Row], place: CardLayout, frames: int, canvas: Canvas) -> list[Cue]:
    cues, y = [], place.text.y
    for row in rows:
        x = even(place.text.x + place.align * (place.text.width - row.width)) - row.rim
        cues.append(_cue(row, x, y - row.rim, frames, canvas))
        y += even(row.height + scaled(GAP, canvas))
    return cues


def _chip_cue(chip: Row, place: CardLayout, frames: int, canvas: Canvas) -> Cue:
    x = even(place.photo.x + (place.photo.width - chip.width) / 2) - chip.rim
    return _cue(chip, x, even(place.photo.bottom - chip.height * CHIP_SUNK) - chip.rim, frames, canvas)


def _cue(row: Row, x: int, y: int, frames: int, canvas: Canvas) -> Cue:
    start = round(row.delay_s * canvas.fps)
    return Cue(
        row.picture, x, y, start, max(frames, start + 1), canvas.fps,
        enter=row.enter, leave="none", enter_s=0.42, pulse=row.pulse,
    )  # fmt: skip


def _ground(card: EndCard, place: CardLayout, colours: Theme, canvas: Canvas) -> Frame:
    """A gradient with soft discs; under a tall card's text, where platforms lay theirs, only the brand as ornament."""
    width, height = canvas.width, canvas.height
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, low = (np.array([*rgb, 255], np.float32) / 255 for rgb in (colours.ground, colours.ground_low))
    sheet = np.ascontiguousarray(np.broadcast_to(top * (1 - rows) + low * rows, (height, width, 4)))
    short = min(width, height)
    x, y = place.photo.x + place.photo.width / 2, place.photo.y + place.photo.height / 2
    lay(sheet, disc(width, height, x, y, math.hypot(place.photo.width, place.photo.height) * 0.6), colours.glow, 0.26)
    for radius in (0.80, 0.58):
        lay(sheet, disc(width, height, width * 0.82, height + short * 0.26, short * radius), colours.glow, 0.34)
    free = height - place.text.bottom
    if card.brand and free > height * 0.2 and height > width:
        _ornament(sheet, drawable(card.brand)[0], colours, place.text.bottom + free * 0.46)
    grained(sheet, 7)
    return solid(sheet)


def _ornament(sheet: RGBA, text: str, colours: Theme, middle: float) -> None:
    """The brand's name, large and faint, across the picture."""
    width = sheet.shape[1]
    drawn = draw_text([text], TextLook(Weight.BOLD, 200, colours.ink))
    scale = min(width * 0.86 / drawn.shape[1], 1.0 * width / 1080)
    size = (even(drawn.shape[1] * scale), even(drawn.shape[0] * scale))
    drawn = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA) * 0.07
    x, y = (width - size[0]) // 2, round(middle - size[1] / 2)
    put(sheet, drawn, x, y)
