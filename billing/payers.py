"""Who pays for the work of an organization: itself, or the agency that has agreed to."""

from dataclasses import dataclass

from billing.models import Organization, OrgLink


@dataclass(frozen=True)
class Payer:
    """``account``: whose lots are drawn. ``link``: the tie by which it pays for somebody else, None for its own work."""

    account: Organization
    link: OrgLink | None = None


def payer_of(organization: Organization) -> Payer:
    """Whoever pays from now on; what is under way stays with whoever began it."""
    if organization.kind == Organization.Kind.AGENCY:  # nobody pays for an agency
        return Payer(organization)
    paying = OrgLink.objects.standing().filter(merchant=organization, payer=OrgLink.Payer.AGENCY)
    link = paying.select_related("agency").first()
    return Payer(organization) if link is None else Payer(link.agency, link)
