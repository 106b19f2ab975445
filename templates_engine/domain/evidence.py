"""What an account's published ads say of its templates: four things that are kept apart, because they disagree.

* orders per view, what the ads are made for;
* orders per money spent, where views were bought;
* views beside the account's usual, where they were not;
* how well the ads are watched.

There is no sum of them but the order of a list (``choose``), and each is told with its sample.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from random import Random

from templates_engine.domain.account import Published, compared
from templates_engine.domain.analysis import Observation
from templates_engine.domain.bandit import SHARPENED, Belief, beliefs, drawn
from templates_engine.domain.engagement import Z90, LogNormal, Trial, last_telling, reach, trial
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.watching import Watched, watched

# How much each thing counts in the order, once it is known. Orders most, being what is wanted; of the rest none can
# outweigh them: in 494 real hits structure explained at most 7 % of views, and views and sales disagreed.
WEIGHTS = {"results": 0.35, "returns": 0.1, "reach": 0.1, "watch": 0.1}


@dataclass(frozen=True)
class Reach:
    """Views as a multiple of the account's usual; ``videos`` could be compared."""

    believed: LogNormal
    videos: int

    @property
    def mean(self) -> float:
        return exp(self.believed.mean)

    @property
    def low90(self) -> float:
        return exp(self.believed.mean - Z90 * self.believed.sd)

    @property
    def high90(self) -> float:
        return exp(self.believed.mean + Z90 * self.believed.sd)


@dataclass(frozen=True)
class Returns:
    """Orders per fen (cent) of ``currency``: the ``views`` of ``belief`` are what was spent."""

    belief: Belief
    currency: str


@dataclass(frozen=True)
class Evidence:
    """Of one template. What is known of one is known of all that it competes with; None: too little was reported."""

    orders: Belief | None = None
    returns: Returns | None = None
    reach: Reach | None = None
    hold: Watched | None = None
    completion: Watched | None = None


def evidence(ads: Sequence[Published], templates: Sequence[ScriptTemplate]) -> dict[str, Evidence]:
    """By template id, for each of ``templates``; empty while nothing is known. A version learns from its whole family."""
    families = list(dict.fromkeys(template.family for template in templates))
    orders, returns = _orders(ads, templates), _returns(ads, templates)
    reached = _reach(ads, families)
    hold = watched(ads, families, lambda seen: seen.hold_3s)
    completion = watched(ads, families, lambda seen: seen.completion)
    if not (orders or returns or reached or hold or completion):
        return {}
    return {
        template.id: Evidence(
            orders.get(template.id),
            returns.get(template.id),
            reached.get(template.family),
            hold.get(template.family),
            completion.get(template.family),
        )
        for template in templates
    }


def values(known: Mapping[str, Evidence], rng: Random, *, safest: bool) -> dict[str, dict[str, float]]:
    """For each template and each thing known of it 0..1, one half being as usual: a Thompson draw of what is believed,
    or for the ``safest`` its mean less one standard deviation.
    """
    found: dict[str, dict[str, float]] = {template: {} for template in known}
    rates: dict[str, dict[str, Belief]] = {
        "results": {template: its.orders for template, its in known.items() if its.orders},
        "returns": {template: its.returns.belief for template, its in known.items() if its.returns},
    }
    for code, believed in rates.items():
        chosen = {name: one.safest for name, one in believed.items()} if safest else drawn(believed, rng)
        for template, rate in chosen.items():
            found[template][code] = believed[template].beside_usual(rate)
    for template in sorted(known):
        for code, odds in _odds(known[template], rng, safest=safest).items():
            found[template][code] = 1 / (1 + exp(-odds))
    return found


def _odds(its: Evidence, rng: Random, *, safest: bool) -> dict[str, float]:
    def taken(mean: float, sd: float) -> float:
        return mean - sd if safest else rng.gauss(mean, sd / sqrt(SHARPENED))

    odds: dict[str, float] = {}
    if its.reach is not None:
        odds["reach"] = taken(its.reach.believed.mean, its.reach.believed.sd)
    shares = [taken(one.mean, one.sd) for one in (its.hold, its.completion) if one is not None]
    if shares:
        odds["watch"] = sum(shares) / len(shares)
    return odds


def _orders(ads: Sequence[Published], templates: Sequence[ScriptTemplate]) -> dict[str, Belief]:
    return _rates([(ad.family, found) for ad in ads if (found := trial(ad.snapshots)) is not None], templates)


def _rates(trials: Sequence[tuple[str, Trial]], templates: Sequence[ScriptTemplate]) -> dict[str, Belief]:
    """One pool for each language: whatever a template is meant for, here all compete for the same product."""
    if not trials:
        return {}
    by_family: dict[str, list[Trial]] = defaultdict(list)
    for family, one in trials:
        by_family[family].append(one)
    by_template = {template.id: tuple(by_family.get(template.family, ())) for template in templates}
    return beliefs(by_template, {template.id: template.lang for template in templates})


def _returns(ads: Sequence[Published], templates: Sequence[ScriptTemplate]) -> dict[str, Returns]:
    """In the currency of most ads with money behind them: there are no exchange rates here."""
    told = [(ad.family, seen) for ad in ads if (seen := last_telling(ad.snapshots, _tells_return)) is not None]
    if not told:
        return {}
    currency = _main_currency([seen.currency for _, seen in told])
    trials = [
        (family, Trial(seen.spend_fen or 0, seen.orders or 0)) for family, seen in told if seen.currency == currency
    ]
    return {template: Returns(belief, currency) for template, belief in _rates(trials, templates).items()}


def _tells_return(seen: Observation) -> bool:
    return bool(seen.spend_fen) and seen.orders is not None


def _reach(ads: Sequence[Published], families: Sequence[str]) -> dict[str, Reach]:
    seen = compared(ads)
    if not seen:
        return {}
    ratios = {family: [one.ratio for one in seen if one.family == family] for family in families}
    return {family: Reach(reach(own), len(own)) for family, own in ratios.items()}


def _main_currency(currencies: Sequence[str]) -> str:
    return min(Counter(currencies).items(), key=lambda found: (-found[1], found[0]))[0]
