"""A text card: a shot of large words on the theme's strongest colour, line after line."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generation.domain.captions import Hurt, atoms, break_lines, key_spans
from generation.domain.contrast import contrast
from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, even, even_up, safe_pixels, scaled
from generation.domain.timeline import Canvas, TextCard, Timeline
from generation.render.endcard import EndCardPicture
from generation.render.fonts import Weight, drawable
from generation.render.paint import blank, disc, grained, lay, put, rounded
from generation.render.palette import RGB, Theme, theme_of
from generation.render.stage import Cue
from generation.render.text import TextLook, advance_width, draw_text, visible_size
from generation.render.yuv import RGBA, Frame, solid

LARGEST, SMALLEST, UNBROKEN, STEP = 156, 72, 96, 6
GROWN, GROWN_WIDTH = 1.4, 0.92  # how much larger a short line may be, and how much of the width it may then take
LEAST_CONTRAST = 2.4  # of large coloured figures against the ground
MOST_LINES = 5
LINE_HEIGHT = 1.24
KICKER = 54
LINE_STEP_S = 0.14
TOP = 0.17  # of the safe box: below the AI label and the brand mark


@dataclass(frozen=True)
class Line:
    text: str
    look: TextLook

    @property
    def height(self) -> float:
        return self.look.pixels * LINE_HEIGHT


def draw_text_card(card: TextCard, timeline: Timeline, frames: int, canvas: Canvas, safe: Box) -> EndCardPicture:
    """Raises ``LayoutImpossible``, ``MissingGlyph``."""
    colours = theme_of(timeline)
    home = safe_pixels(canvas, safe)
    reach = min(canvas.width / 2 - home.x, home.right - canvas.width / 2)
    top = home.y + TOP * home.height
    above = scaled(KICKER * 2.3, canvas) if card.kicker else 0.0
    lines = _set(card, colours, canvas, 2 * reach, (home.bottom - top) * 0.9 - above)
    height = above + sum(line.height for line in lines)
    # A little above the middle of the picture, as far as the room below the label lets it.
    y = min(max(canvas.height * 0.47 - height / 2, top), home.bottom - height)
    cues = [_kicker(card.kicker, colours, canvas, y, frames)] if card.kicker else []
    y += above
    for number, line in enumerate(lines):
        picture, rim = draw_text([line.text], line.look, [key_spans(line.text)]), even_up(line.look.rim)
        x = even((canvas.width - (picture.shape[1] - 2 * rim)) / 2) - rim
        cues.append(_cue(picture, x, even(y) - rim, number * LINE_STEP_S, frames, canvas.fps))
        y += line.height
    return EndCardPicture(_ground(colours.accent, colours.on_accent, canvas), None, tuple(cues))


def _set(card: TextCard, colours: Theme, canvas: Canvas, width: float, height: float) -> list[Line]:
    """The lines at the largest size at which they fit: rather smaller than a phrase broken, rather broken than tiny."""
    text, _ = drawable(card.text)
    phrases = [phrase.strip() for phrase in text.split("|") if phrase.strip()]
    for worst, smallest in (
        (Hurt.PHRASE, UNBROKEN),
        (Hurt.WORD, SMALLEST),
        (Hurt.SOFT, SMALLEST),
        (Hurt.INSIDE, SMALLEST),
    ):
        for size in range(LARGEST, smallest - 1, -STEP):
            look = _look(size, colours, canvas)
            broken = [_broken(phrase, look, width, worst) for phrase in phrases]
            lines = [_grown(line, size, colours, canvas, width) for phrase in broken for line in phrase]
            if all(broken) and len(lines) <= MOST_LINES and sum(line.height for line in lines) <= height:
                return lines
    raise LayoutImpossible(f"the text card {card.text.replace('|', '')!r} is too long: shorten it")


def _broken(phrase: str, look: TextLook, width: float, worst: Hurt) -> tuple[str, ...]:
    if worst is Hurt.PHRASE:
        return (phrase,) if advance_width(phrase, look) <= width else ()
    return break_lines(atoms(phrase), lambda line: advance_width(line, look), width, worst=worst)


def _grown(text: str, size: int, colours: Theme, canvas: Canvas, width: float) -> Line:
    """A short line larger than its neighbours, so that the block fills its column."""
    for larger in range(round(size * GROWN), size, -STEP):
        look = _look(larger, colours, canvas)
        if advance_width(text, look) <= width * GROWN_WIDTH:
            return Line(text, look)
    return Line(text, _look(size, colours, canvas))


def _look(size: float, colours: Theme, canvas: Canvas) -> TextLook:
    """Figures in the bright colour, where that stands out from the ground."""
    key = colours.bright if contrast(colours.bright, colours.accent) >= LEAST_CONTRAST else None
    return TextLook(Weight.BOLD, round(scaled(size, canvas)), colours.on_accent, key_fill=key)


def _kicker(text: str, colours: Theme, canvas: Canvas, y: float, frames: int) -> Cue:
    """A pill in the opposite colours."""
    clean, _ = drawable(text.replace("|", " "))
    look = TextLook(Weight.BOLD, round(scaled(KICKER, canvas)), colours.accent)
    wide, high = visible_size([clean], look)
    across, down = even(look.pixels * 0.8), even(look.pixels * 0.34)
    sheet = blank(wide + 2 * across, high + 2 * down)
    lay(sheet, rounded(sheet.shape[1], sheet.shape[0], sheet.shape[0] / 2), colours.on_accent)
    rim = even_up(look.rim)
    put(sheet, draw_text([clean], look), across - rim, down - rim)
    return _cue(sheet, even((canvas.width - sheet.shape[1]) / 2), even(y), 0.0, frames, canvas.fps)


def _cue(picture: RGBA, x: int, y: int, delay_s: float, frames: int, fps: int) -> Cue:
    start = min(round(delay_s * fps), frames - 1)
    return Cue(picture, x, y, start, frames, fps, enter="rise", leave="none", enter_s=0.36)


@lru_cache(maxsize=8)  # the ads of a batch are of few colours
def _ground(accent: RGB, over: RGB, canvas: Canvas) -> Frame:
    """The accent, a little darker towards its foot, with two large faint discs. Nobody draws on it: it is copied first."""
    width, height = canvas.width, canvas.height
    rows = np.linspace(1.0, 0.86, height, dtype=np.float32)[:, None, None]
    tone = np.array([*accent, 0], np.float32) / 255
    sheet = np.ascontiguousarray(np.broadcast_to(tone * rows, (height, width, 4)))
    sheet[:, :, 3] = 1
    short = min(width, height)
    for x, y, radius in ((0.88, 0.1, 0.62), (0.06, 0.98, 0.5)):
        lay(sheet, disc(width, height, x * width, y * height, radius * short), over, 0.07)
    grained(sheet, 11)
    return solid(sheet)
