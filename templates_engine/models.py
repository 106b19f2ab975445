"""The rows of the library: one immutable version of a script template each."""

from typing import Self

from django.db import models
from django.db.models import Q

from billing.models import Organization
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import from_dict


class TemplateQuerySet(models.QuerySet["TemplateVersion"]):
    def visible_to(self, organization: Organization | None) -> Self:
        """Public templates and the organization's own; what is not in here does not exist for it."""
        if organization is None:
            return self.filter(organization=None)
        return self.filter(Q(organization=None) | Q(organization=organization))

    def active(self) -> Self:
        """Versions that are offered; an older one is still found by its id, because scripts name it."""
        return self.filter(active=True)


class TemplateVersion(models.Model):
    """A template as published. ``document`` follows ``schema/script_template.json`` and never changes."""

    template_id = models.CharField(max_length=80, unique=True)
    family = models.CharField(max_length=80, db_index=True)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    lang = models.CharField(max_length=5)
    document = models.JSONField()
    # Empty means public: everybody may use it.
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["template_id"]

    def __str__(self) -> str:
        return self.template_id

    def template(self) -> ScriptTemplate:
        return from_dict(self.document)
