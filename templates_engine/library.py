"""The library of script templates: what the rest of the house calls to list, get, choose, fill and publish."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from jsonschema import Draft202012Validator

from billing.models import Organization
from templates_engine import feedback
from templates_engine.ad_terms import current_terms
from templates_engine.domain import choose
from templates_engine.domain import fill as filling
from templates_engine.domain import search as searching
from templates_engine.domain import variants as different
from templates_engine.domain.choose import Choice
from templates_engine.domain.claims import LineVerdict, judge
from templates_engine.domain.copying import Sources
from templates_engine.domain.evidence import Evidence
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import Eligibility
from templates_engine.domain.guards import blocked_terms
from templates_engine.domain.patterns import without_slots
from templates_engine.domain.quantities import quantities
from templates_engine.domain.script import Script
from templates_engine.domain.search import Query, Source
from templates_engine.domain.template import ANY_CATEGORY, ScriptTemplate
from templates_engine.domain.template_json import from_dict, to_dict
from templates_engine.domain.variants import Variants
from templates_engine.errors import TemplateInvalid, TemplateNotFound, TemplateTaken
from templates_engine.models import TemplateQuerySet, TemplateVersion
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds
from templates_engine.sources import sources_of_template, sources_of_templates

SCHEMAS = Path(__file__).parent / "schema"
ANYTHING = Query()


@dataclass(frozen=True)
class Listed:
    """A template in somebody's library. ``shared_by``: the agency's name, empty unless the source is ``shared``."""

    template: ScriptTemplate
    source: Source
    active: bool
    shared_by: str = ""


def load_seeds() -> int:
    """Puts every seed that the table lacks into it and retires older versions. Returns how many were new.

    Two processes may do so at once. Our own seeds are not validated here but in the tests.
    """
    stored = set(TemplateVersion.objects.filter(organization=None).values_list("template_id", flat=True))
    new = [seed for seed in seeds() if seed.id not in stored]
    TemplateVersion.objects.bulk_create([_row(seed, None) for seed in new], ignore_conflicts=True)
    for seed in new:
        _retire_older(seed, None)
    return len(new)


def get(template_id: str, organization: Organization | None) -> ScriptTemplate:
    """The template of that exact version. Raises TemplateNotFound for one that is not public and not yours."""
    row = _rows(organization).filter(template_id=template_id).first()
    if row is None:
        raise TemplateNotFound(template_id)
    return as_seen(row, organization)


def recorded(template_id: str, organization: Organization) -> ScriptTemplate:
    """The template of an ad that ``organization`` has made already, even if it may make no further one with it."""
    load_seeds()
    row = TemplateVersion.objects.filter(template_id=template_id).first()
    if row is None:
        raise TemplateNotFound(template_id)
    return as_seen(row, organization)


def visible(organization: Organization | None, lang: str | None = None) -> tuple[ScriptTemplate, ...]:
    """Every template that ``organization`` may use now, in ``lang`` or in all languages, by id."""
    rows = _rows(organization).active()
    return tuple(as_seen(row, organization) for row in (rows.filter(lang=lang) if lang else rows))


def search(organization: Organization, query: Query = ANYTHING) -> tuple[Listed, ...]:
    """The templates that ``organization`` may use now and that answer ``query``: own, then shared, then ours.

    Those made for the asked category come before those for any, Chinese before English, those learned from more videos
    first.
    """
    rows = _rows(organization).select_related("organization")
    if query.lang:
        rows = rows.filter(lang=query.lang)
    rows = _retired(rows, organization) if query.retired else rows.active()
    listed = [_listed(row, organization) for row in rows]
    found = [one for one in listed if query.source in (None, one.source) and searching.matches(one.template, query)]
    return tuple(sorted(found, key=lambda one: _place(one, query)))


def categories(organization: Organization) -> tuple[str, ...]:
    """Every category that some template on offer is made for: our codes and merchants' own words."""
    named = _rows(organization).active().values_list("document__category", flat=True)
    return tuple(sorted({code for codes in named for code in codes} - {ANY_CATEGORY}))


def look_up(organization: Organization, template_id: str) -> Listed:
    """One version with what the library knows of it. Raises TemplateNotFound like ``get``."""
    row = _rows(organization).select_related("organization").filter(template_id=template_id).first()
    if row is None:
        raise TemplateNotFound(template_id)
    return _listed(row, organization)


def rank_for(
    organization: Organization | None, facts: ProductFacts, target_ms: int, seed: int, *, safest: bool = False
) -> tuple[Choice, ...]:
    """The templates that can tell this product in ``target_ms``, best first, each with its reasons.

    Once the organization has reported results, they count too: drawn anew for each ``seed``, or played ``safest``.
    """
    templates = visible(organization, facts.lang)
    known = feedback.evidence_of(organization, templates) if organization is not None else {}
    return _ranked(templates, facts, target_ms, seed, known, safest=safest)


def rank_one(template: ScriptTemplate, facts: ProductFacts, target_ms: int, seed: int) -> tuple[Choice, ...]:
    """How a template that was chosen by hand fits, without results; empty where it can not tell this product."""
    return _ranked((template,), facts, target_ms, seed, {})


def _ranked(
    templates: tuple[ScriptTemplate, ...],
    facts: ProductFacts,
    target_ms: int,
    seed: int,
    known: Mapping[str, Evidence],
    *,
    safest: bool = False,
) -> tuple[Choice, ...]:
    sources = sources_of_templates(templates)
    return choose.rank(
        templates, facts, target_ms, seed, current_terms(), believed=known, sources=sources, safest=safest
    )


