"""Set captions as sprites: a page is one sprite; karaoke, word box and typewriter add a few more."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from generation.domain.captions_atoms import key_spans, word_spans
from generation.domain.captions_clusters import clusters
from generation.domain.captions_timing import has_voice, letters
from generation.domain.geometry import Box
from generation.domain.layout import even_down, even_up
from generation.domain.timeline import Canvas, Overlay, Timeline
from generation.render.captions_contrast import CaptionCue, legibility
from generation.render.captions_reveal import RevealCue, Window
from generation.render.captions_setting import SetCaption, SetPage, box_look, page_size, set_captions
from generation.render.captions_words import words
from generation.render.paint import Mask, blank, put, turned
from generation.render.palette import Theme, colour, theme_of
from generation.render.stage import Cue
from generation.render.text import TextLook, draw_text, letter_mask, line_origins, pitch, sign_x
from generation.render.text_plates import ASCENT, DESCENT
from generation.render.yuv import RGBA

TYPED_SHARE = 0.6  # of a page's time, at most, is spent typing ...
TYPED_S = 0.075  # ... at this pace


def caption_cues(
    overlays: Sequence[Overlay], timeline: Timeline, canvas: Canvas, safe: Box, brand_font: Path | None = None
) -> tuple[list[Cue], list[str]]:
    """(sprites, notes about characters that were dropped). Raises ``CaptionTooLong``, ``MissingGlyph``, ``CutRefused``."""
    setting, notes = set_captions(overlays, timeline, canvas, safe, brand_font)
    colours = theme_of(timeline)
    return [cue for item in setting for cue in cues_of(item, colours, canvas)], notes


def cues_of(item: SetCaption, colours: Theme, canvas: Canvas) -> Iterator[Cue]:
    heard = 0
    for page in item.pages:
        yield from _page(item, page, heard, colours, canvas.fps)
        heard += sum(len(letters(line)) for line in page.lines)


def _page(item: SetCaption, page: SetPage, heard: int, colours: Theme, fps: int) -> Iterator[Cue]:
    style = item.style
    picture, mask = _sheet(item, page)
    if style.tilt:
        picture, mask = turned(picture, style.tilt), turned(mask, style.tilt)
    x = even_down(page.box.x + (page.box.width - picture.shape[1]) / 2)
    y = even_down(page.box.y + (page.box.height - picture.shape[0]) / 2)
    watch = legibility(item.overlay.id, (page.start, page.end), (x, y), picture, mask, item.look.pixels)
    base = CaptionCue(
        picture,
        x,
        y,
        page.start,
        page.end,
        fps,
        style.enter,
        style.leave,
        style.enter_s,
        style.leave_s,
        legibility=watch,
    )
    if style.reveal == "type":
        yield from _typed(item, page, heard, base, colours)
        return
    yield base
    if style.reveal == "wipe":
        yield _wipe(item, page, heard, base, colours)
    elif style.reveal == "box":
        yield from _boxes(item, page, heard, base, colours)


def _sheet(item: SetCaption, page: SetPage) -> tuple[RGBA, Mask]:
    """(both languages as one sheet, where the letters of the first are)."""
    look, second_look = item.look, item.second_look
    first = draw_text(page.lines, look, _keys(page.lines, item))
    mask = letter_mask(page.lines, look)
    if not page.second:
        return first, mask
    second = draw_text(page.second, second_look)
    width, height = page_size(page.lines, page.second, look, second_look)
    rim = even_up(max(look.rim, second_look.rim))
    sheet = blank(width + 2 * rim, height + 2 * rim)
    whole = np.zeros(sheet.shape[:2], np.float32)
    left = even_down((sheet.shape[1] - first.shape[1]) * look.align)
    top = rim - even_up(look.rim)
    put(sheet, first, left, top)
    whole[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    below = rim + height - (second.shape[0] - 2 * even_up(second_look.rim)) - even_up(second_look.rim)
    put(sheet, second, even_down((sheet.shape[1] - second.shape[1]) * look.align), below)
    return sheet, whole


def _keys(lines: Sequence[str], item: SetCaption) -> list[tuple[tuple[int, int], ...]]:
    """What a highlighting style colours: numbers and prices, or, without any, the second line."""
    style = item.style
    if not style.key_fill:
        return []
    spans = [key_spans(line) for line in lines]
    if not any(spans) and len(lines) == 2 and not style.plate and style.grown == 1:
        spans[1] = ((0, len(lines[1])),)
    return spans


def _band(item: SetCaption, page: SetPage, row: int) -> tuple[float, float]:
    """Top and bottom of a line in its sheet, halfway to its neighbours; the outer lines reach the edges."""
    look = item.look
    base = line_origins(page.lines, look)[row][1]
    gap = (pitch(look) - ASCENT - DESCENT) * look.pixels / 2
    high = draw_height(page, look)
    top = 0.0 if row == 0 else base - ASCENT * look.pixels - gap
    bottom = float(high) if row == len(page.lines) - 1 else base + DESCENT * look.pixels + gap
    return top, bottom


def draw_height(page: SetPage, look: TextLook) -> int:
    return page_size(page.lines, (), look, look)[1] + 2 * even_up(look.rim)


def _spans(page: SetPage) -> Iterator[tuple[int, int, int]]:
    """(row, start, end) of the words of a page, in reading order."""
    for row, line in enumerate(page.lines):
        for start, end in word_spans(line, words):
            yield row, start, end


def _heard(item: SetCaption, first: int, count: int) -> tuple[float, float]:
    """When so many letters from the given one on are heard."""
    return item.times[first][0], item.times[min(first + count, len(item.times)) - 1][1]


def _wipe(item: SetCaption, page: SetPage, heard: int, base: Cue, colours: Theme) -> Cue:
    """The lines once more in the bright colour, uncovered word by word."""
    bright = replace(item.look, fill=colour(item.style.reveal_fill, colours), fill_low=None)
    windows = []
    for row, start, end in _spans(page):
        count = len(letters(page.lines[row][start:end]))
        begin, done = _heard(item, heard, count)
        left, right = (sign_x(page.lines, item.look, row, index) for index in (start, end))
        edge = item.look.edge
        left, right = left - (edge if start == 0 else 0), right + (edge if end == len(page.lines[row]) else 0)
        windows.append(Window(begin, done, left, right, *_band(item, page, row)))
        heard += count
    return RevealCue(
        draw_text(page.lines, bright), base.x, base.y, page.start, page.end, base.fps,
        base.enter, base.leave, base.enter_s, base.leave_s, windows=windows,
    )  # fmt: skip


def _boxes(item: SetCaption, page: SetPage, heard: int, base: Cue, colours: Theme) -> Iterator[Cue]:
    """The word that is heard, on a plate of its own, until the next one is."""
    style, look = item.style, item.look
    boxed = box_look(look, colour(style.reveal_fill, colours), colour(style.reveal_plate, colours))
    spans = list(_spans(page))
    counts = [len(letters(page.lines[row][start:end])) for row, start, end in spans]
    firsts = [heard + sum(counts[:index]) for index in range(len(spans))]
    begins = [max(round(item.times[first][0]), page.start) for first in firsts]
    for index, (row, start, end) in enumerate(spans):
        until = begins[index + 1] if index + 1 < len(spans) else page.end
        if until <= begins[index]:
            continue
        word = page.lines[row][start:end]
        rim, (across, down) = even_up(boxed.rim), boxed.pad
        x = base.x + sign_x(page.lines, look, row, start) - across - rim
        y = base.y + line_origins(page.lines, look)[row][1] - ASCENT * look.pixels - down - rim
        yield Cue(
            draw_text([word], boxed), even_down(x + 1), even_down(y + 1), begins[index], until, base.fps,
            enter="none", leave=base.leave if until == page.end else "none", leave_s=base.leave_s,
        )  # fmt: skip


def _typed(item: SetCaption, page: SetPage, heard: int, base: CaptionCue, colours: Theme) -> Iterator[Cue]:
    """The plate stands; letters come one by one, with a cursor."""
    look = item.look
    yield replace(base, picture=draw_text(page.lines, look, letters=False))
    steps = _key_strokes(item, page, heard, base.fps)
    feet = [y + 0.2 * look.pixels for _, y in line_origins(page.lines, look)]
    edges = [
        (sign_x(page.lines, look, row, start), sign_x(page.lines, look, row, end)) for _, (row, start, end) in steps
    ]
    windows = [
        Window(moment, moment, *edge, *_band(item, page, row), feet[row])
        for (moment, (row, _, _)), edge in zip(steps, edges, strict=True)
    ]
    caret = blank(even_up(look.pixels * 0.09), even_up(look.pixels * 1.05))
    caret[:] = np.array([*colour(item.style.reveal_fill, colours), 255], np.float32) / 255
    ink = draw_text(page.lines, look, plate=False)
    yield RevealCue(
        ink, base.x, base.y, page.start, page.end, base.fps, "none", base.leave, leave_s=base.leave_s,
        windows=windows, caret=caret,
    )  # fmt: skip


def _key_strokes(item: SetCaption, page: SetPage, heard: int, fps: int) -> list[tuple[float, tuple[int, int, int]]]:
    """(frame, (row, start, end)) for each sign: with the voice, or at a typist's pace."""
    signs = [
        (row, start, start + len(cluster)) for row, line in enumerate(page.lines) for start, cluster in _placed(line)
    ]
    pace = min(TYPED_S * fps, TYPED_SHARE * (page.end - page.start) / max(len(signs), 1))
    found = []
    for index, sign in enumerate(signs):
        row, start, end = sign
        moment = page.start + index * pace
        if has_voice(item.overlay):
            moment = item.times[min(heard, len(item.times) - 1)][0]
            heard += len(letters(page.lines[row][start:end]))
        found.append((moment, sign))
    return found


def _placed(line: str) -> Iterator[tuple[int, str]]:
    at = 0
    for cluster in clusters(line):
        yield at, cluster
        at += len(cluster)
