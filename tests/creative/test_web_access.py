"""Every page of the studio: guests sign in first, strangers find nothing, and who may only look changes nothing."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse
from django.utils import timezone

from billing import links, purchases
from billing.ledger import balance
from billing.models import ApiKey, FapiaoRequest, Invitation, Lot, Member, Organization, OrgLink, Purchase
from billing.organizations import add_member
from creative import campaigns, production, webhooks
from creative.models import (
    Ad,
    Asset,
    BrandKit,
    Brief,
    Campaign,
    LineRecording,
    MusicTrack,
    Product,
    PublishedAd,
    Reshoot,
    ScriptEdit,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from creative.web import errors, urls
from templates_engine.models import AnalysedVideo, Hit, PublishedResult, RoleCorrection, TemplateShare, TemplateVersion
from tests.creative.brought import own_hit
from tests.creative.lent import agency, offer, own_template, own_track
from tests.creative.shops import Shop

OPEN = {"sign-in", "sign-up", "sign-out", "invitation", "act-for", "billing-portal"}
# Of these, the last three have tests of their own: test_web_members, test_web_clients, test_web_purchases.
CHANGING = {
    "product-new",
    "product-edit",
    "product-archive",
    "photos",
    "photo-remove",
    "ad-new",
    "ad-preview",
    "ad-order",
    "ad-cancel",
    "ad-reshoot",
    "ad-hand-over",
    "ad-small-view",
    "ad-script",
    "ad-script-check",
    "ad-script-restore",
    "ad-recording",
    "ad-recording-remove",
    "ad-recut",
    "ad-recut-cut",
    "role-correct",
    "hits-upload",
    "hits-learn",
    "hit-delete",
    "hit-line-role",
    "ad-published",
    "ad-published-remove",
    "results-sheet",
    "results-numbers",
    "results-keep",
    "template-share",
    "template-retire",
    "template-reactivate",
    "template-share-accept",
    "template-share-end",
    "campaign-new",
    "campaign-order",
    "campaign-cancel",
    "api-keys",
    "api-key-revoke",
    "webhooks",
    "webhook-remove",
    "webhook-enable",
    "webhook-secret",
    "webhook-test",
    "webhook-again",
    "members",
    "member-role",
    "member-remove",
    "invitation-revoke",
    "client-invite",
    "client-accept",
    "client-end",
    "client-cap",
    "buy-plan",
    "buy-pack",
    "purchase-fapiao",
    "purchase-close",
    "brand",
    "brand-logo",
    "brand-font",
    "brand-track-add",
    "brand-track-remove",
}
FORMS = {
    "product-new",
    "product-edit",
    "ad-new",
    "ad-script",
    "campaign-new",
    "api-keys",
    "webhooks",
    "members",
    "buy-plan",
    "buy-pack",
    "brand",
}  # a form to see, and a POST that acts
MANAGED = {"webhook", "brand-preview", "brand-tracks"}  # to see for owners only
COMMON = {
    "brand",
    "brand-font",
    "brand-logo",
    "brand-preview",
    "brand-track-add",
    "brand-tracks",
    "home",
    "products",
    "ads",
    "campaigns",
    "hits",
    "hits-upload",
    "hits-rows",
    "hits-learn",
    "templates",
    "credits",
    "plans",
    "buy-plan",
    "buy-pack",
    "purchases",
    "usage",
    "usage-csv",
    "product-new",
    "campaign-new",
    "api-keys",
    "webhooks",
    "members",
    "clients",
    "client-invite",
    "role-correct",
    "results",
    "results-sheet",
    "results-numbers",
    "results-keep",
}
NAMES = sorted({pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)} - OPEN)


@dataclass
class Studio:
    """One of everything that Alice's shop can have."""

    shop: Shop
    ids: dict[str, object]

    def url(self, name: str) -> str:
        pattern = next(p for p in urls.urlpatterns if isinstance(p, URLPattern) and p.name == name)
        return reverse(name, kwargs={key: self.ids[key] for key in pattern.pattern.converters})

    def call(self, client: Client, name: str) -> HttpResponse:
        return client.post(self.url(name)) if name in CHANGING else client.get(self.url(name))


def invitation_to(organization: Organization) -> Invitation:
    in_a_week = timezone.now() + timedelta(days=7)
    return Invitation.objects.create(organization=organization, role=Member.Role.VIEWER, expires_at=in_a_week)


def viewer_of(shop: Shop) -> object:
    vera = get_user_model().objects.create_user("vera", password="vera-pass-word-1")
    add_member(shop.organization, vera, Member.Role.VIEWER)
    return vera


