"""Sharing: an agency lends a template to a merchant, who uses it and changes nothing, until either side ends it."""

import pytest

from billing.memberships import start_period
from billing.models import Organization
from templates_engine import library, sharing, versions
from templates_engine.domain.search import Query, Source
from templates_engine.domain.template_json import to_dict
from templates_engine.errors import ShareNotFound, SharingRefused, TemplateNotFound, TemplateTaken
from templates_engine.models import TemplateShare, TemplateVersion
from tests.templates_engine.products import COFFEE_ZH
from tests.templates_engine.test_library_search import learned, own

pytestmark = pytest.mark.django_db
MINE = "tpl_mine_zh_v1"


@pytest.fixture
def agency() -> Organization:
    agency = Organization.objects.create(name="Star MCN", kind=Organization.Kind.AGENCY)
    start_period(agency, "platinum", key="test")  # ten merchants
    library.publish(to_dict(learned(MINE)), agency)
    return agency


@pytest.fixture
def alice() -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie() -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def lend(agency: Organization, merchant: Organization, template_id: str = MINE) -> TemplateShare:
    return sharing.accept(merchant, sharing.share(agency, template_id, merchant.public_id, by="ann").public_id)


def sees(organization: Organization, template_id: str = MINE) -> bool:
    offered = template_id in {template.id for template in library.visible(organization)}
    listed = template_id in {one.template.id for one in library.search(organization)}
    ranked = template_id in {choice.template_id for choice in library.rank_for(organization, COFFEE_ZH, 15_000, 1)}
    try:
        library.get(template_id, organization)
    except TemplateNotFound:
        found = False
    else:
        found = True
    assert len({offered, listed, ranked, found}) == 1
    return found


def world() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (TemplateShare, TemplateVersion)]


def test_an_offer_is_used_only_once_it_is_accepted(
    agency: Organization, alice: Organization, charlie: Organization
) -> None:
    offer = sharing.share(agency, MINE, f" {alice.public_id} ", by="ann")
    assert (offer.public_id[:4], offer.created_by, offer.accepted_at) == ("shr_", "ann", None)
    assert not sees(alice)
    (waiting,) = sharing.received(alice)
    assert (waiting.accepted, waiting.name.zh, waiting.share.organization.name) == (
        False,
        learned().name.zh,
        "Star MCN",
    )
    accepted = sharing.accept(alice, offer.public_id)
    assert accepted.accepted_at is not None
    assert sharing.accept(alice, offer.public_id).accepted_at == accepted.accepted_at
    assert (sees(alice), sees(charlie), sees(agency)) == (True, False, True)
    assert [one.accepted for one in sharing.given(agency)] == [True]
    assert sharing.received(charlie) == sharing.given(alice) == ()


def test_a_shared_template_says_whose_it_is_and_keeps_the_names_of_the_hits(
    agency: Organization, alice: Organization
) -> None:
    lend(agency, alice)
    (listed,) = library.search(alice, Query(source=Source.SHARED))
    assert (listed.template.id, listed.shared_by) == (MINE, "Star MCN")
    names = [str(number) for number in range(1, 9)]
    for template in (
        listed.template,
        library.get(MINE, alice),
        library.look_up(alice, MINE).template,
        library.recorded(MINE, alice),
        versions.history(alice, MINE)[0].template,
        versions.compare(alice, MINE, MINE).new,
        next(template for template in library.visible(alice) if template.id == MINE),
    ):
        assert [member.video_id for member in template.members] == names
    assert library.get(MINE, agency) == learned(MINE)


def test_the_whole_family_is_shared_and_new_versions_come_along(agency: Organization, alice: Organization) -> None:
    lend(agency, alice)
    library.publish(to_dict(learned("tpl_mine_zh_v2", 12)), agency)
    assert sees(alice, "tpl_mine_zh_v2")
    assert library.get(MINE, alice).version == 1  # an ad may name it
    assert [one.template.version for one in versions.history(alice, MINE)] == [2, 1]
    # The names of the members are hidden, but how many joined is told from the real ones.
    assert [words.en for words in versions.compare(alice, MINE, "tpl_mine_zh_v2").changes] == [
        "It now stands on 12 videos: 4 joined, 0 left."
    ]