def eligibility(template: ScriptTemplate, facts: ProductFacts, target_ms: int) -> Eligibility:
    """Whether ``template`` can be offered for this product, under the current advertising words."""
    return filling.eligibility(template, facts, target_ms, current_terms(), sources_of_template(template))


def fill(template: ScriptTemplate, facts: ProductFacts, *, target_ms: int, seed: int) -> Script:
    """``domain.fill`` under the current advertising rules, with our phrase book: the one way by which the house makes scripts.

    No line repeats what the videos say that the template was learned from.
    """
    return _fill(template, facts, target_ms, seed, sources_of_template(template))


def variants(template: ScriptTemplate, facts: ProductFacts, *, target_ms: int, seed: int, count: int = 10) -> Variants:
    """``count`` scripts of one template that really differ, and how much. Raises CannotFill."""
    sources = sources_of_template(template)
    return different.variants(lambda number: _fill(template, facts, target_ms, number, sources), count=count, seed=seed)


def _fill(template: ScriptTemplate, facts: ProductFacts, target_ms: int, seed: int, sources: Sources) -> Script:
    return filling.fill(
        template,
        facts,
        target_ms=target_ms,
        seed=seed,
        terms=current_terms(),
        book=current_phrases(),
        sources=sources,
    )


def guard(template: ScriptTemplate, facts: ProductFacts) -> Callable[[str], LineVerdict]:
    """The judge of single lines for ``facts`` told by ``template``, as strict as ``fill`` is with its own lines."""
    reader, sources = judge(facts, current_terms()), sources_of_template(template)
    return lambda line: reader.line(line, sources)


def publish(document: Mapping[str, object], organization: Organization | None = None) -> TemplateVersion:
    """Adds a version: public without an organization, else private to it. The same document twice is one row.

    Older versions of its family are retired. Raises TemplateInvalid, or TemplateTaken where the id has other contents.
    """
    template = validated(document)
    with transaction.atomic():
        wanted = _row(template, organization)
        row = _inserted(wanted)
        if (row.organization_id, row.document) != (wanted.organization_id, wanted.document):
            raise TemplateTaken(template.id)
        _retire_older(template, organization)
    return row


def validated(document: Mapping[str, object]) -> ScriptTemplate:
    """The template of a document that fits the schema and whose patterns state no number and no blocked word."""
    problem = next(iter(sorted(_validator().iter_errors(document), key=lambda error: list(error.path))), None)
    if problem is not None:
        place = "/".join(str(step) for step in problem.absolute_path) or "the document"
        raise TemplateInvalid(f"{place}: {problem.message}")
    template = from_dict(document)
    for beat in template.beats:
        for pattern in beat.patterns:
            own_words = without_slots(f"{pattern.text} {pattern.caption}")
            bad = [found.surface for found in quantities(own_words)] + [*blocked_terms(own_words, current_terms())]
            if bad:
                raise TemplateInvalid(f"{template.id}: pattern {pattern.text!r} may not say {', '.join(bad)}")
    return template


def as_seen(row: TemplateVersion, organization: Organization | None) -> ScriptTemplate:
    """The template as ``organization`` may see it: the file names of another tenant's hits are nobody else's business."""
    template = row.template()
    if row.organization_id is None or (organization is not None and row.organization_id == organization.pk):
        return template
    members = (replace(member, video_id=str(number)) for number, member in enumerate(template.members, 1))
    return replace(template, members=tuple(members))


def _listed(row: TemplateVersion, organization: Organization) -> Listed:
    template = as_seen(row, organization)
    if row.organization is None:
        return Listed(template, Source.OURS, row.active)
    if row.organization_id == organization.pk:
        return Listed(template, Source.LEARNED, row.active)
    return Listed(template, Source.SHARED, row.active, row.organization.name)


def _place(listed: Listed, query: Query) -> tuple[object, ...]:
    template = listed.template
    order = (Source.LEARNED, Source.SHARED, Source.OURS)
    elsewhere = bool(query.category) and not searching.named_for(template, query.category)
    return order.index(listed.source), elsewhere, template.lang != "zh", -len(template.members), template.id


def _retired(rows: TemplateQuerySet, organization: Organization) -> TemplateQuerySet:
    """The newest version of each own family of which none is offered."""
    own = TemplateVersion.objects.filter(organization=organization)
    offered = own.active().values("family")
    newest = own.filter(family=OuterRef("family")).order_by("-version").values("pk")[:1]
    return rows.filter(organization=organization, pk=Subquery(newest)).exclude(family__in=offered)


def _rows(organization: Organization | None) -> TemplateQuerySet:
    load_seeds()
    return TemplateVersion.objects.visible_to(organization)


def _row(template: ScriptTemplate, organization: Organization | None) -> TemplateVersion:
    return TemplateVersion(
        template_id=template.id,
        family=template.family,
        version=template.version,
        name=template.name.zh,
        lang=template.lang,
        document=to_dict(template),
        organization=organization,
    )


def _inserted(wanted: TemplateVersion) -> TemplateVersion:
    """``wanted`` as a row, or the row that has its id already."""
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        return TemplateVersion.objects.get(template_id=wanted.template_id)
    return wanted


def _retire_older(template: ScriptTemplate, organization: Organization | None) -> None:
    older = TemplateVersion.objects.filter(family=template.family, version__lt=template.version)
    older.filter(organization=organization).update(active=False)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / "script_template.json").read_text(encoding="utf-8")))
