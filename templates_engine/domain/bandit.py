"""Which template next: a draw from what is believed of each (Thompson), or the one that is good even without luck."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from templates_engine.domain.engagement import Trial, category_prior, template_rate
from templates_engine.domain.gamma import Gamma

# Beliefs are drawn from as if eight times as much were known: a shop makes hundreds of ads, not millions, and the full
# spread would try poor templates for too long. Posterior reshaping in the manner of Chapelle and Li, "An Empirical
# Evaluation of Thompson Sampling" (NIPS 2011); of 4, 8 and 16 this lost least over both kinds of luck that were simulated.
SHARPENED = 8.0


@dataclass(frozen=True)
class Belief:
    """What is believed of one template's orders per view. ``usual`` is the mean of the templates that it competes with."""

    rate: Gamma
    usual: float
    videos: int
    views: int
    orders: int

    @property
    def safest(self) -> float:
        """Mean less one standard deviation: a template that few videos speak for is not called safe."""
        return self.rate.mean - self.rate.sd

    def beside_usual(self, rate: float) -> float:
        """``rate`` beside the usual, as 0..1: one half is as usual, two thirds twice as good."""
        return rate / (rate + self.usual) if rate > 0 else 0.0


def beliefs(trials: Mapping[str, Sequence[Trial]], categories: Mapping[str, str]) -> dict[str, Belief]:
    """A belief for every template that ``categories`` names (template -> what it competes in), with or without ``trials``."""
    everything = _joined(trials.values())
    by_category = {
        category: _joined(trials.get(template, ()) for template, its in categories.items() if its == category)
        for category in set(categories.values())
    }
    priors = {category: category_prior(shown, everything) for category, shown in by_category.items()}
    return {
        template: _belief(priors[category], tuple(trials.get(template, ())), by_category[category])
        for template, category in categories.items()
    }


def drawn(believed: Mapping[str, Belief], rng: Random) -> dict[str, float]:
    """One Thompson draw of each template's rate: rank by it, and each is tried as often as it may be the best."""
    return {template: _sharp(believed[template].rate).draw(rng) for template in sorted(believed)}


def batch(believed: Mapping[str, Belief], size: int, rng: Random) -> tuple[str, ...]:
    """``size`` templates to publish with, a fresh draw for each: good ones come several times, unknown ones at times."""
    draws = (drawn(believed, rng) for _ in range(size))
    return tuple(max(draw, key=lambda template: (draw[template], template)) for draw in draws)


def _sharp(rate: Gamma) -> Gamma:
    return Gamma(rate.shape * SHARPENED, rate.rate * SHARPENED)


def _belief(prior: Gamma, trials: Sequence[Trial], category: Sequence[Trial]) -> Belief:
    return Belief(
        rate=template_rate(prior, trials, category),
        usual=prior.mean,
        videos=len(trials),
        views=sum(one.views for one in trials),
        orders=sum(one.orders for one in trials),
    )


def _joined(groups: Iterable[Sequence[Trial]]) -> tuple[Trial, ...]:
    return tuple(one for group in groups for one in group)
