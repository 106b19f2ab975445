"""Results of published ads come back: rows by script, platform and age, and what they make us believe of each template."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction

from billing.models import Organization
from templates_engine.domain import engagement
from templates_engine.domain.analysis import Observation
from templates_engine.domain.bandit import Belief, beliefs
from templates_engine.domain.engagement import Trial
from templates_engine.domain.template import ScriptTemplate
from templates_engine.errors import ResultsInvalid
from templates_engine.metrics_import import read_metrics
from templates_engine.models import PublishedResult


@dataclass(frozen=True)
class Result:
    """One snapshot of one published script."""

    script_id: str
    template_id: str
    observation: Observation


def report(organization: Organization, results: Sequence[Result], *, source: str = "api") -> int:
    """Keeps ``results``, all or none, and returns how many there are. The same age reported again is replaced.

    Raises ResultsInvalid for a result without a script or template, or with more orders than views.
    """
    for result in results:
        _check(result)
    with transaction.atomic():
        for result in results:
            _keep(organization, result, PublishedResult.Source(source))
    return len(results)


def report_sheet(organization: Organization, path: Path, templates: Mapping[str, str]) -> int:
    """Keeps the rows of an exported sheet (CSV or JSON) whose ``video_id`` is a script's id.

    ``templates``: script id -> the template it was made with, for every script of the organization.
    Raises MetricsInvalid for a sheet that can not be read, ResultsInvalid where it names scripts that are not there.
    """
    metrics = read_metrics(path)
    unknown = sorted(script for script in metrics if script not in templates)
    if unknown:
        shown = ", ".join(script or "(no id)" for script in unknown[:5])
        raise ResultsInvalid(
            f"{path.name}: {len(unknown)} of its ids are no ad of yours: {shown}. Put the ad's id (ad_...) in the id column."
        )
    found = [Result(script, templates[script], seen) for script, snapshots in metrics.items() for seen in snapshots]
    return report(organization, found, source="sheet")


def believed(organization: Organization, templates: Sequence[ScriptTemplate]) -> dict[str, Belief]:
    """What the organization's own results say of each of ``templates``, by id; empty while there are none.

    A version learns from the results of its whole family. Every script counts once per platform, at the last age reached.
    """
    trials = _trials(organization)
    if not trials:
        return {}
    by_template = {template.id: trials.get(template.family, ()) for template in templates}
    # One pool for each language: whatever a template is meant for, here all compete for the same product.
    return beliefs(by_template, {template.id: template.lang for template in templates})


def _trials(organization: Organization) -> dict[str, tuple[Trial, ...]]:
    snapshots: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
    for row in PublishedResult.objects.of(organization).order_by("script_id", "platform", "age_h"):
        snapshots[row.family, row.script_id, row.platform].append(row.observation())
    found: dict[str, list[Trial]] = defaultdict(list)
    for (family, _, _), seen in snapshots.items():
        trial = engagement.trial(seen)
        if trial is not None:
            found[family].append(trial)
    return {family: tuple(trials) for family, trials in found.items()}


def _keep(organization: Organization, result: Result, source: PublishedResult.Source) -> None:
    seen = asdict(result.observation)
    key = {"script_id": result.script_id, "platform": seen.pop("platform"), "age_h": seen.pop("age_h")}
    values = seen | {
        "template_id": result.template_id,
        "family": result.template_id.rpartition("_v")[0],
        "source": source,
    }
    PublishedResult.objects.update_or_create(organization=organization, **key, defaults=values)


def _check(result: Result) -> None:
    if not result.script_id.strip() or not result.template_id.rpartition("_v")[0]:
        raise ResultsInvalid("each result needs the id of its ad and of the template that it was made with")
    if (result.observation.orders or 0) > result.observation.views:
        raise ResultsInvalid(
            f"{result.script_id}: {result.observation.orders} orders of {result.observation.views} views can not be; "
            "check the columns"
        )
