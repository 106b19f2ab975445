"""A rival acts exactly between what a verb reads and what it writes: its first read is from before the rival."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from billing import ledger
from billing.domain.ledger import Part
from billing.errors import InsufficientCredits
from billing.ledger import sql
from billing.models import Entry, Hold, Lot, Organization
from tests.billing.conftest import Clock, columns, lot

pytestmark = pytest.mark.usefixtures("as_if_alone")


@pytest.fixture
def overtake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``overtake("account", rival, ...)``: the next ``sql.account(...)`` answers as before ``rival()`` acted."""

    def arrange(read: str, rival: Callable[[], Any], *arguments: object) -> None:
        real = getattr(sql, read)
        before = [real(*arguments)]
        rival()
        monkeypatch.setattr(sql, read, lambda *args: before.pop() if before else real(*args))

    return arrange


def test_a_rival_took_the_credits(shop: Organization, clock: Clock, overtake) -> None:
    soon, late = lot(shop, 5, key="soon", hours=1), lot(shop, 5, key="late", hours=2)
    overtake("account", lambda: ledger.hold(shop, key="rival", amount=4), shop.pk, clock.now)
    mine = ledger.hold(shop, key="mine", amount=3)
    assert mine.parts == [[soon.pk, 1], [late.pk, 2]]
    assert (columns(soon), columns(late)) == ((0, 5, 0, 0), (3, 2, 0, 0))
    assert ledger.audit(shop) == []


def test_a_rival_took_the_last_credits(shop: Organization, clock: Clock, overtake) -> None:
    lot(shop, 5)
    overtake("account", lambda: ledger.hold(shop, key="rival", amount=4), shop.pk, clock.now)
    with pytest.raises(InsufficientCredits) as refusal:
        ledger.hold(shop, key="mine", amount=3)
    assert refusal.value.available == 1
    assert list(Hold.objects.values_list("key", flat=True)) == ["rival"]
    assert ledger.audit(shop) == []


def test_the_lot_was_revoked_before_it_was_drawn(shop: Organization, clock: Clock, overtake, unchanged) -> None:
    bought = lot(shop, 5)
    overtake("account", lambda: ledger.revoke(bought.pk, key="r", reason="bank"), shop.pk, clock.now)
    with unchanged(), pytest.raises(InsufficientCredits):
        ledger.hold(shop, key="mine", amount=3)


def test_the_same_key_came_in_at_the_same_moment(shop: Organization, clock: Clock, overtake) -> None:
    lot(shop, 50)
    overtake("account", lambda: ledger.hold(shop, key="ad", amount=3), shop.pk, clock.now)
    mine = ledger.hold(shop, key="ad", amount=3)
    assert Hold.objects.get() == mine
    assert ledger.balance(shop).held == 3


def test_a_rival_took_the_slot(shop: Organization, overtake) -> None:
    lot(shop, 50)
    overtake("open_slots", lambda: ledger.hold(shop, key="rival", amount=3, concurrency=2), shop.pk)
    assert ledger.hold(shop, key="mine", amount=3, concurrency=2).slot == 2
    assert ledger.audit(shop) == []


@pytest.mark.parametrize("ending", ["settle", "refund"])
def test_the_lot_was_revoked_before_credits_returned(shop: Organization, clock: Clock, overtake, ending: str) -> None:
    bought = lot(shop, 5)
    held = ledger.hold(shop, key="ad", amount=5)
    if ending == "refund":
        ledger.settle(held.pk, used=5)
    rival = partial(ledger.revoke, bought.pk, key="r", reason="bank")
    overtake("fates", rival, [Part(bought.pk, 5)], clock.now)
    if ending == "settle":
        assert ledger.settle(held.pk, used=2) is True
        assert columns(bought) == (0, 0, 2, 3)
    else:
        assert ledger.refund(held.pk, amount=3, key="bad film") is True
        assert columns(bought) == (0, 0, 2, 3)
    assert ledger.audit(shop) == []


def test_a_late_heartbeat_beats_the_reaper(shop: Organization, clock: Clock, overtake, unchanged) -> None:
    lot(shop, 5)
    held = ledger.hold(shop, key="ad", amount=5)
    clock.passes(minutes=31)
    overtake("silent_holds", lambda: ledger.heartbeat(held.pk), clock.now)
    with unchanged():
        assert ledger.reap() == 0


def test_a_late_settlement_beats_the_reaper(shop: Organization, clock: Clock, overtake, unchanged) -> None:
    lot(shop, 5)
    held = ledger.hold(shop, key="ad", amount=5)
    clock.passes(minutes=31)
    overtake("silent_holds", lambda: ledger.settle(held.pk, used=5), clock.now)
    with unchanged():
        assert ledger.reap() == 0


def test_two_lapsers_book_once(shop: Organization, clock: Clock, overtake, unchanged) -> None:
    lot(shop, 5)
    clock.passes(days=2)
    overtake("expired_lots", ledger.lapse, clock.now)
    with unchanged():
        assert ledger.lapse() == 0


def test_credits_moved_while_they_lapsed(shop: Organization, clock: Clock, overtake) -> None:
    ended = lot(shop, 5, hours=1)

    def rival() -> None:
        ledger.hold(shop, key="in the last second", amount=2, lease=timedelta(hours=2))

    overtake("lot_to_close", rival, ended.pk)
    clock.passes(hours=1)
    assert ledger.lapse() == 1
    assert columns(ended) == (0, 2, 0, 3)
    assert ledger.audit(shop) == []


def test_credits_moved_while_they_were_revoked(shop: Organization, overtake) -> None:
    bought = lot(shop, 5)
    overtake("lot_to_close", lambda: ledger.hold(shop, key="in the last second", amount=2), bought.pk)
    assert ledger.revoke(bought.pk, key="r", reason="bank") is True
    assert columns(bought) == (0, 2, 0, 3)
    assert Entry.objects.filter(kind="revoke").count() == 1
    assert Lot.objects.get().revoked_at is not None
    assert ledger.audit(shop) == []
