"""Who acts for which organization, and what each role may do. One table, asked by pages, API and commands alike."""

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import AbstractBaseUser

from billing.errors import NotAllowed
from billing.models import Member, Organization

Action = Literal["read", "produce", "approve", "bill", "manage"]

ALLOWED: dict[str, frozenset[Action]] = {
    Member.Role.OWNER: frozenset({"read", "produce", "approve", "bill", "manage"}),
    Member.Role.BILLING_ADMIN: frozenset({"read", "bill"}),
    Member.Role.PRODUCER: frozenset({"read", "produce"}),
    Member.Role.REVIEWER: frozenset({"read", "approve"}),
    Member.Role.VIEWER: frozenset({"read"}),
}


@dataclass(frozen=True)
class Actor:
    """Somebody, or a program (``user`` is None), in a role of an organization."""

    organization: Organization
    role: str
    user: AbstractBaseUser | None = None


def actor_for(user: AbstractBaseUser) -> Actor:
    """The user in the organization that they joined first. Raises NotAllowed if they belong to none."""
    member = Member.objects.filter(user_id=user.pk).select_related("organization").order_by("id").first()
    if member is None:
        raise NotAllowed("You do not belong to an organization yet. Ask its owner to add you.")
    return Actor(member.organization, member.role, user)


def allows(role: str, action: Action) -> bool:
    """Whether a role may do this. An unknown role may do nothing."""
    return action in ALLOWED.get(role, frozenset())


def require(actor: Actor, action: Action) -> None:
    """Raises NotAllowed unless the actor's role may do this."""
    if not allows(actor.role, action):
        raise NotAllowed(f"Your role ({actor.role}) may not {action} here. Ask the owner of {actor.organization.name}.")
