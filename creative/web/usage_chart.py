"""The columns of credits per day, drawn on the server as an SVG of 720 x 180 units that fits any screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from creative.usage import Total

WIDTH, HEIGHT, FLOOR, HEAD = 720.0, 180.0, 156.0, 18.0  # units; columns stand on FLOOR and end below HEAD
LABELS = 6  # dates below the columns, at most


@dataclass(frozen=True)
class Column:
    """One day; ``label`` is empty where the dates would touch each other."""

    day: date
    credits: int
    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str


@dataclass(frozen=True)
class Chart:
    columns: tuple[Column, ...]
    top: int  # credits at the upper line

    @property
    def busiest(self) -> Column | None:
        spent = [column for column in self.columns if column.credits > 0]
        return max(spent, key=lambda column: column.credits) if spent else None


def chart(days: Sequence[Total], first: date, last: date) -> Chart:
    """Every day from ``first`` to ``last``, those without usage too; ``days`` are totals by day."""
    spent = {total.key: total.credits for total in days}
    count = (last - first).days + 1
    dates = [first + timedelta(days=number) for number in range(count)]
    top = _round_top(max(spent.values(), default=0))
    step = WIDTH / count
    every = -(-count // LABELS)
    return Chart(
        tuple(
            _column(day, spent.get(day.isoformat(), 0), place, step, top, labelled=place % every == 0)
            for place, day in enumerate(dates)
        ),
        top,
    )


def _column(day: date, credits: int, place: int, step: float, top: int, *, labelled: bool) -> Column:
    height = max(credits, 0) / top * (FLOOR - HEAD)
    width = max(step * 0.68, 0.8)
    x = place * step + (step - width) / 2
    return Column(
        day,
        credits,
        x=f"{x:.2f}",
        y=f"{FLOOR - height:.2f}",
        width=f"{width:.2f}",
        height=f"{height:.2f}",
        middle=f"{x + width / 2:.2f}",
        label=f"{day.month}-{day.day}" if labelled else "",
    )


def _round_top(most: int) -> int:
    """The next 1, 2 or 5 times a power of ten, so that the upper line is a number one can read."""
    size = 1
    while True:
        for unit in (1, 2, 5):
            if unit * size >= max(most, 1):
                return unit * size
        size *= 10
