"""The captions of a film as files beside it, from the very pages that were drawn."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from generation.domain.captions_atoms import word_spans
from generation.domain.captions_subtitles import Subtitle
from generation.domain.captions_timing import has_voice, letters
from generation.domain.geometry import Box
from generation.domain.layout import Zone, zone
from generation.domain.timeline import Canvas, OverlayKind, Timeline
from generation.domain.voice import Word
from generation.exports.ass import AssStyle, ass
from generation.exports.srt import srt
from generation.exports.vtt import vtt
from generation.render.captions_setting import SetCaption, set_captions
from generation.render.captions_words import words
from generation.render.fonts import font
from generation.render.palette import Theme, colour, theme_of


def caption_files(timeline: Timeline, canvas: Canvas, safe: Box, brand_font: Path | None = None) -> Mapping[str, str]:
    """File suffix (srt, vtt, ass) -> text, for the film of this canvas. Raises as ``set_captions`` does."""
    overlays = [overlay for overlay in timeline.overlays if overlay.kind is OverlayKind.CAPTION]
    setting, _ = set_captions(overlays, timeline, canvas, safe, brand_font)
    shown = subtitles_of(setting)
    looks = {item.overlay.style: _look(item, theme_of(timeline), canvas, safe) for item in setting}
    return {
        "srt": srt(shown, canvas.fps),
        "vtt": vtt(shown, canvas.fps, timeline.lang),
        "ass": ass(shown, looks, (canvas.width, canvas.height), canvas.fps),
    }


def subtitles_of(setting: Sequence[SetCaption]) -> tuple[Subtitle, ...]:
    """One for each page. Words come along where a voice or a karaoke style has times for them."""
    return tuple(subtitle for item in setting for subtitle in _pages(item))


def _pages(item: SetCaption) -> Iterator[Subtitle]:
    first = 0
    timed = has_voice(item.overlay) or item.style.reveal in ("wipe", "box")
    for page in item.pages:
        heard = tuple(_heard(item, page.lines, first)) if timed else ()
        yield Subtitle(page.start, page.end, page.lines, page.second, item.overlay.style, heard)
        first += sum(len(letters(line)) for line in page.lines)


def _heard(item: SetCaption, lines: Sequence[str], first: int) -> Iterator[Word]:
    for line in lines:
        for start, end in word_spans(line, words):
            count = len(letters(line[start:end]))
            begin, done = item.times[first][0], item.times[first + count - 1][1]
            yield Word(line[start:end], round(begin), round(done))
            first += count


def _look(item: SetCaption, colours: Theme, canvas: Canvas, safe: Box) -> AssStyle:
    look, style, home = item.look, item.style, zone(Zone.CAPTION, canvas, safe)
    family, weight = font(look.weight, look.pixels).getname()
    plated = look.plate in ("block", "lines", "bar", "paper")
    return AssStyle(
        font=family or "Noto Sans SC",
        pixels=look.pixels,
        fill=look.fill,
        outline=look.stroke,
        outline_fill=look.stroke_fill,
        lit=colour(style.reveal_fill, colours) if style.reveal == "wipe" else None,
        plate=look.plate_fill if plated else None,
        plate_opacity=look.plate_opacity,
        shadow=round(2 * look.shadow, 1),
        bold=weight == "Bold",
        left=style.align == 0,
        angle=style.tilt,
        margins=(home.x, canvas.width - home.right, canvas.height - home.bottom),
    )
