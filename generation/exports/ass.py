"""Advanced SubStation Alpha 4+: captions with looks close to ours, to be changed in Aegisub or burnt in by libass.

Its clock has hundredths of a second, which tell frames apart up to 60 a second. Colours are &HAABBGGRR, alpha 0 is opaque.
A karaoke style becomes ``\\kf`` tags, whose unit is hundredths too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generation.domain.captions_subtitles import Subtitle, clock, in_time, ticks
from generation.domain.captions_timing import letters

RGB = tuple[int, int, int]
_CS = 100
_HEAD = """[Script Info]
; Captions of an ad made with Hitsmith
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
"""
_EVENTS = """
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True)
class AssStyle:
    """A look in pixels of the film. ``lit``: the colour of words that have been heard; ``plate``: a box behind the text."""

    font: str
    pixels: int
    fill: RGB
    outline: float
    outline_fill: RGB
    lit: RGB | None = None
    plate: RGB | None = None
    plate_opacity: float = 1.0
    shadow: float = 0.0
    bold: bool = False
    left: bool = False  # aligned to the left instead of centred
    angle: float = 0.0
    margins: tuple[int, int, int] = (0, 0, 0)  # left, right, bottom


def ass(subtitles: Sequence[Subtitle], styles: Mapping[str, AssStyle], size: tuple[int, int], fps: int) -> str:
    """The whole file for a film of ``size`` (width, height). Every ``Subtitle.style`` must be in ``styles``."""
    rows = [_style(name, style) for name, style in styles.items()]
    events = [_event(subtitle, styles[subtitle.style], fps) for subtitle in in_time(subtitles)]
    return _HEAD.format(width=size[0], height=size[1]) + "".join(rows) + _EVENTS + "".join(events)


def _style(name: str, style: AssStyle) -> str:
    boxed = style.plate is not None
    edge = style.plate if style.plate is not None else style.outline_fill
    # Karaoke starts in the secondary colour and ends in the primary one.
    first, second = (style.lit, style.fill) if style.lit is not None else (style.fill, style.fill)
    left, right, bottom = style.margins
    # libass sizes a font by ascent + descent; Noto Sans SC's are 1.448 of its em.
    cells = [
        name.replace(",", " "), style.font, round(style.pixels * 1.448), _colour(first), _colour(second),
        _colour(edge, style.plate_opacity if boxed else 1.0), _colour((0, 0, 0), 0.5), -1 if style.bold else 0, 0, 0, 0,
        100, 100, 0, f"{style.angle:g}", 3 if boxed else 1, round(style.pixels * 0.22) if boxed else f"{style.outline:g}",
        f"{style.shadow:g}", 1 if style.left else 2, left, right, bottom, 1,
    ]  # fmt: skip
    return "Style: " + ",".join(map(str, cells)) + "\n"


def _event(subtitle: Subtitle, style: AssStyle, fps: int) -> str:
    start, end = (clock(ticks(at, fps, _CS), _CS, ".") for at in (subtitle.start, subtitle.end))
    lines = (
        _sung(subtitle, fps) if style.lit is not None and subtitle.words else [_plain(line) for line in subtitle.lines]
    )
    small = f"{{\\fs{round(style.pixels * 1.448 * 0.6)}}}"
    text = "\\N".join([*lines, *(small + _plain(line) for line in subtitle.second)])
    return f"Dialogue: 0,{start},{end},{subtitle.style.replace(',', ' ')},,0,0,0,,{text}\n"


def _sung(subtitle: Subtitle, fps: int) -> list[str]:
    """The lines with ``\\kf``: each word fills until the next one begins. The sum is the time of the page."""
    due = list(subtitle.words)
    edges = [ticks(subtitle.start, fps, _CS), *(ticks(word.start, fps, _CS) for word in due[1:])]
    edges.append(ticks(due[-1].end, fps, _CS))
    waiting, at = "", 0
    lines: list[str] = []
    if due[0].start > subtitle.start:
        edges[0] = ticks(due[0].start, fps, _CS)
    lead = edges[0] - ticks(subtitle.start, fps, _CS)
    for line in subtitle.lines:
        out = f"{{\\k{lead}}}" if lead and not lines else ""
        for char in line:
            if not waiting and at < len(due) and letters(char):
                out += f"{{\\kf{max(edges[at + 1] - edges[at], 0)}}}"
                waiting = letters(due[at].text)
                at += 1
            waiting = waiting[len(letters(char)) :]
            out += _plain(char)
        lines.append(out)
    return lines


def _colour(of: RGB, opacity: float = 1.0) -> str:
    red, green, blue = of
    return f"&H{round(255 * (1 - opacity)):02X}{blue:02X}{green:02X}{red:02X}"


def _plain(text: str) -> str:
    """Braces would start a tag, a backslash an escape; both have full-width twins."""
    return text.replace("\\", "＼").replace("{", "｛").replace("}", "｝")
