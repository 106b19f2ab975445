"""What the videos of one lesson achieved beside each other: members' weights, and what a template can state of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from statistics import fmean

from templates_engine.domain import engagement
from templates_engine.domain.analysis import Observation, VideoAnalysis
from templates_engine.domain.engagement import Trial
from templates_engine.domain.gamma import Gamma
from templates_engine.domain.template import ANY_CATEGORY, Engagement


@dataclass(frozen=True)
class Market:
    """What all videos of a lesson achieved: the measure for each of them."""

    trials: Mapping[str, Trial]
    categories: Mapping[str, str]
    ratios: Mapping[str, float]
    _priors: dict[str, Gamma] = field(default_factory=dict)
    _spreads: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, videos: Sequence[VideoAnalysis]) -> "Market":
        trials = {video.video_id: trial for video in videos if (trial := engagement.trial(video.metrics)) is not None}
        ratios: dict[str, float] = {}
        for category in {_category(video) for video in videos}:
            ratios |= engagement.ratios(
                {video.video_id: video.metrics for video in videos if _category(video) == category}
            )
        return cls(trials, {video.video_id: _category(video) for video in videos}, ratios)

    def prior(self, category: str) -> Gamma:
        if category not in self._priors:
            self._priors[category] = engagement.category_prior(self._of(category), list(self.trials.values()))
        return self._priors[category]

    def _spread(self, category: str) -> float:
        if category not in self._spreads:
            self._spreads[category] = engagement.dispersion(self._of(category), self.prior(category).mean)
        return self._spreads[category]

    def _of(self, category: str) -> list[Trial]:
        return [trial for video, trial in self.trials.items() if self.categories[video] == category]

    def weights(self, videos: Sequence[VideoAnalysis]) -> list[float]:
        """How much each member counts, 1 on average: its shrunk success beside the usual. One video proves little, so
        the best and the worst rarely differ by more than a factor of two.
        """
        raw = [self._success(video) for video in videos]
        usual = fmean(raw)
        return [found / usual for found in raw]

    def _success(self, video: VideoAnalysis) -> float:
        found = 1.0
        ratio, trial = self.ratios.get(video.video_id), self.trials.get(video.video_id)
        if trial is not None:
            prior = self.prior(_category(video))
            found *= engagement.posterior(prior, [trial], prior.mean, self._spread(_category(video))).mean / prior.mean
        if ratio is not None:
            found *= exp(engagement.reach([ratio]).mean)
        return min(2.0, max(0.5, found))

    def engagement(self, videos: Sequence[VideoAnalysis]) -> tuple[Engagement | None, Engagement | None]:
        """(orders per view, views beside the category's); None for what too few reports tell."""
        category = _category(videos[0])
        scope = f"category/{videos[0].category or ANY_CATEGORY}"
        trials = [self.trials[video.video_id] for video in videos if video.video_id in self.trials]
        orders = reach = None
        if trials:
            prior = self.prior(category)
            rate = engagement.template_rate(prior, trials, self._of(category))
            orders = engagement.orders_engagement(rate, prior, trials, scope)
        own = [video for video in videos if video.video_id in self.ratios]
        if own:
            views = sum(_last(video.metrics).views for video in own)
            reach = engagement.reach_engagement([self.ratios[video.video_id] for video in own], views, scope)
        return orders, reach


def _category(video: VideoAnalysis) -> str:
    return f"{video.lang} {video.category}"


def _last(snapshots: Sequence[Observation]) -> Observation:
    return max(snapshots, key=lambda snapshot: snapshot.age_h)
