from billing.models.ledger import Entry, Hold, Lot
from billing.models.memberships import CatalogueVersion, MembershipPeriod, PlanVersion
from billing.models.organizations import ApiKey, Member, Organization
from billing.models.tenancy import TenantModel, TenantQuerySet

__all__ = [
    "ApiKey",
    "CatalogueVersion",
    "Entry",
    "Hold",
    "Lot",
    "Member",
    "MembershipPeriod",
    "Organization",
    "PlanVersion",
    "TenantModel",
    "TenantQuerySet",
]
