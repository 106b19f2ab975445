"""The members page and the page behind an invitation."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing import members
from billing.access import ALLOWED, actor_for
from billing.memberships import start_period
from billing.models import Invitation, Member, Organization
from tests.creative.shops import Shop

NEW = {"email": "New@Example.com", "password": "a-long-passphrase-1"}


@pytest.fixture
def team(alice: Shop) -> Shop:
    """Alice on a plan with five seats."""
    start_period(alice.organization, "platinum", key="seats")
    return alice


@pytest.fixture
def owner(client: Client, team: Shop) -> Client:
    client.force_login(team.owner)
    return client


def link_to(invited: Invitation) -> str:
    return reverse("invitation", args=[members.token_of(invited)])


def people() -> list[tuple[object, ...]]:
    rows = Member.objects.order_by("pk").values_list("organization", "user__username", "role")
    return [*rows, *Invitation.objects.order_by("pk").values_list("pk", "revoked_at", "accepted_at")]


def test_an_owner_invites_and_shows_the_link(owner: Client, team: Shop) -> None:
    assert "已用 1 / 5 个席位" in owner.get(reverse("members")).content.decode()
    answer = owner.post(reverse("members"), {"role": "reviewer", "note": "小林"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("members"))
    invited = Invitation.objects.get()
    assert (invited.organization, invited.role, invited.note) == (team.organization, "reviewer", "小林")
    assert invited.created_by == "alice"
    answer = owner.get(reverse("members"))
    page = answer.content.decode()
    assert f"http://testserver{link_to(invited)}" in page
    assert "已用 2 / 5 个席位" in page
    assert "no-store" in answer["Cache-Control"]


def test_the_page_says_what_each_role_may_do(owner: Client) -> None:
    table = owner.get(reverse("members")).context["table"]
    said = {code: sum(dict(cells)[code] for _, cells in table) for code in ALLOWED}
    assert said == {code: len(actions) for code, actions in ALLOWED.items()}
    assert len(table) == 5


def test_a_full_house_says_so_and_invites_nobody(client: Client, alice: Shop) -> None:
    client.force_login(alice.owner)  # gold has one seat
    answer = client.post(reverse("members"), {"role": "viewer"})
    assert answer.status_code == 403
    assert "席位已满" in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["", "king"])
def test_a_role_that_there_is_not_invites_nobody(owner: Client, role: str) -> None:
    assert owner.post(reverse("members"), {"role": role}).status_code == 200
    assert not Invitation.objects.exists()


def test_a_role_is_changed_and_works_at_once(owner: Client, team: Shop, bob: User) -> None:
    his = Member.objects.get(user=bob)
    theirs = Client()
    theirs.force_login(bob)
    assert theirs.get(reverse("product-new")).status_code == 200
    assert owner.post(reverse("member-role", args=[his.pk]), {"role": "viewer"}).status_code == 302
    assert theirs.get(reverse("product-new")).status_code == 403
    before = people()
    owner.post(reverse("member-role", args=[his.pk]), {"role": "king"})
    assert people() == before


def test_who_is_removed_sees_nothing_any_more(owner: Client, team: Shop, bob: User) -> None:
    theirs = Client()
    theirs.force_login(bob)
    his = Member.objects.get(user=bob)
    assert owner.post(reverse("member-remove", args=[his.pk])).status_code == 302
    assert theirs.get(reverse("products")).status_code == 403
    assert owner.post(reverse("member-remove", args=[his.pk])).status_code == 404


def test_the_last_owner_stays(owner: Client, team: Shop) -> None:
    mine = Member.objects.get(user=team.owner)
    before = people()
    for name, given in (("member-role", {"role": "viewer"}), ("member-remove", {})):
        answer = owner.post(reverse(name, args=[mine.pk]), given)
        assert answer.status_code == 409
        assert "唯一的所有者" in answer.content.decode()
    assert people() == before


def test_others_members_do_not_exist(client: Client, team: Shop, bob: User, charlie: Shop) -> None:
    client.force_login(charlie.owner)
    his, invited = Member.objects.get(user=bob), members.invite(team.organization, "viewer")
    before = people()
    assert client.post(reverse("member-role", args=[his.pk]), {"role": "viewer"}).status_code == 404
    assert client.post(reverse("member-remove", args=[his.pk])).status_code == 404
    assert client.post(reverse("invitation-revoke", args=[invited.public_id])).status_code == 404
    assert people() == before


def test_an_invitation_is_revoked(owner: Client, team: Shop) -> None:
    invited = members.invite(team.organization, "viewer")
    assert owner.post(reverse("invitation-revoke", args=[invited.public_id])).status_code == 302
    answer = Client().get(link_to(invited))
    assert answer.status_code == 404
    assert "请对方重新发一张" in answer.content.decode()
    assert link_to(invited) not in owner.get(reverse("members")).content.decode()


# --- the way in -------------------------------------------------------------------------------------------------------
def test_somebody_new_joins_without_a_studio_of_their_own(client: Client, team: Shop) -> None:
    invited = members.invite(team.organization, "reviewer", by="alice")
    page = client.get(link_to(invited)).content.decode()
    assert "alice&#x27;s shop" in page
    assert "alice 请你来做「审核」" in page
    before = people()
    client.get(link_to(invited))
    assert people() == before  # looking takes nothing
    answer = client.post(link_to(invited), NEW)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    actor = actor_for(User.objects.get(username="new@example.com"))
    assert (actor.organization, actor.role) == (team.organization, "reviewer")
    assert Organization.objects.count() == 1
    assert client.get(reverse("home")).status_code == 200
    assert Client().get(link_to(invited)).status_code == 404


def test_a_refused_newcomer_leaves_no_account(client: Client, team: Shop) -> None:
    invited = members.invite(team.organization, "viewer")
    before = people()
    for wrong in ({"email": "x", "password": NEW["password"]}, NEW | {"password": "12345678"}):
        assert client.post(link_to(invited), wrong).status_code == 200
    assert client.post(link_to(invited) + "x", NEW).status_code == 404
    assert people() == before
    assert User.objects.count() == 1


def test_somebody_with_a_studio_joins_and_works_there(client: Client, team: Shop, charlie: Shop) -> None:
    client.force_login(charlie.owner)
    invited = members.invite(team.organization, "viewer")
    assert client.post(link_to(invited)).status_code == 302
    assert client.get(reverse("home")).context["actor"].organization == team.organization
    assert client.get(reverse("product", args=[team.product.public_id])).status_code == 200
    assert client.get(reverse("product", args=[charlie.product.public_id])).status_code == 404
    client.post(reverse("act-for"), {"organization": charlie.organization.public_id})
    assert client.get(reverse("product", args=[charlie.product.public_id])).status_code == 200


def test_a_member_keeps_the_invitation_for_somebody_else(owner: Client, team: Shop) -> None:
    invited = members.invite(team.organization, "viewer")
    assert "你已经是这里的成员" in owner.get(link_to(invited)).content.decode()
    owner.post(link_to(invited))
    assert actor_for(team.owner).role == "owner"
    assert Client().get(link_to(invited)).status_code == 200


def test_a_guest_can_sign_in_first(client: Client, team: Shop) -> None:
    invited = members.invite(team.organization, "viewer")
    assert f"{reverse('sign-in')}?next={quote(link_to(invited))}" in client.get(link_to(invited)).content.decode()
