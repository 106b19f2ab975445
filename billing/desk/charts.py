"""Charts drawn on the server: plain SVG rectangles with classes, no script and no style attribute.

Each number also stands in the table below its chart, and in the ``title`` of its rectangle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.models import MembershipPeriod

WIDTH, HEIGHT = 640, 220  # of the drawing, in its own units
LEFT, BOTTOM, TOP = 64, 26, 12
GAP = 0.3  # of a column


@dataclass(frozen=True)
class Rect:
    """``series`` counts from 0 and chooses the colour; ``label`` is what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    series: int
    label: str


@dataclass(frozen=True)
class Mark:
    """A word of an axis, or a line across at ``y``."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Everything a template needs to draw; ``legend`` names the series."""

    rects: tuple[Rect, ...]
    across: tuple[Mark, ...]
    below: tuple[Mark, ...]
    legend: tuple[str, ...]
    zero: float
    width: int = WIDTH
    height: int = HEIGHT


def columns(names: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], unit: str = "") -> Chart:
    """A column per name with the series stacked in it: what is above 0 upwards, what is below 0 downwards."""
    highs = [sum(max(values[place], 0) for _, values in series) for place in range(len(names))]
    lows = [sum(min(values[place], 0) for _, values in series) for place in range(len(names))]
    high, low = max([*highs, 1]), min([*lows, 0])
    room = HEIGHT - TOP - BOTTOM
    scale = room / (high - low)
    zero = TOP + high * scale
    step = (WIDTH - LEFT) / max(len(names), 1)
    rects = []
    for place, name in enumerate(names):
        up = down = zero
        for number, (title, values) in enumerate(series):
            length = abs(values[place]) * scale
            if values[place] > 0:
                up -= length
            y, down = (up, down) if values[place] > 0 else (down, down + length)
            if values[place]:
                label = f"{name} {title}: {values[place]:,} {unit}".strip()
                x = LEFT + step * (place + GAP / 2)
                rects.append(
                    Rect(round(x, 1), round(y, 1), round(step * (1 - GAP), 1), round(length, 1), number, label)
                )
    every = max(1, len(names) // 10)
    below = [
        Mark(round(LEFT + step * (place + 0.5), 1), HEIGHT - 8, name[2:] if len(name) == 7 else name[5:])
        for place, name in enumerate(names)
        if place % every == 0
    ]
    across = [Mark(LEFT - 6, round(zero - value * scale, 1), f"{value:,}") for value in sorted({low, 0, high})]
    return Chart(tuple(rects), tuple(across), tuple(below), tuple(title for title, _ in series), round(zero, 1))


@dataclass(frozen=True)
class Timeline:
    """Memberships as bars on one axis of time, a row for each plan; ``now`` is where today stands."""

    rects: tuple[Rect, ...]
    rows: tuple[Mark, ...]
    below: tuple[Mark, ...]
    now: float
    width: int
    height: int


ROW = 26


def timeline(periods: Sequence[MembershipPeriod], now: datetime) -> Timeline | None:
    """None where there was never a membership."""
    if not periods:
        return None
    begins = min(period.starts_at for period in periods)
    ends = max(now, *(period.ends_at for period in periods))
    plans = sorted({(period.rank, period.plan_code) for period in periods}, reverse=True)
    whole = (ends - begins).total_seconds()

    def place(moment: datetime) -> float:
        return round(LEFT + 10 + (WIDTH - LEFT - 20) * (moment - begins).total_seconds() / whole, 1)

    rects = []
    for period in periods:
        row = plans.index((period.rank, period.plan_code))
        last = period.ended_at or period.ends_at
        x = place(period.starts_at)
        short = f" – {last:%Y-%m-%d}" + (" 提前结束 ended early" if period.ended_at else "")
        label = f"{period.plan_code} {period.starts_at:%Y-%m-%d}{short} {period.source}"
        rects.append(Rect(x, ROW * row + 5, max(round(place(last) - x - 1, 1), 2), ROW - 10, period.rank, label))
    height = ROW * len(plans) + BOTTOM
    rows = tuple(Mark(LEFT, ROW * row + ROW / 2 + 4, code) for row, (_, code) in enumerate(plans))
    below = (Mark(LEFT + 10, height - 8, f"{begins:%Y-%m-%d}"), Mark(WIDTH - 10, height - 8, f"{ends:%Y-%m-%d}"))
    return Timeline(tuple(rects), rows, below, place(now), WIDTH, height)
