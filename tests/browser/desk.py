"""The operator's staff in a real browser: trace an ad's credits, refund, and adjust with a second person."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.buyer import Buyer
from tests.browser.conftest import PASSWORD, Visitor, visitor

STAFF = """
from django.contrib.auth import get_user_model
for name in ("ann", "ben"):
    get_user_model().objects.create_user(name, f"{name}@example.com", "a-long-passphrase-1", is_staff=True)
"""
ADJUSTED = 1_500  # more than one person may give alone


def at_the_desk(buyer: Buyer, chromium: Browser, ad: str) -> None:
    """Goes on where the buyer has stopped. Ann may act, Ben may approve."""
    buyer.studio.shell(STAFF)
    grouped = buyer.studio.manage("desk_groups", "--act", "ann", "--approve", "ben")
    assert grouped.returncode == 0, grouped.stderr
    with _clerk(buyer, chromium, "ann") as ann:
        _trace(ann, ad)
        _refund(ann, buyer)
        request = _ask_for_more_than_alone(ann, buyer)
    with _clerk(buyer, chromium, "ben") as ben:
        _approve(ben, buyer, request)
    assert buyer.findings() == 0


@contextmanager
def _clerk(buyer: Buyer, chromium: Browser, name: str) -> Iterator[Visitor]:
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    someone = visitor(context, buyer.studio)
    page = someone.page
    page.goto(f"{someone.url}/admin/login/?next=/admin/desk/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("input[type=submit]").click()
    expect(page.locator("#desk-q")).to_be_visible()
    yield someone
    context.close()


def _find(page: Page, what: str) -> None:
    page.locator("#desk-q").fill(what)
    page.get_by_role("button", name="查找 Find").click()


def _trace(ann: Visitor, ad: str) -> None:
    """From the ad's number to its shots, what each cost, and the lots that paid."""
    page = ann.page
    _find(page, ad)
    shots = page.locator(".desk-part", has_text="镜头与片段").locator("tbody tr")
    credits = [int(cell) for cell in shots.locator("td:nth-child(3)").all_inner_texts()]
    net = int(page.get_by_text("净付 net").locator("strong").inner_text())
    assert sum(credits) == net > 0
    expect(page.locator(".desk-part", has_text="由哪些点数支付").locator("tbody tr")).not_to_have_count(0)
    ann.look("m20-desk-work")
    page.evaluate("document.querySelector('#content > h1').textContent = 'ad_' + 'm'.repeat(26)")
    ann.look("m20-desk-work-widest")
    page.get_by_role("link", name="客户 Customer").click()
    expect(page.get_by_role("heading", name="会员时间线 Memberships")).to_be_visible()
    ann.look("m21-desk-customer")


def _refund(ann: Visitor, buyer: Buyer) -> None:
    """The pack's unused credits and their money go back; what will change is said before."""
    page, before = ann.page, buyer.bank.account.balance
    page.locator(".desk-part", has_text="退款 Refund a payment").locator("li").first.get_by_role("link").click()
    fen = round(100 * float(page.locator("[name=amount]").input_value()))
    assert fen > 0
    page.locator("[name=reason]").fill("买错了 bought by mistake")
    page.get_by_role("button", name="预览 Preview").click()
    expect(page.locator(".desk-ahead")).to_contain_text("将会改变")
    ann.look("m22-desk-refund")
    assert buyer.bank.account.balance == before
    page.get_by_role("button", name="确认执行 Confirm").click()
    expect(page.get_by_text("已完成 Done")).to_be_visible()
    assert buyer.bank.account.balance == before - fen


def _ask_for_more_than_alone(ann: Visitor, buyer: Buyer) -> str:
    """The address of the request; the customer has nothing yet."""
    page = ann.page
    buyer.go("credits")
    had = buyer.credits
    page.get_by_role("link", name="调整点数 Adjust credits").click()
    page.locator("[name=credits]").fill(str(ADJUSTED))
    page.locator("[name=reason]").fill("系统故障补偿 an outage made good")
    page.get_by_role("button", name="预览 Preview").click()
    page.get_by_role("button", name="提交复核 Ask for a second person").click()
    expect(page.get_by_text("等待第二人复核").first).to_be_visible()
    buyer.go("credits")
    assert buyer.credits == had
    waiting = page.locator(".desk-list a", has_text=re.compile("调整|Adjust")).first
    address = waiting.get_attribute("href")
    assert address is not None
    page.goto(f"{ann.url}{address}")
    expect(page.get_by_text("待复核 Waiting").first).to_be_visible()
    expect(page.get_by_role("button", name="通过并执行 Approve and do it")).to_have_count(0)
    ann.look("m23-desk-waiting")
    return address


def _approve(ben: Visitor, buyer: Buyer, request: str) -> None:
    buyer.go("credits")
    had = buyer.credits
    ben.page.goto(f"{ben.url}{request}")
    ben.look("m24-desk-approve")
    ben.page.get_by_role("button", name="通过并执行 Approve and do it").click()
    expect(ben.page.get_by_text("已通过并执行 Approved and done")).to_be_visible()
    buyer.go("credits")
    assert buyer.credits == had + ADJUSTED
    buyer.go("purchases")
    buyer.visitor.look("m25-purchases-after")
