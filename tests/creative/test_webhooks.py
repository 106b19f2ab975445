"""The outbox: told if and only if it has happened, once, and to whoever asked for it."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing import ledger, notices, refunds
from billing.errors import PlanLacks
from billing.memberships import start_period
from billing.models import Organization, Payment
from creative import campaigns, production, webhooks
from creative.domain.webhooks import EVENTS, WAITS, signature, wait_after
from creative.errors import WebhookRefused
from creative.models import Ad, WebhookDelivery, WebhookEndpoint, WebhookMessage
from tests.billing.buying import spend, transfer
from tests.creative.film_crew import Crew, finish
from tests.creative.shops import Shop, open_shop

URL = "https://shop.example.com/hooks"


def told() -> list[tuple[str, dict[str, object]]]:
    rows = WebhookMessage.objects.order_by("id")
    return [(row.event, json.loads(row.body)["data"]) for row in rows]


@pytest.fixture
def endpoint(alice: Shop) -> WebhookEndpoint:
    return webhooks.register(alice.organization, URL)


def made(alice: Shop, crew: Crew) -> Ad:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    production.order(ad)
    return finish(ad, crew)


def test_a_ready_ad_is_told_once(alice: Shop, crew: Crew, endpoint: WebhookEndpoint) -> None:
    ad = made(alice, crew)
    production.advance(ad.public_id)
    assert ad.state == "ready"
    facts = {
        "ad": ad.public_id,
        "state": "ready",
        "product": alice.product.public_id,
        "campaign": None,
        "reason_code": "",
        "reason": "",
        "url": f"/api/v1/ads/{ad.public_id}",
    }
    assert told() == [("ad.ready", facts)]
    delivery = WebhookDelivery.objects.get()
    assert (delivery.endpoint, delivery.state, delivery.attempts) == (endpoint, "pending", 0)


def test_a_failed_and_a_cancelled_ad_are_told_with_why(alice: Shop, crew: Crew, endpoint: WebhookEndpoint) -> None:
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    crew.spoil_shots = set(ad.shots.values_list("clip_key", flat=True))
    production.order(ad)
    for _ in range(3):
        production.advance(ad.public_id)
        crew.work()
    production.advance(ad.public_id)
    second = production.draft(alice.organization, product=alice.product, lang="zh", seed=2).ad
    production.order(second)
    production.cancel(second)
    production.advance(second.public_id)
    assert [(event, data["reason_code"]) for event, data in told()] == [
        ("ad.failed", "spoiled"),
        ("ad.cancelled", "cancelled"),
    ]


def test_a_finished_campaign_is_told_after_its_ads(alice: Shop, crew: Crew, endpoint: WebhookEndpoint) -> None:
    campaign = campaigns.draft_campaign(alice.organization, name="春季", products=[alice.product])
    campaigns.order_campaign(campaign)
    for _ in range(5):
        campaigns.advance_campaign(campaign.public_id)
        crew.work()
    campaigns.advance_campaign(campaign.public_id)
    campaign.refresh_from_db()
    events = told()
    assert [event for event, _ in events] == ["ad.ready", "campaign.finished"]
    wanted = {"campaign": campaign.public_id, "name": "春季", "ready": 1, "ads": 1, "credits": campaign.credits_settled}
    assert {name: events[-1][1][name] for name in wanted} == wanted


def test_what_is_rolled_back_was_never_told(alice: Shop, endpoint: WebhookEndpoint) -> None:
    with transaction.atomic():
        webhooks.tell(alice.organization, "ad.ready", "x", {})
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not WebhookMessage.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_the_same_fact_is_told_once(alice: Shop, endpoint: WebhookEndpoint) -> None:
    for _ in range(3):
        webhooks.tell(alice.organization, "ad.ready", "x", {"n": 1})
    assert (WebhookMessage.objects.count(), WebhookDelivery.objects.count()) == (1, 1)


def test_only_who_asked_for_it_and_is_on_is_told(alice: Shop, charlie: Shop) -> None:
    chosen = webhooks.register(alice.organization, f"{URL}/1", ["credits.low"])
    everything = webhooks.register(alice.organization, f"{URL}/2")
    off = webhooks.register(alice.organization, f"{URL}/3")
    WebhookEndpoint.objects.filter(pk=off.pk).update(disabled_at=timezone.now())
    webhooks.register(charlie.organization, URL)
    webhooks.tell(alice.organization, "ad.ready", "x", {})
    webhooks.tell(alice.organization, "credits.low", "y", {})
    found = WebhookDelivery.objects.order_by("id").values_list("message__event", "endpoint__url")
    assert list(found) == [
        ("ad.ready", everything.url),
        ("credits.low", chosen.url),
        ("credits.low", everything.url),
    ]


def test_without_an_endpoint_nothing_is_written(alice: Shop, crew: Crew) -> None:
    made(alice, crew)
    assert not WebhookMessage.objects.exists()


def test_low_credits_are_told_with_the_notice(alice: Shop, endpoint: WebhookEndpoint) -> None:
    spend(alice.organization, 540, "much")
    assert [notices.notice_low() for _ in range(2)] == [1, 0]
    assert told() == [("credits.low", {"plan": "gold", "available": 120, "full": 660, "percent": 20})]


def test_a_membership_that_ends_is_told_once_unless_it_goes_on(alice: Shop, charlie: Shop) -> None:
    for shop in (alice, charlie):
        webhooks.register(shop.organization, URL)
    end = alice.organization  # both ends are a month away
    period = start_period(end, "gold", key="test")
    start_period(charlie.organization, "gold", key="next")
    assert notices.notice_ending() == 0
    soon = timezone.now() + timedelta(days=2)
    for organization in (alice.organization, charlie.organization):
        first = start_period(organization, "gold", key="test")
        type(first).objects.filter(pk=first.pk).update(ends_at=soon)
    assert [notices.notice_ending() for _ in range(2)] == [1, 1]
    ends_at = soon.isoformat(timespec="seconds")
    assert told() == [("membership.expiring", {"plan": "gold", "ends_at": ends_at})]
    assert WebhookMessage.objects.get().key == period.public_id


def test_a_refund_is_told_when_it_is_done(alice: Shop, endpoint: WebhookEndpoint) -> None:
    bought = transfer(alice.organization, "topup_660", pack=True)
    row = refunds.refund(Payment.objects.get(), amount_fen=660, reason="asked", by="ann")
    assert told() == []
    for _ in range(2):
        refunds.close_refund(row, note="ICBC 43", by="ann")
    assert told() == [
        (
            "refund.done",
            {
                "refund": row.public_id,
                "purchase": bought.public_id,
                "amount_fen": 660,
                "currency": "CNY",
                "credits": 66,
            },
        )
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/hooks",
        "ftp://shop.example.com",
        "https://",
        "https://user:pass@shop.example.com/",
        "https://shop.example.com/#x",
        "https://shop.example.com:port/",
        "https://shop.example.com/a b",
        "shop.example.com",
        "https://127.0.0.1/",
        "https://10.1.2.3/hooks",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:192.168.0.1]/",
        "https://localhost/",
        "https://db.internal/",
        "https://intranet/",
        "https://ｌｏｃａｌｈｏｓｔ/",
        "https://shop..example.com/",
        f"https://shop.example.com/{'a' * 500}",
    ],
)
def test_an_address_that_cannot_be_is_refused(alice: Shop, url: str) -> None:
    with pytest.raises(WebhookRefused):
        webhooks.register(alice.organization, url)
    assert not WebhookEndpoint.objects.exists()


def test_a_chinese_name_is_kept_as_servers_know_it(alice: Shop) -> None:
    made = webhooks.register(alice.organization, "https://例子.公司:8443/回调?店=1")
    assert made.url == "https://xn--fsqu00a.xn--55qx5d:8443/回调?店=1"


def test_an_unknown_event_a_double_and_an_eleventh_are_refused(alice: Shop) -> None:
    with pytest.raises(WebhookRefused, match=r"no event 'ad\.born'"):
        webhooks.register(alice.organization, URL, ["ad.born"])
    for number in range(webhooks.MOST):
        webhooks.register(alice.organization, f"{URL}/{number}")
    before = list(WebhookEndpoint.objects.values())
    with pytest.raises(WebhookRefused, match="10 endpoints at most"):
        webhooks.register(alice.organization, URL)
    WebhookEndpoint.objects.filter(url=f"{URL}/9").delete()
    with pytest.raises(WebhookRefused, match="already"):
        webhooks.register(alice.organization, f"{URL}/0")
    assert list(WebhookEndpoint.objects.values()) == [row for row in before if row["url"] != f"{URL}/9"]


def test_webhooks_come_with_the_api(db: None, quick: None) -> None:
    shop = open_shop("dora", plan="free")
    with pytest.raises(PlanLacks) as refusal:
        webhooks.register(shop.organization, URL)
    assert (refusal.value.status, refusal.value.plan) == (403, "gold")
    assert not WebhookEndpoint.objects.exists()


def test_a_secret_is_kept_nowhere_and_a_new_one_replaces_it(alice: Shop, endpoint: WebhookEndpoint, settings) -> None:
    first = webhooks.secret_of(endpoint)
    assert first == webhooks.secret_of(WebhookEndpoint.objects.get())
    kept = " ".join(str(value) for value in WebhookEndpoint.objects.values().get().values())
    assert first.removeprefix("whsec_") not in kept
    assert webhooks.renew_secret(endpoint) == webhooks.secret_of(WebhookEndpoint.objects.get()) != first
    now = webhooks.secret_of(endpoint)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key", [settings.SECRET_KEY]
    assert [webhooks.secret_text(key) for key in webhooks.keys_of(endpoint)][1] == now


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own libraries (standardwebhooks, test_create of its Python package)."""
    body = '{"test": 2432232314}'
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert made != signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265331, body)
    two = signature([b"a", b"b"], "msg_1", 1, body)
    assert two == f"{signature([b'a'], 'msg_1', 1, body)} {signature([b'b'], 'msg_1', 1, body)}"


def test_the_last_try_comes_after_about_two_days() -> None:
    assert [wait_after(attempts) for attempts in range(1, 9)] == [*WAITS, None]
    assert timedelta(days=1) < sum(WAITS, timedelta()) < timedelta(days=3)


def test_every_event_has_words() -> None:
    from creative.web.webhooks import EVENT_WORDS

    assert set(EVENTS) <= set(EVENT_WORDS)


def test_staff_can_grant_without_any_endpoint(db: None) -> None:
    """Billing tells through a setting; where nobody listens, nothing is written."""
    shop = Organization.objects.create(name="x")
    ledger.grant(shop, key="a", amount=1, kind="admin", expires_at=None)
    webhooks.tell(shop, "credits.low", "k", {})
    assert not WebhookMessage.objects.exists()
