"""What hits achieved, with its uncertainty: two objectives kept apart, because they disagree in real data.

* orders per view: Gamma-Poisson with capped exposure, so that one video that ran away decides nothing;
* views beside those of the category at the same age: a shrunk mean of logarithms.

Templates are pooled partly: all videos -> category -> template. In 494 real hits structure explained at most 7 % of views
and 1 % of sales, so the pull towards the category is strong on purpose, and there is no score.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import median

from templates_engine.domain.analysis import Observation
from templates_engine.domain.gamma import Gamma
from templates_engine.domain.template import Engagement

ORDERS = "orders_per_view"
REACH = "views_vs_category"

# Hours after publishing at which videos are compared, each with the ages that count as it. The last stands for all later.
CHECKPOINTS_H = {24: (18, 36), 72: (54, 108), 168: (120, 10**9)}
# Squared coefficient of variation of one video's orders around its template's rate. Real hits show 1.5 to 3.
USUAL_DISPERSION = 1.5
DISPERSION_VIDEOS = 10  # so many videos' worth of belief in the usual dispersion
# Between templates of one category rates differ by about this coefficient of variation; between categories by more.
TEMPLATE_CV, CATEGORY_CV = 0.45, 1.0
# Before anything is known: 1.3 orders in 1,000 views, believed hardly at all.
UNKNOWN = Gamma(0.5, 0.5 / 0.0013)
# Logarithm of views: one video's noise and the spread of templates around their category.
VIEWS_NOISE, VIEWS_TEMPLATE_SD = 1.6, 0.35
Z90 = 1.645


@dataclass(frozen=True)
class Trial:
    """One published video: how often it was seen and what it sold."""

    views: int
    orders: int


@dataclass(frozen=True)
class LogNormal:
    """What is believed of a ratio of views: mean and standard deviation of its natural logarithm."""

    mean: float
    sd: float


def at_checkpoint(snapshots: Iterable[Observation], checkpoint: int) -> Observation | None:
    """The snapshot that counts as ``checkpoint`` hours old: the nearest, and of two as near the older video.

    Of two reports of one age the later one counts. Else the order of ``snapshots`` makes no difference.
    """
    low, high = CHECKPOINTS_H[checkpoint]
    near = [snapshot for snapshot in snapshots if low <= snapshot.age_h <= high]
    return min(reversed(near), key=lambda snapshot: (abs(snapshot.age_h - checkpoint), -snapshot.age_h), default=None)


def last_telling(snapshots: Iterable[Observation], tells: Callable[[Observation], bool]) -> Observation | None:
    """Of the snapshots with views that tell something, the one at the last checkpoint reached."""
    telling = [snapshot for snapshot in snapshots if snapshot.views > 0 and tells(snapshot)]
    found = (at_checkpoint(telling, checkpoint) for checkpoint in reversed(CHECKPOINTS_H))
    return next((snapshot for snapshot in found if snapshot is not None), None)


def settled(snapshots: Iterable[Observation]) -> Observation | None:
    """The snapshot to take orders from: of those that tell orders, the one at the last checkpoint reached."""
    return last_telling(snapshots, lambda snapshot: snapshot.orders is not None)


def trial(snapshots: Iterable[Observation]) -> Trial | None:
    """None where no snapshot of at least 18 hours tells orders: younger numbers say little and are waited for."""
    snapshot = settled(snapshots)
    return None if snapshot is None else Trial(snapshot.views, snapshot.orders or 0)


def ratios(videos: Mapping[str, Sequence[Observation]]) -> dict[str, float]:
    """Each video's views over the median of all at the same age, at the last age where at least three can be compared."""
    found: dict[str, float] = {}
    for checkpoint in CHECKPOINTS_H:
        views = {
            video: snapshot.views
            for video, snapshots in videos.items()
            if (snapshot := at_checkpoint(snapshots, checkpoint)) is not None and snapshot.views > 0
        }
        if len(views) >= 3:
            usual = median(views.values())
            found |= {video: count / usual for video, count in views.items()}
    return found


