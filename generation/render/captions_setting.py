"""Captions: one type size for the whole ad, pages that follow each other inside an overlay, all in the safe box."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generation.domain.captions import DROPPED_AT_END, CaptionTooLong, Hurt, Page, pages
from generation.domain.captions_timing import check_words, letter_times, page_spans
from generation.domain.contrast import RGB
from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, Zone, even, even_up, scaled, zone
from generation.domain.timeline import Canvas, Overlay, Timeline, TimelineInvalid
from generation.errors import CutRefused
from generation.render.captions_words import words
from generation.render.fonts import Face, Weight, covers, drawable
from generation.render.palette import CaptionStyle, Theme, caption_style, colour, theme_of
from generation.render.text import TextLook, advance_width, visible_size

COMFORT_S = 1.1  # a page that stands shorter is read in haste ...
HASTE_S = 0.5  # ... and under this not at all
SMALLER_IS_BETTER_UNTIL = 0.8  # of the full size: rather this much smaller than a break inside a word
SMALLEST_SECOND = 34  # the second language, at the design size
LANGUAGE_GAP = 0.16  # between two languages, of the size


@dataclass(frozen=True)
class Draft:
    """A caption before it is set: its overlay, what can be drawn of its texts, its style and face."""

    overlay: Overlay
    text: str
    second: str
    style: CaptionStyle
    face: Face


@dataclass(frozen=True)
class SetPage:
    """One page: its lines, those in the second language, when it stands, and where (upright, without the soft rim)."""

    lines: tuple[str, ...]
    second: tuple[str, ...]
    start: int
    end: int
    box: PixelBox


@dataclass(frozen=True)
class SetCaption:
    """A caption with its pages, at the type size of the ad. ``times``: when each of its letters is heard, in frames."""

    overlay: Overlay
    style: CaptionStyle
    look: TextLook
    second_look: TextLook
    pages: tuple[SetPage, ...]
    times: tuple[tuple[float, float], ...]


def set_captions(
    overlays: Sequence[Overlay], timeline: Timeline, canvas: Canvas, safe: Box, brand_font: Path | None = None
) -> tuple[list[SetCaption], list[str]]:
    """(captions, notes about what was left out or drawn in another face).

    Raises ``CaptionTooLong``, ``MissingGlyph``, ``CutRefused``; each names the caption.
    """
    drafts, notes = [], []
    for overlay in overlays:
        draft, said = _draft(overlay, timeline, brand_font)
        drafts.append(draft)
        notes += said
    return typeset(drafts, theme_of(timeline), canvas, safe), notes


def typeset(drafts: Sequence[Draft], colours: Theme, canvas: Canvas, safe: Box) -> list[SetCaption]:
    """Set all captions at the largest common size at which they fit; sizes that jump look careless."""
    failed: CaptionTooLong | None = None
    for share, worst, page_s in _tries():
        try:
            return [_set(draft, share, worst, page_s, colours, canvas, safe) for draft in drafts]
        except CaptionTooLong as error:
            failed = error
    raise failed or CaptionTooLong("")


def _draft(overlay: Overlay, timeline: Timeline, brand_font: Path | None) -> tuple[Draft, list[str]]:
    name = overlay.style
    if timeline.brand is not None and timeline.brand.caption_style:
        name = timeline.brand.caption_style
    style = caption_style(name)
    try:
        check_words(overlay)
    except TimelineInvalid as error:
        raise CutRefused(str(error)) from error
    wanted: Face = style.weight if brand_font is None or style.weight in (Weight.POP, Weight.BRUSH) else brand_font
    face = wanted if covers(overlay.text, wanted) else Weight.BOLD
    text, dropped = drawable(overlay.text, face)
    second, dropped_too = drawable(overlay.second_text if style.second else "", Weight.MEDIUM)
    notes = [f"{overlay.id}: {sign!r} left out, no typeface of ours has it" for sign in (*dropped, *dropped_too)]
    if face != wanted:
        notes.append(
            f"{overlay.id}: drawn in {Weight.BOLD.removesuffix('.ttf')}, its own typeface lacks a letter of it"
        )
    if not text.strip(f"| {DROPPED_AT_END}"):
        raise CutRefused(f"the caption {overlay.id!r} ({overlay.text!r}) has nothing that can be drawn: give it words")
    return Draft(overlay, text, second, style, face), notes


def _tries() -> Iterator[tuple[float, Hurt, float]]:
    """(share of the style's size, worst break, shortest page): first gentle breaks, then small type, then haste."""
    steps = [1 - 0.02 * index for index in range(17)]  # 1.00 .. 0.68
    for worst, page_s in ((Hurt.SOFT, COMFORT_S), (Hurt.INSIDE, COMFORT_S), (Hurt.TORN, HASTE_S)):
        for share in steps:
            if worst is not Hurt.SOFT or share >= SMALLER_IS_BETTER_UNTIL:
                yield share, worst, page_s


def _set(
    draft: Draft, share: float, worst: Hurt, page_s: float, colours: Theme, canvas: Canvas, safe: Box
) -> SetCaption:
    overlay, style = draft.overlay, draft.style
    size = max(share * style.size, style.smallest)
    look = main_look(style, draft.face, size, colours, canvas)
    second_look = _second_look(style, size, colours, canvas)
    home = _room(style, look, zone(Zone.CAPTION, canvas, safe))
    frames = overlay.end - overlay.start
    most = max(1, int(frames / (page_s * canvas.fps)))
    room = (home.width - abs(math.sin(math.radians(style.tilt))) * 2.6 * look.pixels) / math.cos(
        math.radians(style.tilt)
    )
    found = pages(draft.text, partial(advance_width, look=look), room, most=most, worst=worst, words=words)
    times = letter_times(overlay, draft.text)
    spans = page_spans(overlay, found, times, round(HASTE_S * canvas.fps))
    seconds = _second_lines(draft, found, second_look, home.width)
    made = [
        SetPage(page.lines, second, *span, _box(page, second, look, second_look, style, home, draft))
        for page, second, span in zip(found, seconds, spans, strict=True)
    ]
    return SetCaption(overlay, style, look, second_look, tuple(made), times)


def _room(style: CaptionStyle, look: TextLook, home: PixelBox) -> PixelBox:
    """The captions' zone, less what the box round a spoken word needs around the text."""
    if style.reveal != "box":
        return home
    across, down = (even_up(max(pad - look.edge, 0) + 2) for pad in box_look(look, look.fill, look.fill).pad)
    return PixelBox(home.x + across, home.y + down, home.width - 2 * across, home.height - 2 * down)


def box_look(look: TextLook, fill: RGB, plate_fill: RGB) -> TextLook:
    """The word that is heard, on its plate."""
    return TextLook(look.weight, look.pixels, fill, plate="word", plate_fill=plate_fill)


def _second_lines(draft: Draft, found: Sequence[Page], look: TextLook, width: float) -> list[tuple[str, ...]]:
    """The second language, page by page. A translation has breaks of its own: it is shared out in order."""
    if not draft.second:
        return [()] * len(found)
    try:
        own = pages(draft.second, partial(advance_width, look=look), width, most=len(found), words=words)
    except CaptionTooLong:
        raise CaptionTooLong(draft.second) from None
    return [own[min(index * len(own) // len(found), len(own) - 1)].lines for index in range(len(found))]


def _box(
    page: Page,
    second: Sequence[str],
    look: TextLook,
    second_look: TextLook,
    style: CaptionStyle,
    home: PixelBox,
    draft: Draft,
) -> PixelBox:
    """Where the page stands: at the bottom of the captions' zone. Raises ``CaptionTooLong``."""
    width, height = page_size(page.lines, second, look, second_look)
    turn = math.radians(abs(style.tilt))
    wide = even_up(width * math.cos(turn) + height * math.sin(turn))
    high = even_up(width * math.sin(turn) + height * math.cos(turn))
    if wide > home.width or high > home.height:
        raise CaptionTooLong(draft.text.replace("|", ""))
    x = even(home.x + style.align * (home.width - wide))
    return PixelBox(min(x, home.right - wide), home.bottom - high, wide, high)


def page_size(lines: Sequence[str], second: Sequence[str], look: TextLook, second_look: TextLook) -> tuple[int, int]:
    """(width, height) of both languages, upright."""
    width, height = visible_size(lines, look)
    if not second:
        return width, height
    wide, high = visible_size(second, second_look)
    return max(width, wide), height + language_gap(look) + high


def language_gap(look: TextLook) -> int:
    return even_up(look.pixels * LANGUAGE_GAP)


def main_look(style: CaptionStyle, face: Face, size: float, colours: Theme, canvas: Canvas) -> TextLook:
    """The style at a type size in a theme's colours; strokes grow with the size."""

    def length(value: float) -> int:
        return round(scaled(value * size / style.size, canvas))

    return TextLook(
        weight=face,
        pixels=round(scaled(size, canvas)),
        fill=colour(style.fill, colours),
        stroke=length(style.stroke),
        shadow=style.shadow,
        key_fill=colour(style.key_fill, colours) if style.key_fill else None,
        plate=style.plate,
        plate_fill=colour(style.plate_fill, colours),
        plate_opacity=style.plate_opacity,
        align=style.align,
        fill_low=colour(style.fill_low, colours) if style.fill_low else None,
        stroke_fill=colour(style.stroke_fill, colours),
        halo=length(style.halo),
        halo_fill=colour(style.halo_fill, colours),
        glow=style.glow,
        glow_fill=colour(style.glow_fill, colours),
        grown=style.grown,
        hop=style.hop,
        bold=length(style.bold),
        strip_fill=colour(style.strip, colours) if style.strip else None,
    )


def _second_look(style: CaptionStyle, size: float, colours: Theme, canvas: Canvas) -> TextLook:
    pixels = max(size * style.second, SMALLEST_SECOND)
    return TextLook(
        weight=Weight.MEDIUM,
        pixels=round(scaled(pixels, canvas)),
        fill=colour(style.second_fill, colours),
        stroke=round(scaled(max(style.stroke * 0.6, 3), canvas)),
        shadow=style.shadow,
        align=style.align,
    )
