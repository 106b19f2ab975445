"""Buying on the pages: by transfer where nothing else is set up, by Stripe where it is, and what comes back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import refunds, transfers
from billing.models import FapiaoRequest, Payment, Purchase
from tests.billing.buying import account, fake, money_rows, order, post, transfer
from tests.billing.stripe_fake import FakeStripe, Postman
from tests.creative.shops import Shop

__all__ = ["account", "fake", "money_rows", "post"]


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def test_a_month_by_transfer(desk: Client, alice: Shop, settings: Any) -> None:
    settings.TRANSFER_ACCOUNT = "工商银行 6222 0000"
    page = desk.post(reverse("buy-plan", args=["platinum"]), {"plan": "platinum"})  # from the plan page
    assert page.status_code == 200
    text = page.content.decode()
    assert "¥266" in text
    assert "没有接通线上支付" in text
    assert not Purchase.objects.exists()
    answer = desk.post(reverse("buy-plan", args=["platinum"]), {"way": "manual:month"})
    bought = Purchase.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("purchase-return", args=[bought.public_id]))
    how = desk.get(answer["Location"]).content.decode()
    for words in (bought.number, "工商银行 6222 0000", "¥266", "转账附言写购买编号"):
        assert words in how
    transfers.confirm(bought, staff="ann", amount_fen=26_600, received_on=timezone.localdate(), note="x")
    assert "3000 点已到账" in desk.get(answer["Location"]).content.decode()
    assert bought.number in desk.get(reverse("purchases")).content.decode()


def test_money_that_went_back_is_shown(desk: Client, alice: Shop, fake: FakeStripe, post: Postman) -> None:
    desk.post(reverse("buy-pack", args=["topup_330"]), {"way": "stripe:pack"})
    fake.account.pay(Purchase.objects.get().checkout_ref)
    post.round()
    bought = Purchase.objects.get()
    pages = (reverse("purchases"), reverse("purchase-return", args=[bought.public_id]))
    assert all("退款" not in desk.get(page).content.decode() for page in pages)
    refunds.refund(bought.payments.get(), amount_fen=1_250, reason="half of it", by="ann")
    assert "退款 ¥12.50" in desk.get(pages[0]).content.decode()
    assert "−¥12.50" in desk.get(pages[1]).content.decode()


def test_an_upgrade_shows_what_unused_credits_pay(desk: Client, alice: Shop) -> None:
    transfer(alice.organization, "gold")  # beside the gift that the shop begins with
    text = desk.get(reverse("buy-plan", args=["platinum"])).content.decode()
    assert "没用完的 660 点抵扣" in text
    assert "¥200" in text


def test_a_pack_by_card(desk: Client, alice: Shop, fake: FakeStripe, post: Postman) -> None:
    answer = desk.post(reverse("buy-pack", args=["topup_3300"]), {"way": "stripe:pack"})
    bought = Purchase.objects.get()
    page = desk.get(answer["Location"])
    assert f'href="{bought.checkout_url}"' in page.content.decode()
    fake.account.pay(bought.checkout_ref)
    assert "3300 点已到账。 赠送 200 点也到了。" in desk.get(answer["Location"]).content.decode()
    post.round()
    assert Payment.objects.count() == 1


def test_stripe_that_is_down_charges_nothing_and_says_so(desk: Client, alice: Shop, fake: FakeStripe) -> None:
    fake.down = 99
    answer = desk.post(reverse("buy-pack", args=["topup_660"]), {"way": "stripe:pack"}, follow=True)
    assert "支付平台暂时没有回应，没有扣款" in answer.content.decode()
    assert Purchase.objects.get().state == "pending"


def test_a_subscription_is_lowered_with_the_next_month(desk: Client, alice: Shop, fake: FakeStripe, post) -> None:
    bought = order(alice.organization, "platinum", kind="subscription")
    fake.account.pay(bought.checkout_ref)
    post.round()
    assert "下个月起换成这个会员，今天不扣款" in desk.get(reverse("buy-plan", args=["gold"])).content.decode()
    text = desk.post(reverse("buy-plan", args=["gold"]), {"way": "downgrade"}, follow=True).content.decode()
    assert "下个月起换成黄金" in text
    assert Purchase.objects.count() == 1
    assert desk.get(reverse("billing-portal"))["Location"].startswith("https://billing.stripe.example/")


def test_what_is_not_sold_is_not_there(desk: Client, alice: Shop, money_rows) -> None:
    before = money_rows()
    for url in (reverse("buy-plan", args=["free"]), reverse("buy-plan", args=["x"]), reverse("buy-pack", args=["x"])):
        assert desk.post(url, {"way": "manual:month"}).status_code == 404
    wrong = desk.post(reverse("buy-plan", args=["gold"]), {"way": "stripe:month"})  # not set up here
    assert (wrong.status_code, money_rows()) == (200, before)
    assert desk.get(reverse("billing-portal")).status_code == 404


def test_a_fapiao_is_asked_for_once(desk: Client, alice: Shop, money_rows) -> None:
    bought = transfer(alice.organization, "gold")
    url = reverse("purchase-fapiao", args=[bought.public_id])
    good = {"title_kind": "company", "title": "沐羽家居", "tax_id": "91310000ma1fl1w47t", "email": "a@example.com"}
    before = money_rows()
    for wrong in ({"tax_id": "123"}, {"email": "a"}, {"title": ""}, {"tax_id": ""}):
        assert desk.post(url, good | wrong).status_code == 400
    assert money_rows() == before
    assert desk.post(url, good).status_code == 302
    asked = FapiaoRequest.objects.get()
    assert (asked.tax_id, asked.amount_fen, asked.state) == ("91310000MA1FL1W47T", 6600, "requested")
    assert desk.post(url, good).status_code == 400
    assert FapiaoRequest.objects.count() == 1
    assert "发票已申请" in desk.get(reverse("purchases")).content.decode()


def test_a_purchase_is_closed_by_its_buyer(desk: Client, alice: Shop) -> None:
    bought = order(alice.organization, "gold", through="manual")
    desk.post(reverse("purchase-close", args=[bought.public_id]))
    bought.refresh_from_db()
    assert bought.state == "failed"


def test_a_stranger_and_a_producer(client: Client, alice: Shop, charlie: Shop, bob: Any, money_rows) -> None:
    bought = order(alice.organization, "gold", through="manual")
    before = money_rows()
    client.force_login(charlie.owner)
    assert client.get(reverse("purchase-return", args=[bought.public_id])).status_code == 404
    for name in ("purchase-fapiao", "purchase-close"):
        assert client.post(reverse(name, args=[bought.public_id])).status_code == 404
    client.force_login(bob)
    assert client.get(reverse("purchase-return", args=[bought.public_id])).status_code == 200
    assert client.post(reverse("buy-plan", args=["gold"]), {"way": "manual:month"}).status_code == 403
    assert client.post(reverse("purchase-close", args=[bought.public_id])).status_code == 403
    assert money_rows() == before
