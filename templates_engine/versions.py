"""The versions of one family: listed, compared, and which of them is offered. Documents never change."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from billing.models import Organization
from templates_engine import library
from templates_engine.domain import versions as differing
from templates_engine.domain.template import ScriptTemplate, Words
from templates_engine.errors import TemplateNotFound
from templates_engine.models import TemplateQuerySet, TemplateVersion


@dataclass(frozen=True)
class Version:
    """``active``: whether it is offered. Any version is still found by its id, because scripts name it."""

    template: ScriptTemplate
    active: bool
    created_at: datetime


@dataclass(frozen=True)
class Comparison:
    """What ``new`` does otherwise than ``old``, in sentences; none where nothing notable changed."""

    old: ScriptTemplate
    new: ScriptTemplate
    changes: tuple[Words, ...]


def history(organization: Organization, template_id: str) -> tuple[Version, ...]:
    """Every version of its family, the newest first. Raises TemplateNotFound like ``library.get``."""
    return tuple(
        Version(library.as_seen(row, organization), row.active, row.created_at)
        for row in _family(organization, template_id).order_by("-version")
    )


def compare(organization: Organization, old_id: str, new_id: str) -> Comparison:
    """Two versions of one family. Raises TemplateNotFound for one that is not there, or of another family."""
    rows = {row.template_id: row for row in _family(organization, new_id)}
    if old_id not in rows:
        raise TemplateNotFound(old_id)
    old, new = rows[old_id], rows[new_id]
    # Told of the documents themselves: which members are the same shows only in their names.
    changes = differing.diff(old.template(), new.template())
    return Comparison(library.as_seen(old, organization), library.as_seen(new, organization), changes)


def names(organization: Organization) -> dict[str, Words]:
    """What every version is called that ``organization`` may see, older and retired ones included, by id."""
    rows = TemplateVersion.objects.visible_to(organization).values_list("template_id", "document__name")
    return {template_id: Words(name["zh"], name["en"]) for template_id, name in rows}


def recorded_name(template_id: str) -> Words | None:
    """What the template of an ad is called, even if its organization may see it no longer; ask it for own ads only."""
    row = TemplateVersion.objects.filter(template_id=template_id).first()
    return None if row is None else row.template().name


def retire(owner: Organization, template_id: str) -> None:
    """Offers this version of one's own no more, to oneself and whomever it is shared with. Raises TemplateNotFound."""
    _own(owner, template_id)
    TemplateVersion.objects.filter(organization=owner, template_id=template_id).update(active=False)


def reactivate(owner: Organization, template_id: str) -> None:
    """Offers this version of one's own again, in place of the others of its family. Raises TemplateNotFound."""
    with transaction.atomic():
        row = _own(owner, template_id)
        family = TemplateVersion.objects.filter(organization=owner, family=row.family)
        family.exclude(pk=row.pk).update(active=False)
        family.filter(pk=row.pk).update(active=True)


def _own(owner: Organization, template_id: str) -> TemplateVersion:
    row = TemplateVersion.objects.filter(organization=owner, template_id=template_id).first()
    if row is None:
        raise TemplateNotFound(template_id)
    return row


def _family(organization: Organization, template_id: str) -> TemplateQuerySet:
    """All versions by the same owner. What is seen of one is seen of all."""
    library.load_seeds()
    rows = TemplateVersion.objects.visible_to(organization)
    row = rows.filter(template_id=template_id).first()
    if row is None:
        raise TemplateNotFound(template_id)
    return rows.filter(family=row.family, organization=row.organization_id)
