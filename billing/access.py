"""Who acts for which organization, and what each role may do. One table, asked by pages, API and commands alike."""

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import AbstractBaseUser

from billing.errors import NotAllowed
from billing.models import Member, Organization, OrgLink

Action = Literal["read", "produce", "approve", "bill", "manage"]

ALLOWED: dict[str, frozenset[Action]] = {
    Member.Role.OWNER: frozenset({"read", "produce", "approve", "bill", "manage"}),
    Member.Role.BILLING_ADMIN: frozenset({"read", "bill"}),
    Member.Role.PRODUCER: frozenset({"read", "produce"}),
    Member.Role.REVIEWER: frozenset({"read", "approve"}),
    Member.Role.VIEWER: frozenset({"read"}),
}
# An agency's people work in a merchant's studio with their own role, but its money and its members are not theirs.
FOR_CLIENTS: frozenset[Action] = frozenset({"read", "produce", "approve"})
SESSION_KEY = "acts_for"  # holds the public id of the organization that a signed-in person has chosen


@dataclass(frozen=True)
class Actor:
    """Somebody, or a program (``user`` is None), in a role of an organization.

    ``agency``: the organization whose member this is, where it acts for a linked merchant.
    """

    organization: Organization
    role: str
    user: AbstractBaseUser | None = None
    agency: Organization | None = None

    @property
    def actions(self) -> frozenset[Action]:
        allowed = ALLOWED.get(self.role, frozenset())
        return allowed if self.agency is None else allowed & FOR_CLIENTS

    def may(self, action: Action) -> bool:
        return action in self.actions

    @property
    def name(self) -> str:
        """Who it was, as journals name them: the person, and the agency that they did it for; empty for a program."""
        if self.user is None:
            return ""
        return f"{self.user.get_username()} ({self.agency.name})" if self.agency else self.user.get_username()


class ChoiceGone(NotAllowed):
    """The organization that this person has chosen is not theirs to act for any more."""


def actor_for(user: AbstractBaseUser, choice: object = "") -> Actor:
    """The user in the organization that they joined first, or in that of the public id ``choice``.

    A choice is an organization that they belong to, or a merchant with an active tie to an agency of theirs.
    Raises NotAllowed if they belong to none, ChoiceGone if the choice is none of these.
    """
    members = list(Member.objects.filter(user_id=user.pk).select_related("organization").order_by("id"))
    if not members:
        raise NotAllowed("You do not belong to an organization yet. Ask its owner to add you.")
    if not choice:
        return Actor(members[0].organization, members[0].role, user)
    for member in members:
        if member.organization.public_id == choice:
            return Actor(member.organization, member.role, user)
    return _for_client(members, user, str(choice))


def _for_client(members: list[Member], user: AbstractBaseUser, choice: str) -> Actor:
    by_agency = {member.organization_id: member for member in members}
    ties = OrgLink.objects.standing().filter(agency__in=by_agency, merchant__public_id=choice)
    link = ties.select_related("agency", "merchant").order_by("id").first()
    if link is None:
        raise ChoiceGone("You do not act for this organization any more. Choose another one.")
    return Actor(link.merchant, by_agency[link.agency_id].role, user, link.agency)


def choices_of(user: AbstractBaseUser) -> tuple[Organization, ...]:
    """Every organization that a person can act for: those they belong to, then their agencies' merchants."""
    own = [one.organization for one in Member.objects.filter(user_id=user.pk).select_related("organization")]
    ties = OrgLink.objects.standing().filter(agency__in=own).select_related("merchant").order_by("merchant__name")
    return tuple(dict.fromkeys([*own, *(link.merchant for link in ties)]))


def name_in_journal(user: AbstractBaseUser, organization: Organization) -> str:
    """A person who works for an organization, with the agency that they do it for if they are no member themselves."""
    name = user.get_username()
    if Member.objects.filter(organization=organization, user_id=user.pk).exists():
        return name
    ties = OrgLink.objects.standing().filter(merchant=organization, agency__members__user=user.pk)
    link = ties.select_related("agency").first()
    return f"{name} ({link.agency.name})" if link else name


def allows(role: str, action: Action) -> bool:
    """Whether a role may do this in its own organization. An unknown role may do nothing."""
    return action in ALLOWED.get(role, frozenset())


def require(actor: Actor, action: Action) -> None:
    """Raises NotAllowed unless the actor may do this."""
    if not actor.may(action):
        raise NotAllowed(f"Your role ({actor.role}) may not {action} here. Ask the owner of {actor.organization.name}.")
