"""Ties between agencies and merchants: invited by one side, accepted by the other, ended by either.

An agency that takes over a merchant which another agency pays for needs the yes of all three. The old tie then ends in
the moment in which the new one begins, and keeps its months, its works and its statements.
"""

from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.utils import timezone

from billing import budgets
from billing.errors import LinkRefused
from billing.memberships import own_entitlements
from billing.models import Organization, OrgLink

Side = Literal["agency", "merchant", "former"]
State, Payer = OrgLink.State, OrgLink.Payer
MAX_CAP = 10_000_000  # credits a month; more is a slip of the finger


@dataclass(frozen=True)
class Terms:
    """Who pays, and where it is the agency, at most how many credits in a calendar month."""

    payer: str
    monthly_cap: int = 0

    def __post_init__(self) -> None:
        Payer(self.payer)
        if not 0 <= self.monthly_cap <= MAX_CAP:
            raise ValueError(f"a cap is 0 to {MAX_CAP} credits a month, not {self.monthly_cap}")


def invite(inviter: Organization, other_id: str, terms: Terms, *, by: str = "") -> OrgLink:
    """Offer a tie to the organization with the public id ``other_id``. Twice the same is one offer.

    Raises LinkRefused: ``no_such_organization``, ``wrong_kinds``, ``linked_already``, ``too_many_merchants``.
    """
    other = Organization.objects.filter(public_id=other_id.strip()).first()
    if other is None:
        raise LinkRefused("no_such_organization", 404, "No organization has this number. Ask for the one (org_...).")
    agency, merchant = _sides(inviter, other)
    with transaction.atomic():
        _lock(agency, merchant)
        existing = OrgLink.objects.of(agency).filter(merchant=merchant).exclude(state=State.ENDED).first()
        if existing is not None:
            return _same_offer(existing, terms)
        _check_room(agency)
        side = "agency" if inviter == agency else "merchant"
        return OrgLink.objects.create(
            agency=agency,
            merchant=merchant,
            payer=terms.payer,
            monthly_cap=terms.monthly_cap,
            replaces=_paying_link(merchant) if terms.payer == Payer.AGENCY else None,
            invited_by=by[:150],
            **{f"{side}_agreed_at": timezone.now()},
        )


def side_of(link: OrgLink, organization: Organization) -> Side | None:
    """As what an organization has a say in a tie; None: it has none."""
    if link.agency_id == organization.pk:
        return "agency"
    if link.merchant_id == organization.pk:
        return "merchant"
    return "former" if link.replaces is not None and link.replaces.agency_id == organization.pk else None


def waits_for(link: OrgLink) -> tuple[Side, ...]:
    """Whose yes an invited tie still needs; of a replaced agency only while its tie stands."""
    replaces = link.replaces is not None and link.replaces.state == State.ACTIVE
    sides: tuple[Side, ...] = ("agency", "merchant", "former") if replaces else ("agency", "merchant")
    return tuple(side for side in sides if getattr(link, f"{side}_agreed_at") is None)


def accept(link: OrgLink, organization: Organization) -> OrgLink:
    """One side's yes; the last one makes the tie active. Said twice it is one yes.

    Raises LinkRefused: ``link_ended``, ``too_many_merchants``, or ``paid_by_another`` where the merchant has meanwhile
    got another paying agency than the one that was asked.
    """
    with transaction.atomic():
        _lock(link.agency, link.merchant)
        locked = OrgLink.objects.select_related("agency", "merchant", "replaces").get(pk=link.pk)
        if locked.state == State.ENDED:
            raise LinkRefused("link_ended", 409, "This offer was withdrawn. Ask for a new one.")
        side = side_of(locked, organization)
        if side is None or locked.state == State.ACTIVE:
            return locked
        setattr(locked, f"{side}_agreed_at", timezone.now())
        if not waits_for(locked):
            _begin(locked)
        locked.save(update_fields=[f"{side}_agreed_at", "state", "started_at"])
    return locked


