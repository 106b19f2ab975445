"""The library of script templates: what the rest of the house calls to list, get, choose, fill and publish."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction
from jsonschema import Draft202012Validator

from billing.models import Organization
from templates_engine import feedback
from templates_engine.ad_terms import current_terms
from templates_engine.domain import choose
from templates_engine.domain import fill as filling
from templates_engine.domain import variants as different
from templates_engine.domain.choose import Choice
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import Eligibility
from templates_engine.domain.guards import blocked_terms
from templates_engine.domain.patterns import without_slots
from templates_engine.domain.quantities import quantities
from templates_engine.domain.script import Script
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import from_dict, to_dict
from templates_engine.domain.variants import Variants
from templates_engine.errors import TemplateInvalid, TemplateNotFound, TemplateTaken
from templates_engine.models import TemplateQuerySet, TemplateVersion
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds

SCHEMAS = Path(__file__).parent / "schema"


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
    return row.template()


def visible(organization: Organization | None, lang: str | None = None) -> tuple[ScriptTemplate, ...]:
    """Every template that ``organization`` may use now, in ``lang`` or in all languages, by id."""
    rows = _rows(organization).active()
    return tuple(row.template() for row in (rows.filter(lang=lang) if lang else rows))


def rank_for(
    organization: Organization | None, facts: ProductFacts, target_ms: int, seed: int, *, safest: bool = False
) -> tuple[Choice, ...]:
    """The templates that can tell this product in ``target_ms``, best first, each with its reasons.

    Once the organization has reported results, they count too: drawn anew for each ``seed``, or played ``safest``.
    """
    templates = visible(organization, facts.lang)
    believed = feedback.believed(organization, templates) if organization is not None else {}
    return choose.rank(templates, facts, target_ms, seed, current_terms(), believed=believed, safest=safest)


def eligibility(template: ScriptTemplate, facts: ProductFacts, target_ms: int) -> Eligibility:
    """Whether ``template`` can be offered for this product, under the current advertising words."""
    return filling.eligibility(template, facts, target_ms, current_terms())


def fill(template: ScriptTemplate, facts: ProductFacts, *, target_ms: int, seed: int) -> Script:
    """``domain.fill`` under the current advertising rules, with our phrase book: the one way by which the house makes scripts."""
    return filling.fill(template, facts, target_ms=target_ms, seed=seed, terms=current_terms(), book=current_phrases())


def variants(template: ScriptTemplate, facts: ProductFacts, *, target_ms: int, seed: int, count: int = 10) -> Variants:
    """``count`` scripts of one template that really differ, and how much. Raises CannotFill."""
    return different.variants(
        lambda number: fill(template, facts, target_ms=target_ms, seed=number), count=count, seed=seed
    )


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
