"""The money journey in a real browser: buy, make an ad, upgrade, run out of credits, top up, go on; then the billing desk.

The payment page is that of our own fake of Stripe, and says so.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.billing.stripe_fake.hosted import HostedFake, hosted
from tests.browser.buyer import Buyer, open_buyer
from tests.browser.conftest import Visitor, visitor
from tests.browser.desk import at_the_desk
from tests.studio import Studio, running_studio, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FILMING_MS = 300_000


@pytest.fixture(scope="module")
def bank() -> Iterator[HostedFake]:
    with hosted() as server:
        yield server


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, bank: HostedFake) -> Iterator[Studio]:
    """A studio that sells through the fake and films with the engine of still pictures, which takes seconds."""
    paying = {
        "STRIPE_SECRET_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRETS": "whsec_fake",
        "STRIPE_TRANSPORT": "tests.billing.stripe_fake.wire.Wire",
        "FAKE_STRIPE": bank.url,
        "DEFAULT_ENGINE": "still",
    }
    with running_studio(tmp_path_factory.mktemp("studio"), **paying) as studio:
        bank.studio = studio.url
        yield studio


@pytest.fixture
def buyer(chromium: Browser, studio: Studio, bank: HostedFake) -> Iterator[Buyer]:
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    someone: Visitor = visitor(context, studio)
    yield open_buyer(someone, studio, bank)
    context.close()


def test_from_gold_to_the_end_of_credits_and_on_to_the_desk(buyer: Buyer, chromium: Browser) -> None:
    first = buy_gold_and_make_an_ad(buyer)
    upgrade(buyer)
    register_webhook(buyer)
    run_out(buyer)
    top_up_and_go_on(buyer)
    read_the_log(buyer)
    buyer.go("credits")
    buyer.visitor.look("m12-statement")
    expect(buyer.page.locator(".ledger")).to_contain_text("结算")
    buyer.go("purchases")
    buyer.visitor.look("m13-purchases")
    expect(buyer.page.locator(".bought tbody tr")).to_have_count(3)
    buyer.go(f"ads/{first}")
    expect(buyer.page.locator(".credits-roll")).to_contain_text("保存到")
    paid = [fen for _, fen in buyer.bank.account.bank]
    assert (len(paid), paid[0], paid[2], buyer.findings()) == (3, 6600, 3300, 0)
    assert 20_000 < paid[1] < 26_600
    at_the_desk(buyer, chromium, first)
    assert buyer.visitor.complaints == []


def buy_gold_and_make_an_ad(buyer: Buyer) -> str:
    """Gold's 660 credits are there, an ad costs what was quoted; its public id."""
    daily = buyer.credits
    buyer.go("plans")
    buyer.visitor.look("m01-plans")
    buyer.buy("plans/gold/buy", "买一个月：支付宝", look="m02-gold")
    assert buyer.credits == daily + 660
    price = buyer.draft()
    before = buyer.credits
    buyer.page.get_by_role("button", name=f"用 {price} 点制作").click()
    expect(buyer.page.locator("#progress")).to_be_visible()
    assert buyer.credits == before - price
    await_film(buyer)
    buyer.visitor.look("m03-ad-ready")
    assert buyer.credits == before - price
    return urlsplit(buyer.page.url).path.rstrip("/").split("/")[-1]


def await_film(buyer: Buyer) -> None:
    try:
        expect(buyer.page.locator("video")).to_be_visible(timeout=FILMING_MS)
    except AssertionError as error:
        raise AssertionError(f"{buyer.page.locator('main').inner_text()}\n{buyer.studio.logs()}") from error


def upgrade(buyer: Buyer) -> None:
    """Unused credits of gold pay for a part of platinum, said before anything is paid."""
    buyer.go("plans/platinum/buy")
    bill = buyer.page.locator(".bill")
    expect(bill).to_contain_text(re.compile(r"没用完的 \d+ 点抵扣"))
    expect(bill).to_contain_text("¥266")
    buyer.buy("plans/platinum/buy", "买一个月：支付宝", look="m04-upgrade")
    buyer.go("plans")
    expect(buyer.page.locator(".plan.mine h2")).to_contain_text("铂金")
    buyer.visitor.look("m05-platinum")


def register_webhook(buyer: Buyer) -> None:
    """The customer's own system is to be told; its secret is shown once. (Nobody answers at that name.)"""
    page = buyer.page
    buyer.go("webhooks")
    page.get_by_label("回调地址").fill("https://hooks.invalid/hitsmith")
    page.get_by_role("checkbox", name="广告做好了").check()
    page.get_by_role("button", name="登记").click()
    expect(page.locator("#secret")).to_have_text(re.compile("^whsec_"))
    buyer.visitor.look("m09-webhooks")


def read_the_log(buyer: Buyer) -> None:
    """The second ad was told to it, and the log says why that did not get through."""
    page = buyer.page
    buyer.go("webhooks")
    page.get_by_role("link", name="https://hooks.invalid/hitsmith").click()
    told = page.locator(".sent tbody tr")
    expect(told).to_have_count(1)
    wait_until("the message was tried", lambda: "连不上这个地址" in _again(told), seconds=60)
    buyer.visitor.look("m10-webhook-log")


def _again(told: Locator) -> str:
    told.page.reload()
    return told.inner_text()


def run_out(buyer: Buyer) -> None:
    """The draft is on the screen, the credits go elsewhere: ordering says what is needed and where to get it."""
    page, price = buyer.page, buyer.draft(seconds=15)
    assert buyer.spend_elsewhere(leave=7) == 7
    with page.expect_response(lambda answer: answer.url.endswith("/order")) as ordered:
        page.get_by_role("button", name=f"用 {price} 点制作").click()
    assert ordered.value.status == 402
    way_out = page.locator(".way-out")
    expect(way_out).to_contain_text(f"需要 {price} 点，现有 7 点")
    expect(way_out.get_by_role("link", name=re.compile("^买 330 点"))).to_be_visible()
    expect(way_out.get_by_role("link", name="看会员与充值")).to_be_visible()
    assert buyer.credits == 7
    buyer.visitor.look("m06-not-enough")
    # Chromium notes every answer of 4xx in its console; this one is meant.
    buyer.visitor.complaints[:] = [line for line in buyer.visitor.complaints if "402" not in line]


def top_up_and_go_on(buyer: Buyer) -> None:
    """From the refusal to the pack, back to the draft, to a ready ad."""
    page = buyer.page
    draft = page.url.removesuffix("/order")
    link = page.locator(".way-out").get_by_role("link", name=re.compile("^买 330 点")).get_attribute("href")
    assert link is not None
    buyer.buy(link.lstrip("/"), "支付宝", look="m07-pack")
    assert buyer.credits == 337
    page.goto(draft)
    page.get_by_role("button", name=re.compile(r"用 \d+ 点制作")).click()
    await_film(buyer)
    buyer.visitor.look("m08-second-ad-ready")
