"""The people of an organization: let in by invitation, given another role, removed; never without an owner."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing.errors import InvitationGone, LastOwner, SeatsTaken
from billing.memberships import own_entitlements
from billing.models import Invitation, Member, Organization

SALT = "billing.invitation"
GOOD_FOR = timedelta(days=7)


def invite(organization: Organization, role: str, *, note: str = "", by: str = "") -> Invitation:
    """A place for whoever comes with ``token_of`` the invitation first, within a week. It keeps a seat so long.

    Raises SeatsTaken, or ValueError for a role that there is not.
    """
    with transaction.atomic():
        _lock(organization)
        _check_seats(organization, waiting=waiting(organization).count())
        return Invitation.objects.create(
            organization=organization,
            role=Member.Role(role),
            note=note.strip()[:80],
            created_by=by[:150],
            expires_at=timezone.now() + GOOD_FOR,
        )


def waiting(organization: Organization) -> "QuerySet[Invitation]":
    """Invitations that can still be accepted."""
    rows = Invitation.objects.of(organization).filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return rows.select_related("organization")


def token_of(invitation: Invitation) -> str:
    """What stands in the link: the invitation's public id, signed, so that no link can be made up."""
    return signing.dumps(invitation.public_id, salt=SALT)


def invitation_of(token: str) -> Invitation:
    """The invitation behind a link, while it can be accepted. Raises InvitationGone."""
    try:
        public_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise InvitationGone from None
    rows = Invitation.objects.filter(public_id=public_id, accepted_at=None, revoked_at=None)
    found = rows.filter(expires_at__gt=timezone.now()).select_related("organization").first()
    if found is None:
        raise InvitationGone
    return found


def accept(invitation: Invitation, user: AbstractBaseUser) -> Member:
    """``user`` takes the place. A member already has one: then the invitation stays good and nothing changes.

    Raises InvitationGone (somebody was quicker), or SeatsTaken where the plan has become smaller meanwhile.
    """
    organization = invitation.organization
    with transaction.atomic():
        _lock(organization)
        present = Member.objects.filter(organization=organization, user_id=user.pk).first()
        if present is not None:
            return present
        now = timezone.now()
        mine = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
        if not mine.update(accepted_at=now, accepted_by_id=user.pk):
            raise InvitationGone
        _check_seats(organization)
        return Member.objects.create(organization=organization, user_id=user.pk, role=invitation.role)


def revoke(organization: Organization, public_id: str) -> bool:
    """From now on the link opens nothing. False: there is none that waits under this id."""
    now = timezone.now()
    return bool(waiting(organization).filter(public_id=public_id).update(revoked_at=now))


def change_role(member: Member, role: str) -> None:
    """Raises LastOwner, or ValueError for a role that there is not; nothing has changed then."""
    wanted = Member.Role(role)
    with transaction.atomic():
        _lock(member.organization)
        if wanted != Member.Role.OWNER:
            _check_other_owner(member)
        Member.objects.filter(pk=member.pk).update(role=wanted)


def remove(member: Member) -> None:
    """They see nothing of the organization any more; what they made stays. Raises LastOwner."""
    with transaction.atomic():
        _lock(member.organization)
        _check_other_owner(member)
        Member.objects.filter(pk=member.pk).delete()


def seats_of(organization: Organization) -> int:
    """How many people the plan lets belong to the organization."""
    return own_entitlements(organization).seats


def _lock(organization: Organization) -> None:
    # Two at the same moment must come one after the other, or both would take the last seat, or both owners would go.
    Organization.objects.select_for_update().get(pk=organization.pk)


def _check_seats(organization: Organization, *, waiting: int = 0) -> None:
    seats = seats_of(organization)
    if Member.objects.filter(organization=organization).count() + waiting >= seats:
        raise SeatsTaken(seats)


def _check_other_owner(member: Member) -> None:
    others = Member.objects.filter(organization=member.organization, role=Member.Role.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise LastOwner
