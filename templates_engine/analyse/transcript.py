"""Timed lines that come with a video: SRT, WebVTT, or JSON as speech recognisers write it.

JSON is a list of lines, or an object with ``segments``, ``lines`` or ``utterances``; a line has ``text`` and either
``start`` and ``end`` in seconds or ``start_ms`` and ``end_ms``.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from templates_engine.analyse.errors import TranscriptInvalid
from templates_engine.analyse.textfile import read_text
from templates_engine.domain.analysis import LineSource, TimedLine

MOST_LINES = 20_000
MOST_LETTERS = 2_000  # of one line
LONGEST_MS = 24 * 3_600_000
_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}")
_ARROW = re.compile(r"-->")
_MARKUP = re.compile(r"<[^<>\n]{0,80}>|\{\\[^{}\n]{0,80}\}")


def read_transcript(path: Path) -> tuple[TimedLine, ...]:
    """In order of time, none over the next. Raises TranscriptInvalid, naming the line of the file."""
    text = read_text(path, TranscriptInvalid)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in ("{", "["):
        lines = _from_json(path.name, text)
    else:
        lines = _from_cues(path.name, text)
    if not lines:
        raise TranscriptInvalid(f"{path.name} holds no timed line: it should be SRT, VTT or JSON")
    return in_turn(lines)


def in_turn(lines: Iterable[TimedLine]) -> tuple[TimedLine, ...]:
    """Sorted; a line that runs into the next ends where that begins, and one that is covered wholly follows on it."""
    turned: list[TimedLine] = []
    for line in sorted(lines, key=lambda line: (line.start_ms, line.end_ms)):
        if turned and line.start_ms < turned[-1].end_ms:
            before = turned[-1]
            if line.start_ms > before.start_ms:
                turned[-1] = replace(before, end_ms=line.start_ms)
            elif line.end_ms > before.end_ms:
                line = replace(line, start_ms=before.end_ms)
            else:
                turned[-1] = replace(
                    before, text=f"{before.text} {line.text}" if line.text != before.text else before.text
                )
                continue
        turned.append(line)
    return tuple(turned)


def _from_cues(name: str, text: str) -> list[TimedLine]:
    """SRT and WebVTT alike: a line with two times, then text until an empty line."""
    rows = text.split("\n")
    found: list[TimedLine] = []
    index = 0
    while index < len(rows):
        if not _ARROW.search(rows[index]) or rows[index].startswith("NOTE"):
            index += 1
            continue
        start, end = _times(name, index, rows[index])
        words, index = _words(rows, index + 1)
        if words:
            found.append(TimedLine(start, end, words, LineSource.TRANSCRIPT))
        _count(name, len(found))
    return found


def _times(name: str, index: int, row: str) -> tuple[int, int]:
    match = _TIMES.match(row)
    if match is None:
        raise TranscriptInvalid(
            f"{name}, line {index + 1}: {row.strip()[:60]!r} should be 00:00:01,000 --> 00:00:02,500"
        )
    parts = match.groups()
    start, end = _clock(*parts[:4]), _clock(*parts[4:])
    if not start < end <= LONGEST_MS:
        raise TranscriptInvalid(f"{name}, line {index + 1}: it ends before it starts: {row.strip()[:60]!r}")
    return start, end


def _clock(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths.ljust(3, "0"))


def _words(rows: list[str], index: int) -> tuple[str, int]:
    """The text from row ``index`` on, without mark-up, and the row after it. A missing empty line ends at a new time."""
    parts = []
    while index < len(rows) and rows[index].strip() and not _ARROW.search(rows[index]):
        parts.append(rows[index])
        index += 1
    if index < len(rows) and _ARROW.search(rows[index]) and parts and parts[-1].strip().isdigit():
        parts.pop()  # the number of the next cue
    return _cleaned(" ".join(parts)), index


def _cleaned(text: str) -> str:
    return " ".join(html.unescape(_MARKUP.sub("", text)).split())[:MOST_LETTERS]


def _from_json(name: str, text: str) -> list[TimedLine]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TranscriptInvalid(f"{name} is no JSON: {error}") from error
    if isinstance(document, Mapping):
        document = next((document[key] for key in ("segments", "lines", "utterances") if key in document), None)
    if not isinstance(document, list):
        raise TranscriptInvalid(f"{name}: a list of lines is expected, or an object with 'segments'")
    _count(name, len(document))
    return [line for index, entry in enumerate(document) if (line := line_of(name, index, entry)) is not None]


def line_of(name: str, index: int, entry: object, source: LineSource = LineSource.TRANSCRIPT) -> TimedLine | None:
    """One entry of a list of segments; None for one without words. Raises TranscriptInvalid."""
    place = f"{name}, entry {index + 1}"
    if not isinstance(entry, Mapping) or not isinstance(entry.get("text"), str):
        raise TranscriptInvalid(f"{place}: it needs 'text', 'start' and 'end'")
    words = _cleaned(entry["text"])
    start, end = _moment(place, entry, "start"), _moment(place, entry, "end")
    if not words:
        return None
    if not 0 <= start < end <= LONGEST_MS:
        raise TranscriptInvalid(f"{place}: it ends before it starts, or lies before 0: {start} to {end} ms")
    return TimedLine(start, end, words, source)


def _moment(place: str, entry: Mapping[str, object], key: str) -> int:
    for name, scale in ((f"{key}_ms", 1), (key, 1000)):
        value = entry.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LONGEST_MS:
            return round(value * scale)
    raise TranscriptInvalid(f"{place}: '{key}' in seconds or '{key}_ms' should be a number")


def _count(name: str, lines: int) -> None:
    if lines > MOST_LINES:
        raise TranscriptInvalid(f"{name} has more than {MOST_LINES} lines: give only this video's")
