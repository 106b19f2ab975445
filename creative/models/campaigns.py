"""Many products x templates x languages, ordered as one: one quote, one hold, admitted whole or not at all."""

from django.conf import settings
from django.db import models

from billing.models import Hold, TenantModel
from billing.public_ids import PublicIdField


class Campaign(TenantModel):
    class State(models.TextChoices):
        DRAFT = "draft", "草稿 Draft"
        RUNNING = "running", "制作中 Running"
        FINISHED = "finished", "已结束 Finished"

    public_id = PublicIdField("cmp")
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holds_taken = models.PositiveSmallIntegerField(default=0)
    credits_quoted = models.PositiveIntegerField(default=0)
    credits_settled = models.PositiveIntegerField(null=True, blank=True)
    # Combinations that could not become an ad: [{"product", "template", "lang", "reason"}]
    left_out = models.JSONField(default=list)
    cancel_requested = models.BooleanField(default=False)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
