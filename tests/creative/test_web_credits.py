"""The credit statement: what there is, until when, and each change with the work it belongs to."""

import pytest
from django.test import Client
from django.urls import reverse

from billing import ledger
from creative import production
from creative.web.credits import LINES
from tests.creative.shops import Shop


@pytest.fixture
def desk(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)
    return client


def test_each_line_names_its_ad(desk: Client, alice: Shop) -> None:
    ad = production.draft(alice.organization, product=alice.product, lang="zh", seconds=12).ad
    production.order(ad)
    answer = desk.get(reverse("credits"))
    lines = [(str(line.word), line.change, line.href) for line in answer.context["lines"]]
    assert lines == [("预留", -40, reverse("ad", args=[ad.public_id])), ("获得", 660, "")]
    text = answer.content.decode()
    assert "−40" in text
    assert "当前会员：黄金" in text
    assert "会员点数" in text


def test_a_settled_line_says_what_it_has_cost(desk: Client, alice: Shop) -> None:
    hold = ledger.hold(alice.organization, key="work", amount=50)
    ledger.settle(hold.pk, used=30)
    lines = [(str(line.word), str(line.note), line.change) for line in desk.get(reverse("credits")).context["lines"]]
    assert ("结算", "实扣 30 点", 0) in lines
    assert sum(change for _word, _note, change in lines) == 630 == ledger.balance(alice.organization).available


def test_a_long_statement_has_pages_without_a_gap(desk: Client, alice: Shop) -> None:
    for number in range(LINES):
        ledger.grant(alice.organization, key=f"gift {number}", amount=1 + number, kind="bonus", expires_at=None)
    first = desk.get(reverse("credits"))
    second = desk.get(reverse("credits"), {"before": first.context["older"]})
    changes = [line.change for page in (first, second) for line in page.context["lines"]]
    assert changes == [*range(LINES, 0, -1), 660]
    assert second.context["older"] is None
    assert desk.get(reverse("credits"), {"before": "1; DROP"}).status_code == 200


def test_nobody_sees_the_lines_of_others(desk: Client, alice: Shop, charlie: Shop) -> None:
    ledger.grant(charlie.organization, key="gift", amount=7, kind="bonus", expires_at=None)
    assert [line.change for line in desk.get(reverse("credits")).context["lines"]] == [660]