def test_either_side_ends_it_and_what_was_made_with_it_can_still_be_told(
    agency: Organization, alice: Organization, charlie: Organization
) -> None:
    for side in (agency, alice):
        share = lend(agency, alice)
        before = world()
        with pytest.raises(ShareNotFound):
            sharing.end(charlie, share.public_id)
        assert world() == before
        sharing.end(side, share.public_id)
        assert not sees(alice)
        with pytest.raises(TemplateNotFound):
            versions.history(alice, MINE)
        assert library.recorded(MINE, alice).id == MINE
        assert sees(agency)
        with pytest.raises(ShareNotFound):
            sharing.end(side, share.public_id)


def test_the_receiver_changes_nothing(agency: Organization, alice: Organization, charlie: Organization) -> None:
    lend(agency, alice)
    before = world()
    for verb in (versions.retire, versions.reactivate):
        with pytest.raises(TemplateNotFound):
            verb(alice, MINE)
    with pytest.raises(TemplateTaken):
        library.publish(to_dict(learned(MINE, 9)), alice)
    for kind in Organization.Kind:  # nor does it share on, whatever it is: the template is not its own
        alice.kind = kind
        alice.save()
        with pytest.raises(TemplateNotFound):
            sharing.share(alice, MINE, charlie.public_id)
    assert world() == before


def test_only_the_receiver_accepts(agency: Organization, alice: Organization, charlie: Organization) -> None:
    offer = sharing.share(agency, MINE, alice.public_id)
    before = world()
    for other in (agency, charlie):
        with pytest.raises(ShareNotFound):
            sharing.accept(other, offer.public_id)
    assert world() == before


def test_sharing_twice_is_one_share(agency: Organization, alice: Organization) -> None:
    first = lend(agency, alice)
    again = sharing.share(agency, MINE, alice.public_id)
    assert (again.pk, again.accepted_at) == (first.pk, first.accepted_at)
    assert TemplateShare.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "status"),
    [("not_an_agency", 403), ("no_such_merchant", 404), ("own_organization", 422), ("too_many_merchants", 403)],
)
def test_refusals_say_what_to_do_and_keep_nothing(
    agency: Organization, alice: Organization, charlie: Organization, reason: str, status: int
) -> None:
    owner, receiver = agency, alice.public_id
    if reason == "not_an_agency":
        Organization.objects.filter(pk=agency.pk).update(kind=Organization.Kind.MERCHANT)
        agency.refresh_from_db()
    if reason == "no_such_merchant":
        receiver = "org_nobody"
    if reason == "own_organization":
        receiver = agency.public_id
    if reason == "too_many_merchants":
        owner = Organization.objects.create(name="Small MCN", kind=Organization.Kind.AGENCY)  # free plan: one merchant
        library.publish(to_dict(own("tpl_small_zh_v1")), owner)
        sharing.share(owner, "tpl_small_zh_v1", charlie.public_id)
    template_id = "tpl_small_zh_v1" if owner is not agency else MINE
    before = world()
    with pytest.raises(SharingRefused) as refused:
        sharing.share(owner, template_id, receiver)
    assert (refused.value.reason, refused.value.status) == (reason, status)
    assert refused.value.extra() == {"reason": reason, "detail_zh": refused.value.zh}
    assert world() == before


def test_a_plan_counts_merchants_not_templates(agency: Organization, alice: Organization) -> None:
    owner = Organization.objects.create(name="Small MCN", kind=Organization.Kind.AGENCY)
    for name in ("one", "two"):
        library.publish(to_dict(own(f"tpl_{name}_zh_v1")), owner)
        sharing.share(owner, f"tpl_{name}_zh_v1", alice.public_id)
    assert TemplateShare.objects.of(owner).count() == 2


def test_what_is_not_ones_own_can_not_be_shared(agency: Organization, alice: Organization) -> None:
    for template_id in ("tpl_reveal_led_zh_v1", "tpl_nothing_zh_v1"):
        with pytest.raises(TemplateNotFound):
            sharing.share(agency, template_id, alice.public_id)
    assert not TemplateShare.objects.exists()


def test_a_family_of_the_same_name_of_a_third_is_not_shared(
    agency: Organization, alice: Organization, charlie: Organization
) -> None:
    lend(agency, alice)
    library.publish(to_dict(own("tpl_mine_zh_v7")), charlie)
    assert not sees(alice, "tpl_mine_zh_v7")
    assert sees(alice, MINE)
