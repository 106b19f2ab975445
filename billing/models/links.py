"""Agencies and their merchants: who pays for whose work, and how much of it in a calendar month."""

from django.db import models
from django.db.models import F, Q

from billing.models.organizations import Organization
from billing.models.tenancy import TenantModel
from billing.public_ids import PublicIdField


class OrgLinkQuerySet(models.QuerySet["OrgLink"]):
    """A tie belongs to both of its ends, so it is no ``TenantModel``: ``of`` gives what either end may see."""

    def of(self, organization: Organization) -> "OrgLinkQuerySet":
        return self.filter(Q(agency=organization) | Q(merchant=organization))

    def standing(self) -> "OrgLinkQuerySet":
        """Those that are in force."""
        return self.filter(state=OrgLink.State.ACTIVE)

    def handing_over(self, agency: Organization) -> "OrgLinkQuerySet":
        """Offers of other agencies to take over a merchant of ``agency``, which it has to agree to."""
        return self.filter(state=OrgLink.State.INVITED, replaces__agency=agency)


class OrgLink(models.Model):
    """One agency's tie to one merchant. Invited by one side, active once the other accepts, and at last ended for good.

    Where it ``replaces`` a tie to another agency, that agency has to agree too, and its tie ends at the same moment.
    """

    class Payer(models.TextChoices):
        AGENCY = "agency", "机构付费 The agency pays"
        MERCHANT = "merchant", "商家自付 The merchant pays"

    class State(models.TextChoices):
        INVITED = "invited", "待接受 Invited"
        ACTIVE = "active", "合作中 Active"
        ENDED = "ended", "已结束 Ended"

    public_id = PublicIdField("lnk")
    agency = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    merchant = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    payer = models.CharField(max_length=10, choices=Payer.choices)
    monthly_cap = models.PositiveIntegerField(default=0)  # credits a calendar month; counts only where the agency pays
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Who has said yes, and when; the inviting side has from the start. Former: the agency of the tie that is replaced.
    agency_agreed_at = models.DateTimeField(null=True, blank=True)
    merchant_agreed_at = models.DateTimeField(null=True, blank=True)
    former_agreed_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.CharField(max_length=150, blank=True)  # user name
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    objects = OrgLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "merchant"], condition=~Q(state="ended"), name="link_once_at_a_time"
            ),
            # Two payers at once would leave open whose money a work takes.
            models.UniqueConstraint(
                fields=["merchant"], condition=Q(state="active", payer="agency"), name="link_one_paying_agency"
            ),
            models.CheckConstraint(condition=~Q(agency=F("merchant")), name="link_has_two_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} – {self.merchant} ({self.state})"


class Budget(TenantModel):
    """What a merchant may use of its agency's account in one calendar month; ``organization`` is the agency.

    Only ``billing.ledger`` moves ``held`` and ``spent``, together with the lots. ``used_before`` is what was held and
    spent when the cap was last changed: a cap may be lowered below that, which stops new work but not what runs.
    """

    link = models.ForeignKey(OrgLink, on_delete=models.PROTECT, related_name="budgets")
    month = models.DateField()  # its first day, in the catalogue's time zone
    cap = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    spent = models.PositiveIntegerField(default=0)
    used_before = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["link", "month"], name="budget_once_a_month"),
            models.CheckConstraint(
                condition=Q(cap__gte=F("held") + F("spent")) | Q(used_before__gte=F("held") + F("spent")),
                name="budget_never_passed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.held + self.spent}/{self.cap}"

    @property
    def left(self) -> int:
        """Credits that new work may take this month."""
        return max(0, self.cap - self.held - self.spent)
