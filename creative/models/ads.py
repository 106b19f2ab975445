"""What to say to whom (Brief), and the finished work with its state (Ad)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models import Hold, Organization, TenantModel
from billing.public_ids import PublicIdField
from creative.models.brand import MusicTrack
from creative.models.campaigns import Campaign
from creative.models.products import Asset, Product
from generation.models import RenderJob, Rendition


class Brief(TenantModel):
    """What the merchant asked for. An empty ``template_id`` means: choose for me."""

    public_id = PublicIdField("brf")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="briefs")
    lang = models.CharField(max_length=2)
    aspects = models.JSONField(default=list)  # list[str]; the first is the shape that is filmed
    target_ms = models.PositiveIntegerField(default=15_000)
    template_id = models.CharField(max_length=80, blank=True)
    engine = models.CharField(max_length=40)
    # How a template is chosen where none is named: "explore" draws from what results say, "safest" takes the surest.
    pick = models.CharField(max_length=8, default="explore")
    theme = models.CharField(max_length=20, default="ember")
    music = models.BooleanField(default=True)
    track = models.ForeignKey(MusicTrack, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voice = models.CharField(max_length=8, blank=True)  # "house": the installation's speaker; empty: nobody speaks
    kit_of = models.ForeignKey(  # whose brand kit it wears; null: none
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seed = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.public_id)


class Ad(TenantModel):
    """One ad. ``production.advance`` is the only code that changes ``state`` after the order."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿 Draft"
        HELD = "held", "已预留 Held"
        SHOOTING = "shooting", "拍摄中 Shooting"
        ASSEMBLING = "assembling", "剪辑中 Assembling"
        CHECKING = "checking", "检查中 Checking"
        READY = "ready", "已完成 Ready"
        FAILED = "failed", "失败 Failed"
        CANCELLED = "cancelled", "已取消 Cancelled"

    ENDS = (State.READY, State.FAILED, State.CANCELLED)
    # As a filter: not ``files_removed``, for an ad that has been finished.
    FILES_KEPT = Q(files_removed_at=None) | Q(files_removed_at__lt=F("finished_at"))

    public_id = PublicIdField("ad")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="ads")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="ads")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="ads", null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT, db_index=True)
    reason = models.CharField(max_length=400, blank=True)  # why it failed, and what to do
    reason_en = models.CharField(max_length=400, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    template_id = models.CharField(max_length=80)
    choice = models.JSONField(default=list)  # why this template: [{"code", "value", "zh", "en"}]
    script = models.JSONField()  # templates_engine script_to_dict
    script_unspoken = models.JSONField(null=True, blank=True)  # its times of before a voice; null: nobody speaks
    script_version = models.PositiveIntegerField(default=0)  # how often its lines were edited
    timeline = models.JSONField()  # generation timeline_to_dict
    credits_quoted = models.PositiveIntegerField(default=0)
    price_percent = models.PositiveSmallIntegerField(default=100)  # of the list price: below 100 = quoted off-peak
    credits_settled = models.PositiveIntegerField(null=True, blank=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holds_taken = models.PositiveSmallIntegerField(default=0)  # numbers the keys of the holds of this ad
    cancel_requested = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(
        default=0
    )  # 0: the ad itself, n: its n-th reshoot; old workers see it change
    created_at = models.DateTimeField(auto_now_add=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.ForeignKey(  # null: a program, or somebody who has left
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    # When the plan's retention was over and the files began to be removed. Files made since then are there again.
    files_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def files_removed(self) -> bool:
        """Whether its finished files are gone (or just going)."""
        gone, made = self.files_removed_at, self.finished_at
        return gone is not None and made is not None and gone >= made


class AdShot(models.Model):
    """One filmed shot of an ad: which photo, which move, its price, and the job that films it."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="shots")
    index = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=16)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField()  # generation plan_to_dict
    clip_key = models.CharField(max_length=64)
    credits = models.PositiveIntegerField(default=0)  # 0: the tenant has paid for this very clip before
    list_credits = models.PositiveIntegerField(default=0)  # the same outside of off-peak hours
    job = models.ForeignKey(RenderJob, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["ad", "index"], name="one_shot_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.ad.public_id} #{self.index}"


class AdOutput(models.Model):
    """One aspect ratio of an ad and the file that came of it."""

    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="outputs")
    aspect = models.CharField(max_length=8)
    job = models.ForeignKey(RenderJob, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rendition = models.ForeignKey(Rendition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ad", "aspect"], name="one_output_per_aspect"),
        ]

    def __str__(self) -> str:
        return f"{self.ad.public_id} {self.aspect}"


class PaidClip(TenantModel):
    """A clip that a finished ad has paid for. Written in the transaction that settles that ad, read by every quote.

    A clip filmed for an ad that failed stays in the cache without such a row, so the next ad that uses it pays once.
    """

    clip_key = models.CharField(max_length=64)
    ad = models.ForeignKey(Ad, on_delete=models.PROTECT, related_name="paid_clips")
    credits = models.PositiveIntegerField()
    # For metering. ``paid_by`` is the public id under which its hold is settled: of the ad, its reshoot or its campaign.
    paid_by = models.CharField(max_length=40, blank=True, db_index=True)
    index = models.PositiveSmallIntegerField(default=0)  # of the shot in the ad
    engine = models.CharField(max_length=60, blank=True)
    ms = models.PositiveIntegerField(default=0)  # of picture
    engine_ms = models.PositiveIntegerField(default=0)  # the engine took so long to film it
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "clip_key"], name="a_clip_is_paid_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clip_key[:12]} {self.credits}"