def end(link: OrgLink, organization: Organization, *, by: str = "") -> None:
    """Withdraw, decline or end it. What runs is finished and paid as it was begun; new work is not paid any more.

    The agency that would be replaced may only decline. A tie that has ended already stays as it is.
    """
    with transaction.atomic():
        side = side_of(link, organization)
        open_ones = OrgLink.objects.filter(pk=link.pk, state=State.INVITED)
        if side != "former":
            open_ones = open_ones | OrgLink.objects.filter(pk=link.pk, state=State.ACTIVE)
        if side and open_ones.update(state=State.ENDED, ended_at=timezone.now(), ended_by=by[:150]):
            budgets.recap(link, 0)


def set_cap(link: OrgLink, agency: Organization, cap: int) -> None:
    """The agency changes its cap, from this month on; a cap below what is used stops new work only.

    Raises LinkRefused ``not_the_payer`` or ``link_ended``, and ValueError for a cap that can not be.
    """
    Terms(link.payer, cap)
    if link.payer != Payer.AGENCY or link.agency_id != agency.pk:
        raise LinkRefused("not_the_payer", 403, "Only the agency that pays sets the cap.")
    with transaction.atomic():
        if not OrgLink.objects.filter(pk=link.pk).exclude(state=State.ENDED).update(monthly_cap=cap):
            raise LinkRefused("link_ended", 409, "This tie has ended: its cap counts no more.")
        budgets.recap(link, cap)


def clients_of(agency: Organization) -> tuple[Organization, ...]:
    """The merchants that an agency works for now, by name; none for who is no agency."""
    ties = OrgLink.objects.standing().filter(agency=agency).select_related("merchant")
    return tuple(link.merchant for link in ties.order_by("merchant__name", "id"))


def client_named(agency: Organization, name: str) -> Organization | None:
    """The one merchant of an agency that has this name; None where none has it, or several."""
    found = OrgLink.objects.standing().filter(agency=agency, merchant__name__iexact=name.strip())
    links = list(found.select_related("merchant")[:2])
    return links[0].merchant if len(links) == 1 else None


def _sides(inviter: Organization, other: Organization) -> tuple[Organization, Organization]:
    """(agency, merchant)."""
    by_kind = {one.kind: one for one in (inviter, other)}
    if len(by_kind) != 2:
        raise LinkRefused("wrong_kinds", 422, "A tie has one agency and one merchant: check the number.")
    return by_kind[Organization.Kind.AGENCY], by_kind[Organization.Kind.MERCHANT]


def _lock(agency: Organization, merchant: Organization) -> None:
    # What is decided about one agency or one merchant comes one after the other, or two merchants would both be the
    # last that the plan allows. The agency first, always, so nobody waits in a circle.
    for one in (agency, merchant):
        Organization.objects.select_for_update().get(pk=one.pk)


def _same_offer(existing: OrgLink, terms: Terms) -> OrgLink:
    if existing.state == State.INVITED and (existing.payer, existing.monthly_cap) == (terms.payer, terms.monthly_cap):
        return existing
    raise LinkRefused("linked_already", 409, "There is a tie or an offer between you already. End it first.")


def _check_room(agency: Organization, *, but: OrgLink | None = None) -> None:
    """Offers of the agency's own count, those that merchants make to it do not until it accepts."""
    taken = OrgLink.objects.filter(agency=agency).exclude(state=State.ENDED).exclude(agency_agreed_at=None)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    most = own_entitlements(agency).merchants
    if taken.count() >= most:
        detail = f"The agency's plan serves {most} merchants and they are taken. End one or choose a higher plan."
        raise LinkRefused("too_many_merchants", 403, detail, merchants=most)


def _paying_link(merchant: Organization) -> OrgLink | None:
    return OrgLink.objects.standing().filter(merchant=merchant, payer=Payer.AGENCY).first()


def _begin(link: OrgLink) -> None:
    """All have agreed: ``link`` is active, and the tie that it replaces has ended."""
    _check_room(link.agency, but=link)
    now = timezone.now()
    if link.payer == Payer.AGENCY:
        paying = _paying_link(link.merchant)
        if paying is not None and paying.pk != link.replaces_id:
            raise LinkRefused(
                "paid_by_another", 409, "Another agency pays for this merchant by now. End that tie, or offer anew."
            )
        if paying is not None:
            OrgLink.objects.filter(pk=paying.pk).update(state=State.ENDED, ended_at=now, ended_by="transfer")
            budgets.recap(paying, 0)
    link.state, link.started_at = State.ACTIVE, now
