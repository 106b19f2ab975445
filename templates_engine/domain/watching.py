"""How well a template's ads are watched: the share that stays for three seconds, and the share that sees the end.

Each platform counts such shares in its own way, so an ad is compared with the account's others there. Comparisons are
made in log-odds and drawn towards the usual: the ordinary normal model with a normal prior. That quality metrics of this
kind tell more than likes is the finding of SnapUGC (Li et al. 2024, "Delving Deep into Engagement Prediction of Short
Videos"); how widely single ads scatter is an assumption until the account's own ads tell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import fmean

from templates_engine.domain.account import Published
from templates_engine.domain.analysis import Observation
from templates_engine.domain.engagement import Z90, last_telling

FEWEST_ADS = 5  # of the account that report a share; with fewer there is no usual to compare with
WATCH_NOISE, NOISE_ADS = 0.6, 10  # log-odds: how far single ads lie from the usual, believed as firmly as ten ads show
WATCH_TEMPLATE_SD = 0.2  # log-odds: how far templates differ
PLATFORM_ADS = 2.0  # what all platforms show is worth this many ads of one
_EDGE = 0.005  # no ad is believed to hold nobody, or everybody

Share = Callable[[Observation], float | None]


@dataclass(frozen=True)
class Watched:
    """What is believed of a template's share: ``mean`` and ``sd`` in log-odds beside ``usual``; ``videos`` speak for it."""

    mean: float
    sd: float
    usual: float
    videos: int

    @property
    def share(self) -> float:
        return _share(self.usual + self.mean)

    @property
    def low90(self) -> float:
        return _share(self.usual + self.mean - Z90 * self.sd)

    @property
    def high90(self) -> float:
        return _share(self.usual + self.mean + Z90 * self.sd)

    @property
    def usual_share(self) -> float:
        return _share(self.usual)


def watched(ads: Sequence[Published], families: Sequence[str], share: Share) -> dict[str, Watched]:
    """A belief for each of ``families``, with or without ads of its own; empty where too few ads report the share."""
    told = [(ad, log(value / (1 - value))) for ad in ads if (value := _told(ad, share)) is not None]
    if len(told) < FEWEST_ADS:
        return {}
    usual = fmean(odds for _, odds in told)
    platforms = _usual_by_platform(told, usual)
    beside = [(ad.family, odds - platforms[ad.platform]) for ad, odds in told]
    squares = sum(difference**2 for _, difference in beside)
    noise = sqrt((NOISE_ADS * WATCH_NOISE**2 + squares) / (NOISE_ADS + len(beside)))
    return {
        family: _believed([difference for its, difference in beside if its == family], noise, usual)
        for family in families
    }


def _believed(own: Sequence[float], noise: float, usual: float) -> Watched:
    precision = 1 / WATCH_TEMPLATE_SD**2 + len(own) / noise**2
    return Watched(sum(own) / noise**2 / precision, 1 / sqrt(precision), usual, len(own))


def _usual_by_platform(told: Sequence[tuple[Published, float]], usual: float) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for platform in {ad.platform for ad, _ in told}:
        own = [odds for ad, odds in told if ad.platform == platform]
        found[platform] = (sum(own) + PLATFORM_ADS * usual) / (len(own) + PLATFORM_ADS)
    return found


def _told(ad: Published, share: Share) -> float | None:
    snapshot = last_telling(ad.snapshots, lambda seen: share(seen) is not None)
    value = None if snapshot is None else share(snapshot)
    return None if value is None else min(1 - _EDGE, max(_EDGE, value))


def _share(odds: float) -> float:
    return 1 / (1 + exp(-odds))
