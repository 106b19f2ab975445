"""No arbitrage: whatever is bought, spent, waited for, changed and given back, a credit costs at least the best list price."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.domain.proration import LEAST_DUE_FEN, Month, credits_for, trade_in, unused, worth

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAYS = timedelta(days=1)
PLANS = ((6600, 660), (26_600, 3000), (66_600, 8000))
BEST = max(Fraction(credits, fen) for fen, credits in PLANS)


def month(price: int = 6600, credits: int = 660, free: int = 660, ran: int = 0, length: int = 30) -> Month:
    return Month(1, price, credits, free, NOW - ran * DAYS, NOW + (length - ran) * DAYS)


@pytest.mark.parametrize(
    ("free", "ran", "wanted"),
    [(660, 0, 660), (660, 15, 330), (100, 15, 100), (0, 0, 0), (660, 30, 0), (660, 40, 0), (660, -3, 660)],
)
def test_unused_is_the_less_of_time_and_credits(free: int, ran: int, wanted: int) -> None:
    assert unused(month(free=free, ran=ran), NOW) == wanted


def test_a_trade_in_leaves_something_to_pay() -> None:
    months = [month()._replace(lot_id=number) for number in range(5)]
    parts = trade_in(months, NOW, 10_000)
    assert [(part.lot_id, part.credits, part.value_fen) for part in parts] == [(0, 660, 6600), (1, 330, 3300)]
    assert sum(part.value_fen for part in parts) == 10_000 - LEAST_DUE_FEN
    assert trade_in([month(free=0)], NOW, 10_000) == ()
    assert trade_in([month(price=0)], NOW, 10_000) == ()
    assert trade_in([month()], NOW, 50) == ()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(price=st.integers(1, 10**6), credits=st.integers(1, 10**5), part=st.integers(0, 10**6))
def test_rounding_is_never_for_the_account(price: int, credits: int, part: int) -> None:
    some, fen = part % (credits + 1), part % (price + 1)
    assert Fraction(worth(some, price, credits)) <= Fraction(price * some, credits)
    assert Fraction(credits_for(fen, price, credits)) >= Fraction(credits * fen, price)
    assert 0 <= credits_for(fen, price, credits) <= credits
    assert worth(credits, price, credits) == price
    assert credits_for(worth(some, price, credits), price, credits) <= some


@dataclass
class Shop:
    """A shop by the rules of this module alone: what it paid and what credits it ever had the use of."""

    now: datetime = NOW
    paid: int = 0
    used: int = 0
    months: list[Month] = field(default_factory=list)

    @property
    def had(self) -> int:
        return self.used + sum(row.free for row in self.months if row.ends_at > self.now)

    def buy(self, tier: int, spent_before_paying: int) -> None:
        price, credits = PLANS[tier]
        running = [row for row in self.months if row.ends_at > self.now]
        lower = [row for row in running if row.price_fen < price]
        higher = any(row.price_fen >= price for row in running)
        parts = () if higher else trade_in(lower, self.now, price)
        self.spend(spent_before_paying)
        missing = 0
        for part in parts:
            place, row = next((n, row) for n, row in enumerate(self.months) if row.lot_id == part.lot_id)
            taken = min(part.credits, row.free)
            self.months[place] = row._replace(free=row.free - taken)
            missing += part.value_fen - worth(taken, part.value_fen, part.credits)
        self.paid += price - sum(part.value_fen for part in parts)
        came = credits - (credits_for(missing, price, credits) if missing else 0)
        basis = price * came // credits
        self.months.append(Month(len(self.months), basis, came, came, self.now, self.now + 30 * DAYS))

    def spend(self, amount: int) -> None:
        for place, row in enumerate(self.months):
            take = min(amount, row.free) if row.ends_at > self.now else 0
            self.months[place] = row._replace(free=row.free - take)
            self.used += take
            amount -= take

    def give_back(self, share: int) -> None:
        """Refund a part of what is unused of the last month, as ``billing.refunds`` allows it."""
        if self.months and self.months[-1].ends_at > self.now and self.months[-1].price_fen:
            row = self.months[-1]
            most = min(worth(row.free, row.price_fen, row.credits), self.paid)
            amount = most * share // 100
            taken = credits_for(amount, row.price_fen, row.credits)
            self.months[-1] = row._replace(free=row.free - taken)
            self.paid -= amount


STEPS = st.one_of(
    st.tuples(st.just("buy"), st.integers(0, 2), st.integers(0, 3000)),
    st.tuples(st.just("spend"), st.integers(0, 9000), st.just(0)),
    st.tuples(st.just("wait"), st.integers(0, 40 * 24), st.just(0)),
    st.tuples(st.just("give back"), st.integers(0, 100), st.just(0)),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=14))
def test_no_sequence_of_changes_beats_the_best_list_price(steps: list[tuple[str, int, int]]) -> None:
    shop = Shop()
    for verb, amount, more in steps:
        if verb == "buy":
            shop.buy(amount, more)
        elif verb == "spend":
            shop.spend(amount)
        elif verb == "wait":
            shop.now += timedelta(hours=amount)
        else:
            shop.give_back(amount)
        assert shop.had <= BEST * shop.paid
