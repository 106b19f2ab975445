"""Low credits are noted once per threshold and month, and those who pay get one mail."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail

from billing import ledger, memberships, notices
from billing.models import Hold, LowCreditNotice, Member, Organization
from billing.organizations import add_member
from billing.tasks import notice_low_credits
from config.celery import app
from tests.billing.conftest import Clock


@pytest.fixture(autouse=True)
def member(shop: Organization, alice: User, clock: Clock) -> None:
    """Gold since noon; Alice and her accountant can be written to, her producer cannot."""
    memberships.start_period(shop, "gold", key="1")
    alice.email = "alice@example.com"
    alice.save()
    add_member(shop, User.objects.create_user("ann", "ann@example.com"), Member.Role.BILLING_ADMIN)
    add_member(shop, User.objects.create_user("bob", "bob@example.com"), Member.Role.PRODUCER)


def use(shop: Organization, credits: int) -> None:
    hold = ledger.hold(shop, key=f"use {Hold.objects.count()}", amount=credits)
    ledger.settle(hold.pk, used=credits)


def noted() -> list[tuple[int, int, bool]]:
    rows = LowCreditNotice.objects.order_by("id")
    return [(row.percent, row.available, row.mailed_at is not None) for row in rows]


def test_each_threshold_is_said_once(shop: Organization) -> None:
    use(shop, 500)
    assert (notices.notice_low(), noted(), mail.outbox) == (0, [], [])
    use(shop, 40)
    assert [notices.notice_low() for _ in range(3)] == [1, 0, 0]
    use(shop, 100)
    assert [notices.notice_low() for _ in range(3)] == [1, 0, 0]
    assert noted() == [(20, 120, True), (5, 20, True)]
    assert [(message.to, message.bcc) for message in mail.outbox] == [
        ([], ["alice@example.com", "ann@example.com"]),
        ([], ["alice@example.com", "ann@example.com"]),
    ]
    assert "还剩 20 点" in mail.outbox[1].subject
    assert "20 credits are left" in mail.outbox[1].body


def test_the_exact_threshold_counts(shop: Organization) -> None:
    use(shop, 527)
    assert notices.low(shop) is None
    use(shop, 1)
    assert notices.low(shop) == notices.Low(132, 660, 20)


def test_a_pack_leaves_them_in_peace(shop: Organization) -> None:
    ledger.grant(shop, key="pack", amount=3_300, kind="topup", expires_at=None)
    use(shop, 660)
    assert (notices.notice_low(), noted()) == (0, [])


def test_the_next_month_is_a_new_one(shop: Organization, clock: Clock) -> None:
    use(shop, 660)
    assert notices.notice_low() == 1
    clock.passes(days=31)
    memberships.start_period(shop, "gold", key="2")
    use(shop, 660)
    assert notices.notice_low() == 1
    assert noted() == [(5, 0, True), (5, 0, True)]


def test_without_mail_it_is_noted_all_the_same(shop: Organization, settings: Any) -> None:
    settings.LOW_CREDIT_MAIL = False
    use(shop, 660)
    assert notices.notice_low() == 1
    assert (noted(), mail.outbox) == ([(5, 0, False)], [])


def test_a_mail_server_that_is_away_is_asked_again(shop: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    use(shop, 660)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        assert notices.notice_low() == 1
    assert noted() == [(5, 0, False)]
    notice_low_credits()
    assert noted() == [(5, 0, True)]
    assert len(mail.outbox) == 1


def test_other_organizations_and_free_accounts_get_none(shop: Organization, charlies_shop: Organization) -> None:
    memberships.ensure_daily(charlies_shop)
    use(charlies_shop, 60)
    assert notices.low(charlies_shop) == notices.Low(6, 66, 20)
    assert (notices.notice_low(), noted()) == (0, [])


def test_the_schedule_names_the_task() -> None:
    assert notice_low_credits.name in [entry["task"] for entry in app.conf.beat_schedule.values()]
