"""WebVTT (W3C, 2019): captions for web players. Words that are heard carry their own time stamps, as karaoke."""

from collections.abc import Sequence

from generation.domain.captions_subtitles import Subtitle, clock, in_time, ticks
from generation.domain.captions_timing import letters

_MS = 1000


def vtt(subtitles: Sequence[Subtitle], fps: int, lang: str = "") -> str:
    """The whole file. ``lang`` is a language tag such as zh or en."""
    head = f"WEBVTT\nKind: captions\nLanguage: {lang}\n" if lang else "WEBVTT\n"
    blocks = [head]
    for number, subtitle in enumerate(in_time(subtitles), 1):
        start, end = (_stamp(at, fps) for at in (subtitle.start, subtitle.end))
        text = "\n".join([*_timed(subtitle, fps), *map(_plain, subtitle.second)])
        blocks.append(f"{number}\n{start} --> {end}\n{text}\n")
    return "\n".join(blocks)


def _timed(subtitle: Subtitle, fps: int) -> list[str]:
    """The lines with a time stamp before each word that begins while they stand (WebVTT 4.2.2, timestamp tags)."""
    due = list(subtitle.words)
    waiting = ""  # letters of the word before it that are still to come
    lines = []
    for line in subtitle.lines:
        out = ""
        for char in line:
            if not waiting and due and letters(char):
                word = due.pop(0)
                waiting = letters(word.text)
                if subtitle.start < word.start < subtitle.end:
                    out += f"<{_stamp(word.start, fps)}>"
            waiting = waiting[len(letters(char)) :]
            out += _plain(char)
        lines.append(out)
    return lines


def _stamp(frame: int, fps: int) -> str:
    return f"{clock(ticks(frame, fps, _MS), _MS, '.'):>012}"


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
