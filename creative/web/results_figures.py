"""What is believed of the templates, drawn: of each thing that is known a figure of its own, never one number for all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creative.templatetags.studio import money
from creative.web.charts import Bar, Interval, bars
from creative.web.words import chosen
from templates_engine.domain.bandit import Belief
from templates_engine.domain.evidence import Evidence
from templates_engine.domain.evidence_words import MONEY, rounded, scaled
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.watching import Watched

PER_VIEWS, PER_SPEND = 1_000, 10_000  # views; fen


@dataclass(frozen=True)
class Fact:
    """What a figure says of one template: ``videos`` speak for it, ``sample`` says so in words."""

    videos: int
    sample: str
    interval: Interval
    write: Callable[[float], str]


@dataclass(frozen=True)
class Row:
    """One template in a figure. ``verdict``: better, worse or open."""

    template: ScriptTemplate
    sample: str
    mean: str
    low: str
    high: str
    verdict: str
    bar: Bar


@dataclass(frozen=True)
class Figure:
    """``about`` says what is counted, ``usual`` what the line in the drawings stands for."""

    code: str
    title: str
    about: str
    usual: str
    rows: tuple[Row, ...]


def figures(templates: Sequence[ScriptTemplate], known: Mapping[str, Evidence]) -> list[Figure]:
    """Of ``templates`` those that an ad was published with; a thing that nobody reported has no figure."""
    if not known:
        return []
    unit = chosen(*next((MONEY[its.returns.currency] for its in known.values() if its.returns), ("", "")))
    asked: tuple[tuple[str, str, str, Callable[[Evidence], Fact | None]], ...] = (
        ("results", _("下单"), _("每 1000 次播放能卖几单"), lambda its: _orders(its.orders)),
        ("returns", _("花钱推广"), _("每花 %(money)s能卖几单") % {"money": unit}, _returns),
        ("reach", _("播放"), _("没花钱推的播放，是账号平时的几倍"), _reach),
        ("hold", _("前 3 秒"), _("看到第 3 秒的人占多少"), lambda its: _watched(its.hold)),
        ("completion", _("看完"), _("看到最后的人占多少"), lambda its: _watched(its.completion)),
    )
    found = (_figure(code, title, about, templates, known, fact) for code, title, about, fact in asked)
    return [figure for figure in found if figure is not None]


def _figure(
    code: str,
    title: str,
    about: str,
    templates: Sequence[ScriptTemplate],
    known: Mapping[str, Evidence],
    fact: Callable[[Evidence], Fact | None],
) -> Figure | None:
    told = [(template, its) for template in templates if (its := fact(known[template.id])) is not None and its.videos]
    if not told:
        return None
    told.sort(key=lambda pair: -pair[1].interval.mean)
    places = bars([its.interval for _template, its in told])
    rows = tuple(_row(template, its, bar) for (template, its), bar in zip(told, places, strict=True))
    first = told[0][1]
    usual = _("竖线是账号平时的水平") if code == "reach" else _("竖线是你的平均：%(usual)s")
    return Figure(code, title, about, usual % {"usual": first.write(first.interval.usual)}, rows)


def _row(template: ScriptTemplate, its: Fact, bar: Bar) -> Row:
    interval, write = its.interval, its.write
    return Row(
        template,
        its.sample,
        write(interval.mean),
        write(interval.low),
        write(interval.high),
        interval.verdict,
        bar,
    )


def _orders(belief: Belief | None) -> Fact | None:
    if belief is None:
        return None
    sample = _("发过 %(videos)s，%(views)s 次播放，%(orders)s 单") % {
        "videos": _videos(belief.videos),
        "views": f"{belief.views:,}",
        "orders": f"{belief.orders:,}",
    }
    return Fact(belief.videos, sample, _interval(belief, PER_VIEWS), _count)


def _returns(its: Evidence) -> Fact | None:
    if its.returns is None:
        return None
    belief = its.returns.belief
    sample = _("推过 %(videos)s，花了 %(spent)s，%(orders)s 单") % {
        "videos": _videos(belief.videos),
        "spent": money(belief.views, its.returns.currency),
        "orders": f"{belief.orders:,}",
    }
    return Fact(belief.videos, sample, _interval(belief, PER_SPEND), _count)


def _reach(its: Evidence) -> Fact | None:
    if its.reach is None:
        return None
    interval = Interval(its.reach.low90, its.reach.mean, its.reach.high90, 1.0)
    sample = _("%(videos)s可以比") % {"videos": _videos(its.reach.videos)}
    return Fact(its.reach.videos, sample, interval, lambda value: _("%(n)s 倍") % {"n": rounded(value)})


def _watched(its: Watched | None) -> Fact | None:
    if its is None:
        return None
    interval = Interval(its.low90, its.share, its.high90, its.usual_share)
    sample = _("%(videos)s报过") % {"videos": _videos(its.videos)}
    return Fact(its.videos, sample, interval, lambda value: f"{value:.0%}")


def _interval(belief: Belief, exposure: int) -> Interval:
    mean, low, high = scaled(belief, exposure)
    return Interval(low, mean, high, belief.usual * exposure)


def _count(value: float) -> str:
    return _("%(n)s 单") % {"n": rounded(value)}


def _videos(count: int) -> str:
    return ngettext("%(n)d 条", "%(n)d 条", count) % {"n": count}
