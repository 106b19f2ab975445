"""An agency and its merchants, for tests of billing."""

from django.contrib.auth.models import User

from billing import links
from billing.memberships import start_period
from billing.models import Organization, OrgLink
from billing.organizations import create_organization

PAYS = links.Terms("agency", 100)
SELF = links.Terms("merchant")


def open_agency(name: str = "Star MCN", plan: str = "platinum") -> Organization:
    owner, _ = User.objects.get_or_create(username=f"boss of {name}")
    agency = create_organization(name, owner=owner, kind="agency")
    if plan != "free":
        start_period(agency, plan, key="test")
    return agency


def tie(agency: Organization, merchant: Organization, terms: links.Terms = PAYS) -> OrgLink:
    """Invited by the agency and accepted by the merchant."""
    return links.accept(links.invite(agency, merchant.public_id, terms), merchant)
