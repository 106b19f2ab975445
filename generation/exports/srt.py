"""SubRip: what every platform's upload page and every editor reads. UTF-8, milliseconds, no styles."""

from collections.abc import Sequence

from generation.domain.captions_subtitles import Subtitle, clock, in_time, ticks

_MS = 1000


def srt(subtitles: Sequence[Subtitle], fps: int) -> str:
    """The whole file. Both languages of a page stand in one block."""
    blocks = []
    for number, subtitle in enumerate(in_time(subtitles), 1):
        start, end = (f"{clock(ticks(at, fps, _MS), _MS, ','):>012}" for at in (subtitle.start, subtitle.end))
        text = "\n".join(_plain(line) for line in (*subtitle.lines, *subtitle.second))
        blocks.append(f"{number}\n{start} --> {end}\n{text}\n")
    return "\n".join(blocks)


def _plain(line: str) -> str:
    """An arrow would be read as a time, and players take angle brackets for tags."""
    return line.replace("-->", "→").replace("<", "＜").replace(">", "＞")
