"""Every address of the API, found in the URL resolver, is tried by a stranger, by a viewer and without a key.

A new address that is not listed here fails the test: whoever adds one says what a stranger gets.
"""

import json
from dataclasses import dataclass, field

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from billing.models import Member
from billing.organizations import create_api_key
from creative import campaigns, production, webhooks
from creative.models import (
    Ad,
    AdShot,
    Asset,
    BrandKit,
    Brief,
    Campaign,
    IdempotentRequest,
    LineRecording,
    MusicTrack,
    PaidClip,
    Product,
    ProductText,
    PublishedAd,
    Reshoot,
    ScriptEdit,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from generation.kept import preview_name
from generation.models import RenderJob, Rendition
from templates_engine.models import AnalysedVideo, Hit, PublishedResult, TemplateShare, TemplateVersion
from tests.creative.brought import seen_hit
from tests.creative.film_crew import Crew
from tests.creative.lent import MINE, offer, own_logo, own_recording, own_template, own_track
from tests.creative.shops import FACTS, Shop

pytestmark = pytest.mark.django_db
TABLES = (
    Ad,
    AdShot,
    Asset,
    BrandKit,
    Brief,
    Campaign,
    IdempotentRequest,
    LineRecording,
    MusicTrack,
    PaidClip,
    Product,
    ProductText,
    RenderJob,
    Reshoot,
    ScriptEdit,
    Hit,
    AnalysedVideo,
    PublishedAd,
    PublishedResult,
    TemplateShare,
    TemplateVersion,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)


@dataclass(frozen=True)
class Address:
    """``stranger``: what Charlie's key gets; ``methods`` with a body that Alice's own key would be let through with."""

    methods: tuple[str, ...]
    stranger: int
    body: dict[str, object] = field(default_factory=dict)


# Lists and what belongs to nobody answer a stranger with their own (or public) things; everything else is not there.
OPEN = {
    "api-products": Address(("GET", "POST"), 200, FACTS),
    "api-templates": Address(("GET",), 200),
    "api-template": Address(("GET",), 200),
    "api-template-share-list": Address(("GET",), 200),
    "api-engines": Address(("GET",), 200),
    "api-credits": Address(("GET",), 200),
    "api-statement": Address(("GET",), 200),
    "api-usage": Address(("GET",), 200),
    "api-usage-lines": Address(("GET",), 200),
    "api-plans": Address(("GET",), 200),
    "api-results-templates": Address(("GET",), 200),
    "api-brand": Address(("GET", "PUT"), 200),
    "api-brand-logo": Address(("POST", "DELETE"), 422),
    "api-brand-font": Address(("POST", "DELETE"), 422),
    "api-music": Address(("GET", "POST"), 422),
    "api-webhooks": Address(("GET", "POST"), 201, {"url": "https://shop.example.com/hooks"}),
}
CLOSED = {
    "api-product": Address(("GET", "PUT", "DELETE"), 404, FACTS),
    "api-product-assets": Address(("GET", "POST"), 404),
    "api-asset": Address(("GET", "DELETE"), 404),
    "api-asset-first": Address(("POST",), 404),
    "api-template-rank": Address(("GET",), 404),
    "api-template-versions": Address(("GET",), 404),
    "api-template-diff": Address(("GET",), 404),
    "api-template-retire": Address(("POST",), 404),
    "api-template-reactivate": Address(("POST",), 404),
    "api-template-shares": Address(("GET", "POST"), 404, {"to": "org_x"}),
    "api-template-share": Address(("DELETE",), 404),
    "api-template-share-accept": Address(("POST",), 404),
    "api-ad": Address(("GET",), 404),
    "api-ad-progress": Address(("GET",), 404),
    "api-ad-order": Address(("POST",), 404),
    "api-ad-cancel": Address(("POST",), 404),
    "api-ad-previews": Address(("POST",), 404, {"aspect": "9:16", "kind": "webp"}),
    "api-ad-script": Address(("GET", "PUT"), 404, {"version": 0, "lines": [{"voice": "单手一按就能喝"}]}),
    "api-ad-script-check": Address(("POST",), 404, {"lines": []}),
    "api-ad-reshoot": Address(("GET", "POST"), 404),
    "api-ad-recordings": Address(("GET",), 404),
    "api-ad-recording": Address(("POST", "DELETE"), 404),
    "api-ad-recut": Address(("POST",), 404),
    "api-ad-recut-changes": Address(("POST",), 404),
    "api-ad-published": Address(("GET", "POST"), 404, {"platform": "douyin"}),
    "api-hit": Address(("GET", "DELETE"), 404),
    "api-hits-learn": Address(("POST",), 404),
    "api-campaign": Address(("GET",), 404),
    "api-campaign-order": Address(("POST",), 404),
    "api-campaign-cancel": Address(("POST",), 404),
    "api-webhook": Address(("GET", "DELETE"), 404),
    "api-webhook-enable": Address(("POST",), 404),
    "api-webhook-test": Address(("POST",), 404),
    "api-webhook-deliveries": Address(("GET",), 404),
    "api-webhook-redeliver": Address(("POST",), 404),
    "media-hit": Address(("GET",), 404),
    "media-asset": Address(("GET",), 404),
    "media-thumb": Address(("GET",), 404),
    "media-logo": Address(("GET",), 404),
    "api-track": Address(("GET", "DELETE"), 404),
    "media-track": Address(("GET",), 404),
    "media-recording": Address(("GET",), 404),
    "media-ad": Address(("GET",), 404),
    "media-poster": Address(("GET",), 404),
    "media-contact": Address(("GET",), 404),
    "media-cover": Address(("GET",), 404),
    "media-preview": Address(("GET",), 404),
}
# Their lists are empty for a stranger, and their POST names things of others in the body.
MIXED = {
    "api-ads": Address(("GET", "POST"), 404),
    "api-campaigns": Address(("GET", "POST"), 404),
    "api-hits": Address(("GET", "POST"), 422),
    "api-results": Address(("GET", "POST"), 422),
}
EVERYBODY = {"api-schema", "api-docs"}


@dataclass
class World:
    alice: Shop
    ready: Ad
    draft: Ad
    campaign: Campaign
    offer: TemplateShare
    hit: Hit
    sent: WebhookDelivery
    track: MusicTrack

    def fill(self, route: str) -> str:
        """A route with the ids of Alice's things."""
        kind = Asset.Kind.LOGO if "/logo/" in route else Asset.Kind.PHOTO
        asset = Asset.objects.of(self.alice.organization).filter(kind=kind).first()
        assert asset is not None
        # The template by itself may be a public one; what is done with it is done with one of her own.
        template = self.draft.template_id if route.endswith("template_id>") else MINE
        drafts = ("order", "script", "check", "recording/<str:ad_id>/<int:index>.wav")
        ad = self.draft if route.endswith(drafts) else self.ready
        filled = (
            route.replace("<str:product_id>", self.alice.product.public_id)
            .replace("<str:asset_id>", asset.public_id)
            .replace("<str:ad_id>", ad.public_id)
            .replace("<str:campaign_id>", self.campaign.public_id)
            .replace("<str:template_id>", template)
            .replace("<str:share_id>", self.offer.public_id)
            .replace("<str:hit_id>", self.hit.public_id)
            .replace("<str:endpoint_id>", self.sent.endpoint.public_id)
            .replace("<str:delivery_id>", self.sent.public_id)
            .replace("<str:track_id>", self.track.public_id)
            .replace("<str:aspect>", "9x16")
            .replace("<str:platform>", "douyin")
            .replace("<str:kind>", "webp")
            .replace("<int:index>", "0")
        )
        asked = {"rank": f"?product={self.alice.product.public_id}", "diff": f"?from={MINE}"}
        return filled + asked.get(route.rpartition("/")[2], "")

    def body(self, name: str, listed: Address) -> object:
        own: dict[str, object] = {
            "api-ads": {"product": self.alice.product.public_id},
            "api-hits-learn": {"hits": [self.hit.public_id]},
            "api-campaigns": {"name": "x", "products": [self.alice.product.public_id]},
            "api-results": [{"ad": self.ready.public_id, "age_h": 72, "views": 10}],
        }
        return own.get(name, listed.body)


@pytest.fixture
def world(alice: Shop, crew: Crew) -> World:
    made = [production.draft(alice.organization, product=alice.product, lang="zh", seed=seed).ad for seed in (1, 2)]
    production.order(made[0])
    for _ in range(4):
        production.advance(made[0].public_id)
        crew.work()
    ready = production.advance(made[0].public_id)
    assert ready is not None
    assert ready.state == Ad.State.READY
    campaign = campaigns.draft_campaign(alice.organization, name="spring", products=[alice.product])
    own_template(alice.organization)
    own_logo(alice.organization)
    own_recording(made[1])
    film = ready.outputs.get(aspect="9:16").rendition
    assert film is not None
    default_storage.save(preview_name(film, "webp"), ContentFile(b"webp"))
    Rendition.objects.filter(pk=film.pk).update(previews=["webp"])
    sent = webhooks.send_test(webhooks.register(alice.organization, "https://shop.example.com/hooks"))
    return World(alice, ready, made[1], campaign, offer(alice.organization), seen_hit(alice.organization), sent,
                 own_track(alice.organization))  # fmt: skip


def addresses() -> list[tuple[str, str]]:
    """(name, route) of everything under /api/v1/ and /media/."""

    def walk(patterns, prefix: str):
        for item in patterns:
            route = prefix + str(item.pattern)
            if isinstance(item, URLResolver):
                yield from walk(item.url_patterns, route)
            elif isinstance(item, URLPattern) and route.startswith(("api/", "media/")):
                yield str(item.name), "/" + route

    return list(walk(get_resolver().url_patterns, ""))


def snapshot() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def test_every_address_is_listed():
    found = {name for name, _ in addresses()}
    listed = OPEN.keys() | CLOSED.keys() | MIXED.keys() | EVERYBODY
    assert found - listed == set(), "say in tests/security/test_tenancy.py what a stranger gets there"
    assert listed - found == set()


def call(client: Client, method: str, url: str, body: object):
    return client.generic(method, url, data=json.dumps(body) if body else "", content_type="application/json")


def test_a_stranger_finds_nothing_of_alice_and_changes_nothing(world: World, charlie: Shop):
    client = Client(headers={"Authorization": f"Bearer {charlie.key}"})
    for name, route in addresses():
        listed = CLOSED.get(name) or MIXED.get(name)
        if listed is None:
            continue
        for method in listed.methods:
            if name in MIXED and method == "GET":
                continue
            before = snapshot()
            response = call(client, method, world.fill(route), world.body(name, listed))
            if name == "api-product-assets" and method == "POST":
                response = client.post(world.fill(route), {"files": []})
            assert response.status_code == listed.stranger, f"{method} {route}: {response.status_code}"
            assert snapshot() == before, f"{method} {route} changed something"


def test_lists_show_only_what_is_ones_own(world: World, charlie: Shop):
    client = Client(headers={"Authorization": f"Bearer {charlie.key}"})
    for path in ("ads", "campaigns", "hits", "results"):
        assert client.get(f"/api/v1/{path}").json()["results"] == []
    assert [item["id"] for item in client.get("/api/v1/products").json()["results"]] == [charlie.product.public_id]
    assert all(line["reference"] == "" for line in client.get("/api/v1/credits/statement").json()["results"])


def test_without_a_key_there_is_nothing_at_all(world: World):
    before = snapshot()
    for name, route in addresses():
        if name in EVERYBODY:
            continue
        listed = (OPEN | CLOSED | MIXED)[name]
        for method in listed.methods:
            response = call(Client(), method, world.fill(route), world.body(name, listed))
            assert response.status_code == 401, f"{method} {route}: {response.status_code}"
    assert snapshot() == before


@pytest.mark.slow
def test_a_viewer_sees_everything_and_changes_nothing(world: World):
    _, key = create_api_key(world.alice.organization, "viewer", role=Member.Role.VIEWER)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    for name, route in addresses():
        if name in EVERYBODY:
            continue
        listed = (OPEN | CLOSED | MIXED)[name]
        for method in listed.methods:
            before = snapshot()
            response = call(client, method, world.fill(route), world.body(name, listed))
            wanted = 200 if method == "GET" else 403
            assert response.status_code == wanted, f"{method} {route}: {response.status_code}"
            if response.streaming:
                b"".join(response)
            assert snapshot() == before


def test_bob_may_do_what_a_producer_may(world: World, bob: object):
    """Signed in on the pages, Bob sees the films of the shop that he works in."""
    client = Client()
    client.force_login(bob)  # type: ignore[arg-type]
    response = client.get(f"/media/ad/{world.ready.public_id}/9x16.mp4")
    assert (response.status_code, b"".join(response)) == (200, b"film")


def test_the_stranger_signed_in_sees_no_film(world: World, charlie: Shop):
    client = Client()
    client.force_login(charlie.owner)  # type: ignore[arg-type]
    assert client.get(f"/media/ad/{world.ready.public_id}/9x16.mp4").status_code == 404
