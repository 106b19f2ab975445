"""Rows: immutable versions of script templates, analyses of hit videos, results of published ads."""

from typing import Self

from django.db import models
from django.db.models import Q

from billing.models import Organization, TenantModel
from templates_engine.domain.analysis import Observation, VideoAnalysis
from templates_engine.domain.analysis_json import from_dict as analysis_from_dict
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


class AnalysedVideo(TenantModel):
    """What was measured in one hit. ``document`` is domain/analysis_json's; analysed again, it is replaced."""

    video_id = models.CharField(max_length=200)
    lang = models.CharField(max_length=2)
    category = models.CharField(max_length=80, blank=True)
    platform = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "video_id"], name="one_analysis_per_video")]

    def __str__(self) -> str:
        return self.video_id

    def analysis(self) -> VideoAnalysis:
        return analysis_from_dict(self.document)


class PublishedResult(TenantModel):
    """What a published ad had achieved at one age. Reported again for the same age, the row takes the newer numbers."""

    class Source(models.TextChoices):
        SHEET = "sheet", "表格 Sheet"
        API = "api", "接口 API"

    script_id = models.CharField(max_length=80)  # the ad's public id
    template_id = models.CharField(max_length=80)
    family = models.CharField(max_length=80, db_index=True)
    platform = models.CharField(max_length=40, blank=True)
    age_h = models.PositiveIntegerField()
    views = models.PositiveBigIntegerField()
    hold_3s = models.FloatField(null=True, blank=True)
    completion = models.FloatField(null=True, blank=True)
    likes = models.PositiveBigIntegerField(null=True, blank=True)
    comments = models.PositiveBigIntegerField(null=True, blank=True)
    shares = models.PositiveBigIntegerField(null=True, blank=True)
    clicks = models.PositiveBigIntegerField(null=True, blank=True)
    orders = models.PositiveBigIntegerField(null=True, blank=True)
    spend_fen = models.PositiveBigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    source = models.CharField(max_length=5, choices=Source.choices)
    recorded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "script_id", "platform", "age_h"], name="one_result_per_script_platform_age"
            )
        ]

    def __str__(self) -> str:
        return f"{self.script_id} {self.age_h} h"

    def observation(self) -> Observation:
        return Observation(
            **{name: getattr(self, name) for name in Observation.__dataclass_fields__},
        )