def capped(views: int, mean: float, dispersion: float) -> float:
    """The exposure that ``views`` are worth: never more than 1 / (dispersion * mean), however many there were."""
    return views / (1 + dispersion * mean * views)


def dispersion(trials: Sequence[Trial], mean: float) -> float:
    """How much more than chance single videos differ around ``mean``, by moments, drawn towards what is usual.

    Each video's estimate is weighted by its expected orders up to 5, so that runaways do not decide this either.
    """
    weight, total = float(DISPERSION_VIDEOS), DISPERSION_VIDEOS * USUAL_DISPERSION
    for one in trials:
        expected = max(one.views * mean, 1e-9)
        trust = min(expected, 5.0) / 5
        # A ratio of ten times the expected is as good as any larger one.
        excess = (min(one.orders / expected, 10.0) - 1) ** 2 - 1 / expected
        weight, total = weight + trust, total + trust * excess
    return min(4.0, max(0.3, total / weight))


def pooled_mean(prior: Gamma, trials: Sequence[Trial]) -> Gamma:
    """``prior`` after ``trials``, thrice, so that the cap follows the mean that these trials show."""
    found = prior
    for _ in range(3):
        found = posterior(prior, trials, found.mean, dispersion(trials, found.mean))
    return found


def posterior(prior: Gamma, trials: Iterable[Trial], mean: float, spread: float) -> Gamma:
    """``prior`` after ``trials``, each with its exposure capped at ``mean`` and ``spread`` (its dispersion)."""
    events = exposure = 0.0
    for one in trials:
        worth = capped(one.views, mean, spread)
        exposure += worth
        events += one.orders * worth / one.views if one.views else 0.0
    return prior.after(events, exposure)


def category_prior(category: Sequence[Trial], everything: Sequence[Trial]) -> Gamma:
    """What is believed of a new template of a category: its mean, as firmly as templates of a category are alike."""
    overall = pooled_mean(UNKNOWN, everything)
    around = _believed(overall.mean, CATEGORY_CV)
    return _believed(pooled_mean(around, category).mean, TEMPLATE_CV)


def _believed(mean: float, cv: float) -> Gamma:
    shape = 1 / cv**2
    return Gamma(shape, shape / mean)


def template_rate(prior: Gamma, trials: Sequence[Trial], category: Sequence[Trial]) -> Gamma:
    """What is believed of a template after its own ``trials``; its category tells how widely single videos scatter."""
    return posterior(prior, trials, prior.mean, dispersion(category, prior.mean))


def reach(own: Sequence[float]) -> LogNormal:
    """What is believed of a template's views beside its category's, from its videos' ``ratios``: drawn towards 1."""
    precision = 1 / VIEWS_TEMPLATE_SD**2
    evidence = len(own) / VIEWS_NOISE**2
    total = sum(log(ratio) for ratio in own) / VIEWS_NOISE**2
    return LogNormal(total / (precision + evidence), 1 / sqrt(precision + evidence))


def orders_engagement(rate: Gamma, prior: Gamma, trials: Sequence[Trial], scope: str) -> Engagement:
    """As a template states it: mean and 90 % interval of orders per view."""
    low, high = rate.quantile(0.05), rate.quantile(0.95)
    views = sum(one.views for one in trials)
    return Engagement(
        ORDERS,
        len(trials),
        views,
        _short(rate.mean),
        _short(low),
        _short(high),
        scope,
        _short(prior.mean),
        _short(prior.shape),
    )


def reach_engagement(own: Sequence[float], views: int, scope: str) -> Engagement:
    """As a template states it: views as a multiple of the category's median, with the 90 % interval of that mean."""
    found = reach(own)
    low, high = exp(found.mean - Z90 * found.sd), exp(found.mean + Z90 * found.sd)
    strength = (VIEWS_NOISE / VIEWS_TEMPLATE_SD) ** 2
    return Engagement(
        REACH, len(own), views, _short(exp(found.mean)), _short(low), _short(high), scope, 1.0, _short(strength)
    )


def _short(value: float) -> float:
    """Three significant digits: more would pretend."""
    return float(f"{value:.3g}")
