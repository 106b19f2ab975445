"""From lines of text on the screen to captions: several lines that come and go together are one.

None are: watermarks, the label that the law asks for, and what is written on the product. That moves or grows with the
camera, or turns up again in other shots at another place or size.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median, quantiles

from templates_engine.analyse.captions import Shown, plain, same_text
from templates_engine.domain.analysis import CaptionLook, CaptionPosition, LineSource, TimedLine
from templates_engine.domain.template import Spread

ALWAYS = 0.8  # of the video: what stands so long beside other lines is a watermark or an account's name
WANDERS, GROWS = 0.02, 0.07  # of the frame, of its own width: further, and it is written on something that is filmed
ELSEWHERE, OTHER_SIZE = 0.04, 1.2  # the same words so far away, or so much larger, are written on it too
AGAIN = 3  # so often, with breaks: a brand's name
LABELS = re.compile(
    r"(本?内容|视频|画面)?(由|为)?AI(生成|合成|制作|辅助)?(内容)?|AI[- ]?generated( content)?|广告|Ad", re.IGNORECASE
)
GAP_MS = 700  # the same words again after such a gap are the same caption
TOGETHER_MS = 300
NEXT_LINE = 1.1  # line heights between two lines of one caption
SHORTEST_MS = 200
TOP, BOTTOM = 0.33, 0.66  # of the frame's height
BOLD, SMALL = 0.034, 0.024  # height of letters, share of the frame's height
PRICE = ("¥", "￥", "元", "$", "块")


def captions(lines: Sequence[Shown], duration_ms: int, lang: str) -> tuple[Shown, ...]:
    """What tells something, by time. ``lang`` decides whether lines are joined with a space."""
    joined = [line for line in _joined_in_time(lines) if LABELS.fullmatch(line.text.strip()) is None]
    kept = [line for line in joined if line.end_ms - line.start_ms >= SHORTEST_MS and not _is_scenery(line, joined)]
    passing = [line for line in kept if line.end_ms - line.start_ms < ALWAYS * duration_ms]
    return _joined_in_space(passing or kept, "" if lang == "zh" else " ")


def timed(found: Sequence[Shown]) -> tuple[TimedLine, ...]:
    return tuple(TimedLine(shown.start_ms, shown.end_ms, shown.text, LineSource.SCREEN) for shown in found)


def look(found: Sequence[Shown]) -> CaptionLook | None:
    """The usual caption's style, place and height: medians, the style by rule; None without captions."""
    if not found:
        return None
    height = median(shown.height for shown in found)
    middle = median(shown.place.middle[1] for shown in found)
    position = (
        CaptionPosition.TOP if middle < TOP else CaptionPosition.BOTTOM if middle > BOTTOM else CaptionPosition.CENTER
    )
    priced = sum(any(mark in shown.text for mark in PRICE) for shown in found) / len(found)
    return CaptionLook(_style(position, height, priced), position, round(height, 4), _spread(found))


def _style(position: CaptionPosition, height: float, priced: float) -> str:
    """A guess: the templates' styles differ in where they stand and how large they are, above all."""
    if priced > 0.5:
        return "price_tag"
    if position is not CaptionPosition.BOTTOM and height >= BOLD:
        return "bold_center"
    return "lower_third" if height >= SMALL else "clean"


def _spread(found: Sequence[Shown]) -> Spread:
    lengths = sorted(len(plain(shown.text)) for shown in found)
    if len(lengths) == 1:
        return Spread(lengths[0], lengths[0], lengths[0])
    tenths = quantiles(lengths, n=10, method="inclusive")
    return Spread(tenths[0], median(lengths), tenths[8])


def _is_scenery(line: Shown, lines: Sequence[Shown]) -> bool:
    if line.moved > WANDERS or line.grown > GROWS:
        return True
    twins = [other for other in lines if other is not line and plain(other.text) == plain(line.text)]
    return len(twins) + 1 >= AGAIN or any(_is_elsewhere(line, other) for other in twins)


def _is_elsewhere(line: Shown, other: Shown) -> bool:
    away = max(abs(one - two) for one, two in zip(line.place.middle, other.place.middle, strict=True))
    sizes = sorted((line.place.height, other.place.height))
    return away > ELSEWHERE or sizes[1] > OTHER_SIZE * sizes[0]


def _joined_in_time(lines: Sequence[Shown]) -> list[Shown]:
    """The same words at the same place, read anew after a gap or letter by letter: one line with the fullest reading."""
    joined: list[Shown] = []
    for line in sorted(lines, key=lambda line: line.start_ms):
        before = next((place for place in reversed(range(len(joined))) if _continues(joined[place], line)), None)
        if before is None:
            joined.append(line)
        else:
            first = joined[before]
            best = max(first, line, key=lambda found: (len(plain(found.text)), found.sure))
            joined[before] = replace(
                best,
                start_ms=first.start_ms,
                end_ms=max(first.end_ms, line.end_ms),
                moved=max(first.moved, line.moved),
                grown=max(first.grown, line.grown),
            )
    return joined


def _continues(before: Shown, line: Shown) -> bool:
    near = abs(before.place.middle[1] - line.place.middle[1]) <= 0.5 * max(before.place.height, line.place.height)
    return near and line.start_ms - before.end_ms <= GAP_MS and same_text(before.text, line.text)


def _joined_in_space(lines: Sequence[Shown], space: str) -> tuple[Shown, ...]:
    left = sorted(lines, key=lambda line: (line.start_ms, line.place.top))
    found = []
    while left:
        block = [left.pop(0)]
        while (
            below := next((line for line in left if any(_belongs(line, member) for member in block)), None)
        ) is not None:
            left.remove(below)
            block.append(below)
        block.sort(key=lambda line: (line.place.top, line.place.left))
        start, end = min(line.start_ms for line in block), max(line.end_ms for line in block)
        largest = max(block, key=lambda line: line.place.height)
        found.append(replace(largest, start_ms=start, end_ms=end, text=space.join(line.text for line in block)))
    return tuple(sorted(found, key=lambda shown: (shown.start_ms, shown.place.top)))


def _belongs(line: Shown, member: Shown) -> bool:
    """Below or above it, of a like height, and there at the same time."""
    upper, lower = sorted((line, member), key=lambda shown: shown.place.top)
    height = max(upper.place.height, lower.place.height)
    close = lower.place.top - upper.place.bottom <= NEXT_LINE * height - height * 0.5
    alike = min(upper.place.height, lower.place.height) >= 0.72 * height
    across = min(upper.place.right, lower.place.right) > max(upper.place.left, lower.place.left)
    together = abs(upper.start_ms - lower.start_ms) <= TOGETHER_MS and abs(upper.end_ms - lower.end_ms) <= TOGETHER_MS
    return close and alike and across and together
