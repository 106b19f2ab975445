"""Founding organizations, letting people and programs in."""

import hashlib
import secrets

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from billing.models import ApiKey, Member, Organization

KEY_PREFIX = "hsk_"
SHOWN = 12  # characters of a key that stay readable in lists


@transaction.atomic
def create_organization(name: str, *, owner: AbstractBaseUser, kind: str = Organization.Kind.MERCHANT) -> Organization:
    """A new tenant with its first member, the owner."""
    organization = Organization.objects.create(name=name, kind=Organization.Kind(kind))
    add_member(organization, owner, Member.Role.OWNER)
    return organization


def add_member(organization: Organization, user: AbstractBaseUser, role: str) -> Member:
    """Give a user a role; a user who is a member already changes to it."""
    member, _ = Member.objects.update_or_create(
        organization=organization, user_id=user.pk, defaults={"role": Member.Role(role)}
    )
    return member


def create_api_key(organization: Organization, name: str, role: str = Member.Role.PRODUCER) -> tuple[ApiKey, str]:
    """A key for programs, and its text, which is nowhere stored and cannot be shown again."""
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        organization=organization, name=name, role=Member.Role(role), prefix=text[:SHOWN], digest=digest(text)
    )
    return key, text


def revoke_api_key(key: ApiKey) -> None:
    """From now on the key opens nothing."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())


def digest(text: str) -> str:
    """What is stored of a key. A plain hash is enough: the key itself is 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()
