"""A template drawn as time: plain SVG with places in per cent, so that it stretches while text and lines keep their size.

The pictures carry no words: what they show stands beside them as text, and all of it once more as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from templates_engine.domain.template import Beat, Engagement, ScriptTemplate

ROW_HEIGHT = 34
MINI_HEIGHT = 12
STEPS_S = (1, 2, 5, 10, 15, 30, 60)
MOST_TICKS = 7
FAINTEST = 0.3  # a beat that hardly any member has can still be seen
LEAST_WIDTH = 0.5  # per cent of the chart
OVERFULL = 1.05


@dataclass(frozen=True)
class Bar:
    """One beat. ``left`` and ``width`` are its usual place and length, ``low`` and ``high`` where it ends at its shortest and
    longest (p10, p90), all in per cent of the chart; ``start_s`` and the lengths in seconds.
    """

    number: int
    beat: Beat
    start_s: float
    usual_s: float
    shortest_s: float
    longest_s: float
    left: float
    width: float
    low: float
    high: float


@dataclass(frozen=True)
class Tick:
    seconds: int
    place: float  # per cent


@dataclass(frozen=True)
class Chart:
    """``usual``: the usual length of the whole ad, in per cent of the chart. All beats together may be longer: few ads have
    every beat that is optional.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    usual: float
    usual_s: float

    @property
    def overfull(self) -> bool:
        """Whether all beats together are longer than the usual ad, so that the picture needs a word of explanation."""
        last = self.bars[-1]
        return last.start_s + last.usual_s > OVERFULL * self.usual_s


def chart_of(template: ScriptTemplate) -> Chart:
    """The beats of ``template`` one after the other, each at its usual length."""
    whole = template.duration.p50 / 1000
    starts = [0.0, *accumulate(beat.share.p50 * whole for beat in template.beats)]
    ends = [start + beat.share.p90 * whole for start, beat in zip(starts, template.beats, strict=False)]
    span = max([whole, *ends])
    bars = tuple(
        _bar(number, beat, start, whole, span)
        for number, (start, beat) in enumerate(zip(starts, template.beats, strict=False), 1)
    )
    return Chart(bars, _ticks(span), 100 * whole / span, whole)


def _bar(number: int, beat: Beat, start: float, whole: float, span: float) -> Bar:
    usual, low, high = (share * whole for share in (beat.share.p50, beat.share.p10, beat.share.p90))
    return Bar(
        number=number,
        beat=beat,
        start_s=start,
        usual_s=usual,
        shortest_s=low,
        longest_s=high,
        left=100 * start / span,
        width=max(100 * usual / span, LEAST_WIDTH),
        low=100 * (start + low) / span,
        high=100 * (start + high) / span,
    )


def _ticks(span: float) -> tuple[Tick, ...]:
    step = next((step for step in STEPS_S if span / step <= MOST_TICKS), STEPS_S[-1])
    return tuple(Tick(second, 100 * second / span) for second in range(0, int(span) + 1, step))


def row_svg(bar: Bar, chart: Chart) -> SafeString:
    """One row of the chart: the grid, the beat's bar (the fainter the fewer members have it), and its spread below."""
    return format_html(
        '<svg class="tl-row role-{}" width="100%" height="{}" aria-hidden="true" focusable="false">{}'
        '<rect class="tl-bar" x="{}%" y="4" width="{}%" height="14" rx="2" fill-opacity="{}"/>'
        '<line class="tl-spread" x1="{}%" x2="{}%" y1="25" y2="25"/>{}</svg>',
        bar.beat.role.value,
        ROW_HEIGHT,
        _grid(chart),
        _short(bar.left),
        _short(bar.width),
        _short(_opacity(bar.beat)),
        _short(bar.low),
        _short(bar.high),
        format_html_join(
            "",
            '<line class="tl-spread" x1="{0}%" x2="{0}%" y1="21" y2="29"/>',
            [(_short(place),) for place in (bar.low, bar.high)],
        ),
    )


def axis_svg(chart: Chart) -> SafeString:
    """The seconds under the rows."""
    marks = [
        (_short(tick.place), "end" if tick.place > 95 else "start" if tick.place < 3 else "middle", tick.seconds)
        for tick in chart.ticks
    ]
    return format_html(
        '<svg class="tl-axis" width="100%" height="20" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join("", '<text x="{}%" y="15" text-anchor="{}">{}s</text>', marks),
    )


def mini_svg(template: ScriptTemplate) -> SafeString:
    """The whole ad as one thin bar, each beat in the colour of its role."""
    total = sum(beat.share.p50 for beat in template.beats) or 1.0
    places = [0.0, *accumulate(100 * beat.share.p50 / total for beat in template.beats)]
    parts = [
        (beat.role.value, _short(left), _short(max(right - left, LEAST_WIDTH)), _short(_opacity(beat)))
        for beat, left, right in zip(template.beats, places, places[1:], strict=False)
    ]
    return format_html(
        '<svg class="tl-mini" width="100%" height="{0}" aria-hidden="true" focusable="false">{1}</svg>',
        MINI_HEIGHT,
        format_html_join(
            "",
            f'<g class="role-{{}}"><rect class="tl-bar" x="{{}}%" y="0" width="{{}}%" height="{MINI_HEIGHT}"'
            ' fill-opacity="{}"/></g>',
            parts,
        ),
    )


def mix_svg(shares: Sequence[float]) -> SafeString:
    """A thin bar divided as ``shares`` are, the first in the darkest shade."""
    total = sum(shares) or 1.0
    places = [0.0, *accumulate(100 * share / total for share in shares)]
    parts = [
        (min(number, 3), _short(left), _short(right - left)) for number, (left, right) in enumerate(pairwise(places))
    ]
    return format_html(
        '<svg class="mix" width="100%" height="8" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join("", '<rect class="mix-{}" x="{}%" y="0" width="{}%" height="8"/>', parts),
    )


def interval_svg(found: Engagement) -> SafeString:
    """Mean and 90 % interval, with the group's mean as a dashed line, on a scale from 0."""
    group = found.prior_mean if found.prior_mean is not None else found.mean
    span = 1.15 * max(found.high90, group, 1e-12)
    low, mean, high, prior = (_short(100 * value / span) for value in (found.low90, found.mean, found.high90, group))
    return format_html(
        '<svg class="interval" width="100%" height="36" aria-hidden="true" focusable="false">'
        '<line class="interval-base" x1="0%" x2="100%" y1="18" y2="18"/>'
        '<line class="interval-group" x1="{3}%" x2="{3}%" y1="2" y2="34"/>'
        '<line class="interval-range" x1="{0}%" x2="{2}%" y1="18" y2="18"/>'
        '<circle class="interval-mean" cx="{1}%" cy="18" r="6"/></svg>',
        low,
        mean,
        high,
        prior,
    )


def _grid(chart: Chart) -> SafeString:
    lines = [("tl-grid", _short(tick.place)) for tick in chart.ticks] + [("tl-usual", _short(chart.usual))]
    drawn = [(name, place, place, ROW_HEIGHT) for name, place in lines]
    return format_html_join("", '<line class="{}" x1="{}%" x2="{}%" y1="0" y2="{}"/>', drawn)


def _opacity(beat: Beat) -> float:
    return FAINTEST + (1 - FAINTEST) * beat.presence


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
