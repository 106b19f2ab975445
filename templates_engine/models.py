"""Rows: immutable versions of script templates, analyses of hit videos, results of published ads."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from billing.models import Organization, TenantModel
from billing.models.tenancy import TenantManager, TenantQuerySet
from billing.public_ids import PublicIdField
from templates_engine.domain.analysis import Observation, VideoAnalysis
from templates_engine.domain.analysis_json import from_dict as analysis_from_dict
from templates_engine.domain.beats import Role
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.template_json import from_dict


class TemplateQuerySet(models.QuerySet["TemplateVersion"]):
    def visible_to(self, organization: Organization | None) -> Self:
        """Public templates, the organization's own, and those shared with it; what is not in here does not exist for it."""
        if organization is None:
            return self.filter(organization=None)
        # By owner and family: another tenant may have a family of the same name, and that one is not shared.
        shared = TemplateShare.objects.received_by(organization).filter(
            accepted_at__isnull=False, organization=OuterRef("organization"), family=OuterRef("family")
        )
        return self.filter(Q(organization=None) | Q(organization=organization) | Exists(shared))

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


class TemplateShareManager(TenantManager["TemplateShare"]):
    """``of`` gives what an organization shares, ``received_by`` what is shared with it."""

    def received_by(self, organization: Organization) -> TenantQuerySet["TemplateShare"]:
        return self.get_queryset().filter(to_organization=organization)


class TemplateShare(TenantModel):
    """``organization`` lets ``to_organization`` use all versions of one family of its own: to see and fill, never to change.

    Until it is accepted it is an offer, so that nobody's ads are written by templates that they did not ask for. The row is
    deleted when either side ends it.
    """

    public_id = PublicIdField("shr")
    family = models.CharField(max_length=80)
    to_organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    created_by = models.CharField(max_length=150, blank=True)  # user name; empty for a program
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TemplateShareManager] = TemplateShareManager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "family", "to_organization"], name="one_share_per_family_receiver"
            )
        ]

    def __str__(self) -> str:
        return f"{self.family} → {self.to_organization}"


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
        TYPED = "typed", "手填 Typed"

    script_id = models.CharField(max_length=80)  # the ad's public id
    template_id = models.CharField(max_length=80)
    family = models.CharField(max_length=80, db_index=True)
    platform = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=80, blank=True)  # of the goods
    published_at = models.DateTimeField(null=True, blank=True)  # when the ad went online
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


class RoleCorrection(TenantModel):
    """A person's word on what one line of an ad does. Never changed: of the same line corrected twice, the later counts.

    ``shared``: whether the line may teach the model that everybody uses; otherwise it stays with its organization.
    """

    lang = models.CharField(max_length=2)
    text = models.CharField(max_length=500)
    position = models.PositiveIntegerField()  # of the line in its ad, from 0
    count = models.PositiveIntegerField()  # lines of that ad
    previous_text = models.CharField(max_length=500, blank=True)
    next_text = models.CharField(max_length=500, blank=True)
    said_roles = models.JSONField(default=list)  # list[str]: what the tagger had said, the likeliest first
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    shared = models.BooleanField(default=False)
    created_by = models.CharField(max_length=150, blank=True)  # user name; empty for a program
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["organization", "lang", "text"], name="correction_of_a_line")]

    def __str__(self) -> str:
        return f"{self.text[:20]}: {self.role}"


class Hit(TenantModel):
    """A hit that a merchant brought to be learned from. The row is the queue: who finds it pending may claim it.

    ``video`` is the untrusted file in the storage, only until it is measured; what stays is ``analysis``, and of every shot
    one small picture that we encoded ourselves. ``lines`` and ``metrics`` came with it, as in domain/analysis_json.
    """

    class State(models.TextChoices):
        PENDING = "pending", "排队中 Waiting"
        WORKING = "working", "分析中 Measuring"
        DONE = "done", "已分析 Measured"
        FAILED = "failed", "没读懂 Failed"

    class Rights(models.TextChoices):
        OWN = "own", "自有 Our own"
        LICENSED = "licensed", "已获授权 Licensed"
        REFERENCE = "reference", "公开参考 Public reference"

    public_id = PublicIdField("hit")
    video_id = models.CharField(max_length=200)  # the file's name without its ending: what sheets call it
    original_name = models.CharField(max_length=200)
    lang = models.CharField(max_length=2, blank=True)  # empty: told from the words
    category = models.CharField(max_length=80, blank=True)
    platform = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    rights = models.CharField(max_length=10, choices=Rights.choices)
    sha256 = models.CharField(max_length=64, blank=True)  # of the video, of the words where there is none
    video = models.CharField(max_length=200, blank=True)
    lines = models.JSONField(default=list)
    metrics = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    percent = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=20, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_zh = models.CharField(max_length=500, blank=True)
    error_en = models.CharField(max_length=500, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(null=True, blank=True)  # when its worker was last heard of
    pictures = models.PositiveSmallIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)  # lines that tell something: without any it can not be learned from
    analysis = models.OneToOneField(AnalysedVideo, on_delete=models.SET_NULL, null=True, blank=True, related_name="hit")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["organization", "video_id"], name="one_hit_per_name")]
        indexes = [models.Index(fields=["state", "due_at"], name="hits_that_wait")]

    def __str__(self) -> str:
        return self.video_id

    @property
    def open(self) -> bool:
        """Whether it is still to be measured."""
        return self.state in (self.State.PENDING, self.State.WORKING)
