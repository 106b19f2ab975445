"""Organizations, members, roles and keys: who gets in, and what they may do there."""

import pytest
from django.contrib.auth.models import User

from billing.access import ALLOWED, Actor, actor_for, allows, require
from billing.errors import NotAllowed
from billing.models import ApiKey, Lot, Member, Organization
from billing.organizations import add_member, create_api_key, create_organization, revoke_api_key
from tests.billing.conftest import lot

pytestmark = pytest.mark.django_db


def test_a_new_organization_has_its_owner(alice: User) -> None:
    agency = create_organization("Alice & Co", owner=alice, kind="agency")
    assert agency.public_id.startswith("org_")
    assert agency.kind == "agency"
    assert actor_for(alice) == Actor(agency, "owner", alice)


def test_an_organization_of_an_unknown_kind_is_not_made(alice: User) -> None:
    with pytest.raises(ValueError, match="charity"):
        create_organization("Alice", owner=alice, kind="charity")
    assert not Organization.objects.exists()


def test_a_member_has_one_role_at_a_time(shop: Organization) -> None:
    bob = User.objects.create_user("bob")
    add_member(shop, bob, "viewer")
    add_member(shop, bob, "producer")
    assert actor_for(bob).role == "producer"
    assert Member.objects.filter(user=bob).count() == 1
    with pytest.raises(ValueError, match="king"):
        add_member(shop, bob, "king")
    assert actor_for(bob).role == "producer"


def test_who_belongs_nowhere_acts_for_nobody(db: None) -> None:
    with pytest.raises(NotAllowed):
        actor_for(User.objects.create_user("dora"))


def test_who_belongs_to_two_acts_for_the_first(shop: Organization, charlies_shop: Organization, alice: User) -> None:
    add_member(charlies_shop, alice, "viewer")
    assert actor_for(alice).organization == shop


def test_the_table_of_roles() -> None:
    assert {role: set(actions) for role, actions in ALLOWED.items()} == {
        "owner": {"read", "produce", "approve", "bill", "manage"},
        "billing_admin": {"read", "bill"},
        "producer": {"read", "produce"},
        "reviewer": {"read", "approve"},
        "viewer": {"read"},
    }
    assert set(ALLOWED) == set(Member.Role.values)
    assert allows("stranger", "read") is False


def test_a_role_is_required(shop: Organization) -> None:
    require(Actor(shop, "producer"), "produce")
    with pytest.raises(NotAllowed, match=r"producer.*may not bill") as refusal:
        require(Actor(shop, "producer"), "bill")
    assert (refusal.value.code, refusal.value.status) == ("not_allowed", 403)


def test_a_keys_text_is_stored_nowhere(shop: Organization) -> None:
    key, text = create_api_key(shop, "shop sync")
    assert text.startswith("hsk_")
    assert len(text) == 47
    row = ApiKey.objects.values_list().get(pk=key.pk)
    assert text not in map(str, row)
    assert text.startswith(key.prefix)
    assert len(key.prefix) == 12
    assert create_api_key(shop, "another")[1] != text


def test_a_revoked_key_stays_revoked_since_then(shop: Organization) -> None:
    key, _ = create_api_key(shop, "shop sync")
    revoke_api_key(key)
    key.refresh_from_db()
    first = key.revoked_at
    assert first is not None
    revoke_api_key(key)
    key.refresh_from_db()
    assert key.revoked_at == first


def test_rows_of_others_do_not_exist(shop: Organization, charlies_shop: Organization) -> None:
    mine, theirs = lot(shop, 5), lot(charlies_shop, 5)
    assert list(Lot.objects.of(shop)) == [mine]
    with pytest.raises(Lot.DoesNotExist):
        Lot.objects.of(shop).get(pk=theirs.pk)


def test_an_organization_with_books_cannot_be_deleted(shop: Organization, unchanged) -> None:
    lot(shop, 5)
    from django.db.models import ProtectedError

    with unchanged(), pytest.raises(ProtectedError):
        shop.delete()
