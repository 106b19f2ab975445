"""Links that let one person into an organization, once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models.organizations import Member
from billing.models.tenancy import TenantModel
from billing.public_ids import PublicIdField


class Invitation(TenantModel):
    """A place in an organization, with its role, for whoever comes with the signed link first."""

    public_id = PublicIdField("inv")
    role = models.CharField(max_length=16, choices=Member.Role.choices)
    note = models.CharField(max_length=80, blank=True)  # for whom it is, as a reminder; nobody is checked against it
    created_by = models.CharField(max_length=150, blank=True)  # user name
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(accepted_at=None), name="invitation_revoked_or_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.note}".strip()
