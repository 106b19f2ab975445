"""Answers kept under their ``Idempotency-Key``, so that a repeated POST makes nothing twice."""

from django.db import models

from billing.models import TenantModel


class IdempotentRequest(TenantModel):
    """After draft-ietf-httpapi-idempotency-key-header-07: same key and body give the same answer."""

    key = models.CharField(max_length=200)
    route = models.CharField(max_length=120)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # null: still being answered
    response = models.JSONField(null=True, blank=True)
    location = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
