"""Refusals about money and plans over the API: the right status, what a program needs to know, and nothing changed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.errors import KeyReused
from billing.models import Entry, Hold, Lot, MembershipPeriod
from config.problems import handle
from creative.models import Ad
from tests.creative.api import Program
from tests.creative.shops import Shop, open_shop


@pytest.fixture
def program(alice: Shop) -> Program:
    return Program(alice)


def draft(program: Program, shop: Shop, seed: int = 1) -> dict[str, Any]:
    made = program.post("ads", {"product": shop.product.public_id, "seed": seed})
    assert made.status_code == 201
    found: dict[str, Any] = made.json()
    return found


def books() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Ad, Lot, Hold, Entry)]


def test_402_says_what_is_needed_what_there_is_and_which_limit_speaks(alice: Shop, program: Program) -> None:
    ad = draft(program, alice)
    Lot.objects.of(alice.organization).update(free=5, spent=655)
    before = books()
    body = program.post(f"ads/{ad['id']}/order").json()
    named = {name: body[name] for name in ("status", "code", "needed", "available", "limit")}
    assert named == {
        "status": 402,
        "code": "insufficient_credits",
        "needed": ad["credits_quoted"],
        "available": 5,
        "limit": "account",
    }
    assert books() == before


def test_409_for_a_key_that_was_used_for_something_else() -> None:
    answer = handle(KeyReused("topup:7"), {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"], answer.data["key"]) == (409, "key_reused", "topup:7")


def test_429_for_too_many_at_a_time_says_when_to_come_back(db: None, quick: None) -> None:
    shop = open_shop("dora")
    program = Program(shop)
    ads = [draft(program, shop, seed) for seed in (1, 2, 3)]
    statuses = [program.post(f"ads/{ad['id']}/order").status_code for ad in ads[:2]]
    before = books()
    refused = program.post(f"ads/{ads[2]['id']}/order")
    assert (statuses, refused.status_code, refused["Retry-After"]) == ([202, 202], 429, "30")
    assert (refused.json()["code"], refused.json()["limit"]) == ("too_many_open_holds", 2)
    assert books() == before


def test_429_above_the_rate_says_how_many_seconds(
    alice: Shop, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.api_door.now", lambda: 1_795_674_015.0)
    assert {program.get("credits").status_code for _ in range(60)} == {200}
    refused = program.get("credits")
    assert (refused.status_code, refused["Retry-After"]) == (429, "45")
    assert refused.json()["detail"].startswith("Your plan allows 60/min requests")


def test_403_without_the_api_names_the_plan(db: None, quick: None) -> None:
    body = Program(open_shop("dora", plan="free")).get("credits").json()
    assert (body["status"], body["code"], body["plan"]) == (403, "plan_too_small", "gold")


def test_403_for_a_draft_that_the_plan_of_now_does_not_allow(client: Client, alice: Shop, program: Program) -> None:
    ad = draft(program, alice)
    MembershipPeriod.objects.update(ended_at="2026-01-01T00:00:00Z")
    client.force_login(alice.owner)  # type: ignore[arg-type]
    answer = client.post(reverse("ad-order", args=[ad["id"]]))
    assert answer.status_code == 403
    assert "黄金会员起可用" in answer.content.decode()
    assert (Ad.objects.get(public_id=ad["id"]).state, Hold.objects.count()) == ("draft", 0)


def test_the_way_out_is_the_smallest_pack_that_is_enough(client: Client, alice: Shop, program: Program) -> None:
    ad = draft(program, alice)
    Lot.objects.of(alice.organization).update(free=5, spent=655)
    client.force_login(alice.owner)  # type: ignore[arg-type]
    page = client.post(reverse("ad-order", args=[ad["id"]]))
    text = page.content.decode()
    assert page.status_code == 402
    assert f"还差 {ad['credits_quoted'] - 5} 点" in text
    assert reverse("buy-pack", args=["topup_330"]) in text
    assert reverse("plans") in text


def test_who_may_not_buy_is_not_offered_to(client: Client, alice: Shop, bob: Any, program: Program) -> None:
    ad = draft(program, alice)
    Lot.objects.of(alice.organization).update(free=5, spent=655)
    client.force_login(bob)
    text = client.post(reverse("ad-order", args=[ad["id"]])).content.decode()
    assert "还差" in text
    assert "/buy" not in text
