"""What customers' own systems are told: where to, what, and how each attempt went. The verbs are in ``creative.webhooks``."""

from django.db import models
from django.db.models import Q

from billing.models import TenantModel
from billing.public_ids import PublicIdField


class WebhookEndpoint(TenantModel):
    """One address of a customer. Its secret is derived from ``salt`` and our own key, so the database does not hold it."""

    public_id = PublicIdField("whk")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)  # names of events; none = all
    salt = models.CharField(max_length=40)
    failures = models.PositiveIntegerField(default=0)  # attempts that failed since the last that did not
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when its people were told by mail that it was switched off
    created_by = models.CharField(max_length=150, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "url"], name="webhook_url_once"),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookMessage(TenantModel):
    """One thing that happened, written in its transaction. ``key`` is the fact: the same one is told once."""

    public_id = PublicIdField("msg")
    event = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    body = models.TextField()  # the exact text that is signed and sent
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "event", "key"], name="webhook_fact_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"


class WebhookDelivery(TenantModel):
    """One message to one endpoint, tried until it is taken or given up."""

    class State(models.TextChoices):
        PENDING = "pending", "待送达 Pending"
        DELIVERED = "delivered", "已送达 Delivered"
        FAILED = "failed", "未送达 Failed"

    public_id = PublicIdField("dlv")
    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # of the last answer; null: there was none
    error = models.CharField(max_length=300, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="webhook_delivery_once"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="pending"), name="webhook_due")]

    def __str__(self) -> str:
        return f"{self.message} -> {self.endpoint}"
