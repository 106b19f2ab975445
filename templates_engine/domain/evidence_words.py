"""What published ads say of a template, in words a merchant understands, each with its sample and its uncertainty."""

from collections.abc import Iterator, Mapping

from templates_engine.domain.bandit import Belief
from templates_engine.domain.evidence import Evidence, Reach, Returns
from templates_engine.domain.term import Term
from templates_engine.domain.watching import Watched

MONEY = {
    "CNY": ("100 元", "¥100"),
    "USD": ("100 美元", "$100"),
    "EUR": ("100 欧元", "€100"),
    "GBP": ("100 英镑", "£100"),
}


def evidence_terms(its: Evidence, values: Mapping[str, float]) -> tuple[Term, ...]:
    """A term for each thing that ads of this template tell; ``values`` (``evidence.values``) are how much each speaks for
    it. A template that was never published with has one term that says so.
    """
    told = tuple(_told(its, values))
    return told or (_untried(its, values),)


def _told(its: Evidence, values: Mapping[str, float]) -> Iterator[Term]:
    if its.orders is not None and its.orders.videos:
        yield _results(its.orders, values["results"])
    if its.returns is not None and its.returns.belief.videos:
        yield _spent(its.returns, values["returns"])
    if its.reach is not None and its.reach.videos:
        yield _reach(its.reach, values["reach"])
    shares = ((its.hold, "前 3 秒留住", "held for 3 s"), (its.completion, "看完", "watched to the end"))
    seen = [(one, zh, en) for one, zh, en in shares if one is not None and one.videos]
    if seen:
        zh = "，".join(_share(one, f"{what}约 {{share}}（您平时 {{usual}}，{{videos}} 条）") for one, what, _ in seen)
        en = "; ".join(
            _share(one, f"about {{share}} {what} (usual {{usual}}, {{videos}} ads)") for one, _, what in seen
        )
        yield Term("watch", values["watch"], zh, en)


def _untried(its: Evidence, values: Mapping[str, float]) -> Term:
    if its.orders is None:
        return Term(
            "results",
            next(iter(values.values()), 0.5),
            "还没有用它发过，先按您平时的水平估计",
            "not published with yet: taken as usual for you",
        )
    usual = rounded(its.orders.usual * 1000)
    return Term(
        "results",
        values["results"],
        f"还没有用它发过，先按您所有模板的平均估计（每千次播放约 {usual} 单）",
        f"not published with yet: taken as your templates' average, about {usual} orders per 1,000 views",
    )


def _results(belief: Belief, value: float) -> Term:
    usual = rounded(belief.usual * 1000)
    mean, low, high = map(rounded, scaled(belief, 1000))
    return Term(
        "results",
        value,
        f"用它发过 {belief.videos} 条，{belief.views} 次播放 {belief.orders} 单；"
        f"估计每千次播放 {mean} 单（90% 区间 {low} 到 {high}），您所有模板平均 {usual}",
        f"published with {belief.videos} times: {belief.orders} orders of {belief.views} views; about {mean} per 1,000 "
        f"(90 % interval {low} to {high}), your templates' average is {usual}",
    )


def _spent(returns: Returns, value: float) -> Term:
    belief = returns.belief
    zh, en = MONEY.get(returns.currency, (f"100 {returns.currency}", f"100 {returns.currency}"))
    usual = rounded(belief.usual * 10_000)
    mean, low, high = map(rounded, scaled(belief, 10_000))
    return Term(
        "returns",
        value,
        f"花钱推过 {belief.videos} 条，每花 {zh}约 {mean} 单（90% 区间 {low} 到 {high}），您平均 {usual}",
        f"money was put behind {belief.videos}: about {mean} orders per {en} (90 % interval {low} to {high}), "
        f"your average is {usual}",
    )


def _reach(reach: Reach, value: float) -> Term:
    mean, low, high = map(rounded, (reach.mean, reach.low90, reach.high90))
    return Term(
        "reach",
        value,
        f"没花钱推的 {reach.videos} 条，播放约为您账号平时的 {mean} 倍（90% 区间 {low} 到 {high}，和同平台更早的广告比）",
        f"unpaid views of {reach.videos} ads: about {mean} times your account's usual (90 % interval {low} to {high}, "
        "beside earlier ads of the same platform)",
    )


def _share(one: Watched, words: str) -> str:
    return words.format(share=f"{one.share:.0%}", usual=f"{one.usual_share:.0%}", videos=one.videos)


def scaled(belief: Belief, exposure: float) -> tuple[float, float, float]:
    """Mean and 90 % interval of the orders in so much exposure."""
    rate = belief.rate
    return exposure * rate.mean, exposure * rate.quantile(0.05), exposure * rate.quantile(0.95)


def rounded(value: float) -> str:
    """Two significant digits, and never a power of ten."""
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"
