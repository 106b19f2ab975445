"""Results of published ads: which ads a report speaks of, what would change, and keeping it - all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from billing.models import Organization
from creative.domain.platforms import platform_code
from creative.errors import ReportRefused, UnknownAds
from creative.models import Ad
from creative.published import Place, find
from templates_engine import feedback
from templates_engine.domain.analysis import Observation
from templates_engine.errors import ResultsInvalid
from templates_engine.feedback import Fate, Result

MOST_ROWS = 2_000  # of one report: what can be looked over on a page, and kept in one go


@dataclass(frozen=True)
class Reported:
    """One row of a report. ``name``: the ad as the report calls it."""

    name: str
    seen: Observation


@dataclass(frozen=True)
class Line:
    """A row, the ad that it speaks of (None: no ad of this organization), and what would become of it."""

    reported: Reported
    ad: Ad | None = None
    fate: Fate | None = None


@dataclass(frozen=True)
class Preview:
    lines: tuple[Line, ...]

    @property
    def known(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.ad is not None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names that are no ad of this organization, each once."""
        return tuple(dict.fromkeys(line.reported.name for line in self.lines if line.ad is None))

    def count(self, fate: Fate) -> int:
        return sum(line.fate is fate for line in self.lines)


def preview(organization: Organization, rows: Sequence[Reported], *, platform: str = "") -> Preview:
    """What ``keep`` would do with ``rows``; changes nothing. ``platform``: of rows that do not name theirs.

    Raises ``ReportRefused`` where two rows contradict each other, or numbers can not be.
    """
    return _judged(organization, rows, platform)[0]


def keep(
    organization: Organization,
    rows: Sequence[Reported],
    *,
    platform: str = "",
    source: str = "api",
    leave_unknown: bool = False,
) -> Preview:
    """Keeps ``rows``, all or none, and returns what became of each. The same age reported again is replaced.

    Raises ``UnknownAds`` where a row is no ad of this organization's; with ``leave_unknown`` such rows are passed over,
    which a person must have seen first. Raises ``ReportRefused`` as ``preview``.
    """
    shown, results = _judged(organization, rows, platform)
    if shown.unknown and not (leave_unknown and results):
        raise UnknownAds(shown.unknown)
    feedback.report(organization, results, source=source)
    return shown


def _judged(organization: Organization, rows: Sequence[Reported], platform: str) -> tuple[Preview, tuple[Result, ...]]:
    if not 0 < len(rows) <= MOST_ROWS:
        raise ReportRefused(
            f"一次报 1 到 {MOST_ROWS} 行，这里有 {len(rows)} 行。请分几次上传。",
            f"a report has 1 to {MOST_ROWS} rows, this one has {len(rows)}: split it.",
        )
    places = find(organization, {row.name for row in rows})
    default = platform_code(platform)
    results = [_result(row, places, default) for row in rows]
    _refuse_contradictions(results)
    known = [result for result in results if result is not None]
    try:
        for result in known:
            feedback.check(result)
    except ResultsInvalid as error:
        raise ReportRefused(error.zh, error.detail) from error
    fates = iter(feedback.fates(organization, known))
    ads = {place.ad.public_id: place.ad for found in places.values() for place in found}
    lines = tuple(
        Line(row) if result is None else Line(replace(row, seen=result.observation), ads[result.script_id], next(fates))
        for row, result in zip(rows, results, strict=True)
    )
    return Preview(lines), tuple(known)


def _result(row: Reported, places: Mapping[str, tuple[Place, ...]], default: str) -> Result | None:
    """The row as a result of an ad, or None where there is none such."""
    stated = platform_code(row.seen.platform)
    place = _place(row.name, places.get(row.name, ()), stated, default)
    if place is None:
        return None
    return Result(
        script_id=place.ad.public_id,
        template_id=place.ad.template_id,
        observation=replace(row.seen, platform=place.platform),
        published_at=place.published_at,
        category=place.ad.product.category,
    )


def _place(name: str, places: Sequence[Place], stated: str, default: str) -> Place | None:
    """Which of ``places`` is meant: of that platform, or the only one. ``stated`` by the row itself."""
    said = stated or default
    fitting = [place for place in places if place.platform == said]
    own = [place for place in places if place.ad.public_id == name]
    if own and not fitting:  # our own id tells the ad, though it was not noted that it is published there
        return own[0] if len(own) == 1 and not said else Place(own[0].ad, said, own[0].ad.finished_at)
    if not fitting and not stated:
        fitting = list(places)  # a platform's own number tells its platform
    return fitting[0] if len(fitting) == 1 else None


def _refuse_contradictions(results: Sequence[Result | None]) -> None:
    seen: dict[tuple[str, str, int], tuple[int, Result]] = {}
    for number, result in enumerate(results, start=1):
        if result is None:
            continue
        before, first = seen.setdefault(result.key, (number, result))
        if first.observation != result.observation:
            hours = result.observation.age_h
            raise ReportRefused(
                f"第 {before} 行和第 {number} 行是同一支广告、同样发布后 {hours} 小时，数字却不一样，请删掉一行。",
                f"rows {before} and {number} are the same ad at the same age ({hours} h) and differ: delete one of them.",
            )