@pytest.fixture
def studio(alice: Shop) -> Studio:
    draft = production.draft(alice.organization, product=alice.product, lang="zh")
    campaign = campaigns.draft_campaign(alice.organization, name="Spring", products=[alice.product])
    sent = webhooks.send_test(webhooks.register(alice.organization, "https://shop.example.com/hooks"))
    ids = {
        "product_id": alice.product.public_id,
        "asset_id": alice.product.assets.first().public_id,
        "ad_id": draft.ad.public_id,
        "platform": "douyin",
        "hit_id": own_hit(alice.organization).public_id,
        "index": 0,
        "aspect": "9x16",
        "template_id": own_template(alice.organization).template_id,
        "share_id": offer(alice.organization).public_id,
        "campaign_id": campaign.public_id,
        "lot_id": Lot.objects.get(organization=alice.organization).pk,
        "plan_code": "gold",
        "pack_code": "topup_330",
        "purchase_id": purchases.buy_plan(alice.organization, "gold", kind="month", by="x", through="manual").public_id,
        "member_id": Member.objects.get(organization=alice.organization).pk,
        "invitation_id": invitation_to(alice.organization).public_id,
        "link_id": links.invite(agency("Moon MCN"), alice.organization.public_id, links.Terms("agency", 50)).public_id,
        "key_id": ApiKey.objects.get(organization=alice.organization).pk,
        "endpoint_id": sent.endpoint.public_id,
        "delivery_id": sent.public_id,
        "track_id": own_track(alice.organization).public_id,
    }
    return Studio(alice, ids)


def world() -> list[object]:
    """Everything that a page could change."""
    rows = [
        list(model.objects.order_by("pk").values())
        for model in (
            Product,
            Asset,
            BrandKit,
            LineRecording,
            MusicTrack,
            Brief,
            Ad,
            Campaign,
            Reshoot,
            ApiKey,
            Member,
            Invitation,
            OrgLink,
            Purchase,
            FapiaoRequest,
            ScriptEdit,
            WebhookDelivery,
            WebhookEndpoint,
            WebhookMessage,
            Hit,
            AnalysedVideo,
            RoleCorrection,
            PublishedAd,
            PublishedResult,
            TemplateShare,
            TemplateVersion,
        )
    ]
    return [*rows, [balance(shop) for shop in {ad.organization for ad in Ad.objects.all()}]]


def test_guests_are_asked_to_sign_in(client: Client, studio: Studio) -> None:
    before = world()
    answers = {name: studio.call(client, name) for name in NAMES}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(NAMES, 302)
    wanted = {name: f"{reverse('sign-in')}?next={studio.url(name)}" for name in NAMES}
    assert {name: answer["Location"] for name, answer in answers.items()} == wanted
    assert world() == before


def test_what_is_not_yours_does_not_exist(client: Client, studio: Studio, charlie: Shop) -> None:
    client.force_login(charlie.owner)
    before, names = world(), [name for name in NAMES if name not in COMMON]
    answers = {name: studio.call(client, name) for name in names}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(names, 404)
    assert all("这一镜不在片子里" in answer.content.decode() for answer in answers.values())
    assert world() == before


@pytest.mark.slow
def test_a_viewer_sees_and_changes_nothing(client: Client, studio: Studio) -> None:
    client.force_login(viewer_of(studio.shop))
    before = world()
    statuses = {name: studio.call(client, name).status_code for name in NAMES}
    # A campaign that does not run has no moving part: 286 tells the page to ask no more.
    seen = {name: 286 if name == "campaign-grid" else 200 for name in NAMES}
    assert statuses == {name: 403 if name in CHANGING | MANAGED else seen[name] for name in NAMES}
    assert world() == before


def test_a_viewer_is_not_offered_to_order(client: Client, studio: Studio) -> None:
    client.force_login(viewer_of(studio.shop))
    page = client.get(studio.url("ad")).content.decode()
    assert "你的角色只能查看" in page
    assert studio.url("ad-order") not in page


def test_keys_are_for_owners(client: Client, studio: Studio, bob: object) -> None:
    client.force_login(bob)
    before = world()
    assert client.get(reverse("api-keys")).status_code == 403
    assert client.post(reverse("api-keys"), {"name": "x", "role": "producer"}).status_code == 403
    assert client.post(studio.url("api-key-revoke")).status_code == 403
    assert world() == before


def test_somebody_without_an_organization_is_told_so(client: Client, db: None) -> None:
    client.force_login(get_user_model().objects.create_user("nobody"))
    answer = client.get(reverse("home"))
    assert answer.status_code == 403
    assert "联系工作室的所有者" in answer.content.decode()


def test_nothing_changes_by_a_link(client: Client, studio: Studio) -> None:
    client.force_login(studio.shop.owner)
    before, names = world(), sorted(CHANGING - FORMS)
    statuses = {name: client.get(studio.url(name)).status_code for name in names}
    assert statuses == dict.fromkeys(names, 405)
    for name in FORMS:
        assert client.get(studio.url(name)).status_code == 200
    assert world() == before


def test_the_error_pages_need_no_database(rf: RequestFactory) -> None:
    """No ``db`` fixture here: a query would fail the test."""
    request = rf.get("/")
    stuck, expired = errors.server_error(request), errors.csrf_refused(request, "no cookie")
    assert (stuck.status_code, expired.status_code) == (500, 403)
    assert "点数不会因此扣掉" in stuck.content.decode()
    assert "请回到上一页刷新后再提交一次" in expired.content.decode()
