"""One shot of a ready ad filmed anew: what it costs, and what the ad was before, so that it can be that again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models import Hold, TenantModel
from billing.public_ids import PublicIdField
from creative.models.ads import Ad


class Reshoot(TenantModel):
    """While it is open, the ad's rows hold the new shot, and ``before`` what they held: nothing of the old film is lost."""

    class State(models.TextChoices):
        OPEN = "open", "进行中 Under way"
        DONE = "done", "已完成 Done"
        FAILED = "failed", "失败 Failed"
        CANCELLED = "cancelled", "已取消 Cancelled"

    class Kind(models.TextChoices):
        SHOT = "shot", "重拍镜头 Shot"
        ORDER = "order", "重新剪辑 New cut"

    public_id = PublicIdField("rsh")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SHOT)
    ad = models.ForeignKey(Ad, on_delete=models.CASCADE, related_name="reshoots")
    number = models.PositiveSmallIntegerField()  # the ad's round in which it happens, from 1
    index = models.PositiveSmallIntegerField()  # of the shot; 0 for a new cut
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=400, blank=True)
    reason_en = models.CharField(max_length=400, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    before = models.JSONField()  # creative.reshoots and recuts: shots, timeline and files of the old film
    credits_quoted = models.PositiveIntegerField(default=0)
    credits_settled = models.PositiveIntegerField(null=True, blank=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holds_taken = models.PositiveSmallIntegerField(default=0)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["ad", "number"], name="a_reshoot_has_its_round"),
            models.UniqueConstraint(fields=["ad"], condition=Q(state="open"), name="one_reshoot_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.ad.public_id} #{self.index} ({self.number})"
