"""Results of published ads come back: rows by script, platform and age, and what they make us believe of each template."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction

from billing.models import Organization
from templates_engine.domain.account import Published
from templates_engine.domain.analysis import Observation
from templates_engine.domain.bandit import Belief
from templates_engine.domain.evidence import Evidence, evidence
from templates_engine.domain.template import ScriptTemplate
from templates_engine.errors import ResultsInvalid
from templates_engine.metrics_import import read_metrics
from templates_engine.models import PublishedResult

OLDEST_H = 10 * 366 * 24
_KEY = ["organization", "script_id", "platform", "age_h"]


@dataclass(frozen=True)
class Result:
    """One snapshot of one published script. ``published_at`` and ``category`` (of the goods) where they are known."""

    script_id: str
    template_id: str
    observation: Observation
    published_at: datetime | None = None
    category: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        return self.script_id, self.observation.platform, self.observation.age_h


class Fate(StrEnum):
    """What becomes of a reported result."""

    NEW = "new"
    REPLACES = "replaces"  # an earlier report of the same age said otherwise
    SAME = "same"


def report(organization: Organization, results: Sequence[Result], *, source: str = "api") -> int:
    """Keeps ``results``, all or none, and returns how many there are. The same age reported again is replaced.

    Raises ResultsInvalid for a result without a script or template, or whose numbers can not be.
    """
    for result in results:
        check(result)
    last = {result.key: result for result in results}.values()  # one statement can not write a row twice
    rows = [_row(organization, result, PublishedResult.Source(source)) for result in last]
    kept = ("id", "published_at", *_KEY)  # a report that does not tell the date takes none away
    names = [field.name for field in PublishedResult._meta.concrete_fields if field.name not in kept]
    with transaction.atomic():
        PublishedResult.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=_KEY, update_fields=names, batch_size=500
        )
        _date(organization, last)
    return len(results)


def check(result: Result) -> None:
    """Raises ResultsInvalid for a result without a script or template, or whose numbers can not be."""
    seen, name = result.observation, result.script_id
    if not name.strip() or not result.template_id.rpartition("_v")[0]:
        raise ResultsInvalid(
            "each result needs the id of its ad and of the template that it was made with",
            "每行都要有广告编号，以及它用的模板",
        )
    if (seen.orders or 0) > seen.views:
        raise ResultsInvalid(
            f"{name}: {seen.orders} orders of {seen.views} views can not be; check the columns",
            f"{name}：{seen.views} 次播放不可能有 {seen.orders} 单，请核对列名",
        )
    if seen.age_h > OLDEST_H:
        raise ResultsInvalid(
            f"{name}: {seen.age_h} hours are more than ten years; check the column of the age",
            f"{name}：发布后 {seen.age_h} 小时超过十年了，请核对「发布后小时」一列",
        )


def fates(organization: Organization, results: Sequence[Result]) -> tuple[Fate, ...]:
    """What ``report`` would do with each of ``results``; changes nothing."""
    scripts = {result.script_id for result in results}
    rows = PublishedResult.objects.of(organization).filter(script_id__in=scripts)
    known = {(row.script_id, row.platform, row.age_h): row.observation() for row in rows}
    return tuple(_fate(result, known.get(result.key)) for result in results)


def date(organization: Organization, script_id: str, platform: str, published_at: datetime | None) -> None:
    """When an ad went online became known (or was mended) after results of it: all of them take it over."""
    rows = PublishedResult.objects.of(organization).filter(script_id=script_id, platform=platform)
    rows.update(published_at=published_at)


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
    """What the organization's own results say of the orders per view of each of ``templates``, by id; empty while there
    are none. ``evidence_of`` has the rest.
    """
    known = evidence_of(organization, templates)
    return {template: its.orders for template, its in known.items() if its.orders is not None}


def evidence_of(organization: Organization, templates: Sequence[ScriptTemplate]) -> dict[str, Evidence]:
    """What the organization's own results say of each of ``templates``, by id; empty while there are none.

    A version learns from the results of its whole family. Every script counts once per platform, at the last age reached.
    """
    return evidence(published(organization), templates)


def published(organization: Organization) -> tuple[Published, ...]:
    """Every ad with results, once per platform. Whatever order its reports came in, it is the same."""
    rows: dict[tuple[str, str], list[PublishedResult]] = defaultdict(list)
    for row in PublishedResult.objects.of(organization).order_by("script_id", "platform", "age_h"):
        rows[row.script_id, row.platform].append(row)
    return tuple(_published(own) for own in rows.values())


def _published(rows: Sequence[PublishedResult]) -> Published:
    last = rows[-1]
    online = next((row.published_at for row in reversed(rows) if row.published_at is not None), None)
    return Published(
        last.script_id,
        last.family,
        last.platform,
        last.category,
        None if online is None else online.timestamp(),
        tuple(row.observation() for row in rows),
    )


def _row(organization: Organization, result: Result, source: PublishedResult.Source) -> PublishedResult:
    return PublishedResult(
        organization=organization,
        script_id=result.script_id,
        template_id=result.template_id,
        family=result.template_id.rpartition("_v")[0],
        category=result.category[:80],
        published_at=result.published_at,
        source=source,
        **asdict(result.observation),
    )


def _date(organization: Organization, results: Iterable[Result]) -> None:
    told = {(one.script_id, one.observation.platform): one.published_at for one in results if one.published_at}
    for (script, platform), moment in told.items():
        date(organization, script, platform, moment)


def _fate(result: Result, before: Observation | None) -> Fate:
    if before is None:
        return Fate.NEW
    # Without spend the currency says nothing.
    same = replace(before, currency="") == replace(result.observation, currency="")
    return Fate.SAME if same and _currency(before) == _currency(result.observation) else Fate.REPLACES


def _currency(seen: Observation) -> str:
    return seen.currency if seen.spend_fen is not None else ""
