"""Members and invitations: seats, roles, single use, and always an owner."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import signing

from billing import members
from billing.access import ALLOWED, FOR_CLIENTS, Actor, require
from billing.errors import BillingError, InvitationGone, LastOwner, NotAllowed, SeatsTaken
from billing.memberships import start_period
from billing.models import Invitation, Member, Organization
from billing.organizations import add_member
from tests.billing.conftest import Clock

pytestmark = pytest.mark.django_db
Same = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def team(shop: Organization, clock: Clock) -> Organization:
    """Alice's shop on a plan with five seats, of which she has one."""
    start_period(shop, "platinum", key="test")
    return shop


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob")


@contextmanager
def refused(kind: type[BillingError]) -> Iterator[None]:
    """The refusal, and neither members nor invitations have changed."""

    def world() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (Member, Invitation)]

    before = world()
    with pytest.raises(kind):
        yield
    assert world() == before


@pytest.mark.parametrize("role", list(ALLOWED))
@pytest.mark.parametrize("action", ["read", "produce", "approve", "bill", "manage"])
@pytest.mark.parametrize("acting", [False, True])
def test_who_may_do_what(role: str, action: str, acting: bool) -> None:
    shop = Organization(name="x")
    actor = Actor(shop, role, agency=Organization(name="y") if acting else None)
    allowed = action in ALLOWED[role] and (not acting or action in FOR_CLIENTS)
    assert actor.may(action) is allowed
    if not allowed:
        with pytest.raises(NotAllowed):
            require(actor, action)


def test_an_invitation_lets_one_in(team: Organization, bob: User) -> None:
    invited = members.invite(team, "reviewer", note=" for Bob ", by="alice")
    assert (invited.note, invited.created_by) == ("for Bob", "alice")
    token = members.token_of(invited)
    assert members.invitation_of(token) == invited
    assert members.accept(invited, bob).role == "reviewer"
    invited.refresh_from_db()
    assert invited.accepted_by == bob
    with refused(InvitationGone):
        members.invitation_of(token)
    with refused(InvitationGone):
        members.accept(invited, User.objects.create_user("dora"))


def test_a_member_uses_up_no_invitation(team: Organization, alice: User) -> None:
    invited = members.invite(team, "viewer")
    assert members.accept(invited, alice).role == "owner"
    assert members.invitation_of(members.token_of(invited)) == invited


@pytest.mark.parametrize(
    "made", ["", "x", "inv_1:abc", None, "other"], ids=["empty", "x", "shaped", "unsalted", "salted"]
)
def test_no_link_can_be_made_up(team: Organization, made: str | None) -> None:
    invited = members.invite(team, "viewer")
    signed = {None: signing.dumps(invited.public_id), "other": signing.dumps(invited.public_id, salt="other")}
    token = signed.get(made) or made or ""
    with refused(InvitationGone):
        members.invitation_of(token)
    assert members.waiting(team).count() == 1


def test_an_invitation_expires(team: Organization, bob: User, clock: Clock) -> None:
    invited = members.invite(team, "viewer")
    clock.now += members.GOOD_FOR - timedelta(seconds=1)
    assert list(members.waiting(team)) == [invited]
    clock.passes(seconds=1)
    assert not members.waiting(team).exists()
    with refused(InvitationGone):
        members.invitation_of(members.token_of(invited))
    with refused(InvitationGone):
        members.accept(invited, bob)


def test_a_revoked_invitation_lets_nobody_in(team: Organization, charlies_shop: Organization, bob: User) -> None:
    invited = members.invite(team, "viewer")
    assert members.revoke(charlies_shop, invited.public_id) is False
    assert members.revoke(team, invited.public_id) is True
    assert members.revoke(team, invited.public_id) is False
    with refused(InvitationGone):
        members.accept(invited, bob)


def test_a_used_invitation_can_not_be_revoked(team: Organization, bob: User) -> None:
    invited = members.invite(team, "viewer")
    members.accept(invited, bob)
    assert members.revoke(team, invited.public_id) is False


def test_seats_are_those_of_the_plan(team: Organization, bob: User) -> None:
    for _ in range(4):
        last = members.invite(team, "viewer")
    with refused(SeatsTaken):
        members.invite(team, "viewer")
    members.revoke(team, last.public_id)
    members.invite(team, "viewer")
    assert members.waiting(team).count() == 4


def test_expired_invitations_take_no_seat(team: Organization, clock: Clock) -> None:
    for _ in range(4):
        members.invite(team, "viewer")
    clock.now += members.GOOD_FOR
    invited = members.invite(team, "viewer")
    assert list(members.waiting(team)) == [invited]


def test_the_free_plan_has_one_seat(shop: Organization) -> None:
    with refused(SeatsTaken):
        members.invite(shop, "viewer")
    assert not Invitation.objects.exists()


def test_a_smaller_plan_lets_nobody_more_in(team: Organization, bob: User, clock: Clock) -> None:
    invited = members.invite(team, "viewer")
    Invitation.objects.update(expires_at=clock.now + timedelta(days=60))
    clock.passes(days=40)
    with refused(SeatsTaken):
        members.accept(invited, bob)
    assert not Member.objects.filter(user=bob).exists()


def test_a_role_that_there_is_not(team: Organization, alice: User) -> None:
    with pytest.raises(ValueError, match="king"):
        members.invite(team, "king")
    mine = Member.objects.get(user=alice)
    with pytest.raises(ValueError, match="king"):
        members.change_role(mine, "king")
    assert not Invitation.objects.exists()


def test_there_is_always_an_owner(team: Organization, alice: User, bob: User) -> None:
    mine, his = Member.objects.get(user=alice), add_member(team, bob, "producer")
    with refused(LastOwner):
        members.change_role(mine, "viewer")
    with refused(LastOwner):
        members.remove(mine)
    members.change_role(mine, "owner")
    members.change_role(his, "owner")
    members.change_role(mine, "viewer")
    his.refresh_from_db()
    with refused(LastOwner):
        members.remove(his)
    members.remove(mine)
    assert list(Member.objects.filter(organization=team).values_list("user__username", "role")) == [("bob", "owner")]


def test_an_owner_elsewhere_is_no_owner_here(team: Organization, charlies_shop: Organization, alice: User) -> None:
    add_member(team, User.objects.get(username="charlie"), "viewer")
    with refused(LastOwner):
        members.remove(Member.objects.get(user=alice, organization=team))
    assert Member.objects.get(user=alice, organization=team).role == "owner"
