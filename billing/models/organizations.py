"""Who pays and who works: organizations, members with roles, API keys."""

from django.conf import settings
from django.db import models

from billing.public_ids import PublicIdField


class Organization(models.Model):
    """The tenant: a merchant's shop or an MCN agency. Credits, products and ads belong to it, never to a user."""

    class Kind(models.TextChoices):
        MERCHANT = "merchant", "商家 Merchant"
        AGENCY = "agency", "MCN 机构 Agency"

    public_id = PublicIdField("org")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MERCHANT)
    # Set when an audit of its ledger failed: nothing more is charged until a person has looked.
    parked_reason = models.CharField(max_length=300, blank=True)
    # Set by our staff: nothing new may be ordered, and the organization's pages say this reason.
    suspended_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A user's role in one organization."""

    class Role(models.TextChoices):
        OWNER = "owner", "所有者 Owner"
        BILLING_ADMIN = "billing_admin", "财务 Billing admin"
        PRODUCER = "producer", "制作 Producer"
        REVIEWER = "reviewer", "审核 Reviewer"
        VIEWER = "viewer", "只读 Viewer"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_role_per_member"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class ApiKey(models.Model):
    """A key for programs. Only its SHA-256 is stored; the text is shown once, when it is made."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=16, choices=Member.Role.choices, default=Member.Role.PRODUCER)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
