"""A second, naive ledger to compare the real one with: every single credit is a token that lies in one of four boxes.

It shares no code and no idea with ``billing.ledger``: no sums, no parts, no guards; it moves tokens one by one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

FREE, HELD, SPENT, LAPSED = "free", "held", "spent", "lapsed"
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class ModelLot:
    key: str
    kind: str
    priority: int
    starts_at: datetime
    expires_at: datetime | None
    revoked: bool = False
    tokens: list["Token"] = field(default_factory=list)

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at

    def can_pay(self, now: datetime) -> bool:
        return not self.revoked and self.starts_at <= now and not self.is_over(now)

    def boxes(self) -> tuple[int, int, int, int]:
        return tuple(sum(token.box == box for token in self.tokens) for box in (FREE, HELD, SPENT, LAPSED))


@dataclass(eq=False)
class Token:
    lot: ModelLot
    box: str = FREE


@dataclass
class ModelHold:
    key: str
    amount: int
    tokens: list[Token]
    lease_until: datetime
    state: str = "open"
    paid: list[Token] = field(default_factory=list)  # in the order of payment, refunded ones removed from the end
    captured: int = 0
    refunds: dict[str, int] = field(default_factory=dict)


@dataclass
class ModelLedger:
    lots: list[ModelLot] = field(default_factory=list)
    holds: dict[int, ModelHold] = field(default_factory=dict)

    def grant(
        self, key: str, kind: str, amount: int, priority: int, starts_at: datetime, expires_at: datetime | None
    ) -> ModelLot:
        lot = ModelLot(key, kind, priority, starts_at, expires_at)
        lot.tokens = [Token(lot) for _ in range(amount)]
        self.lots.append(lot)
        return lot

    def payable(self, now: datetime) -> list[Token]:
        """Free tokens, the next to be spent first. Lots stand in the order in which they were granted."""
        order = sorted(
            (lot for lot in self.lots if lot.can_pay(now)),
            key=lambda lot: (lot.priority, lot.expires_at or FOREVER),
        )
        return [token for lot in order for token in lot.tokens if token.box == FREE]

    def held(self) -> int:
        return sum(token.box == HELD for lot in self.lots for token in lot.tokens)

    def hold(self, hold_id: int, key: str, amount: int, now: datetime, lease: timedelta) -> None:
        tokens = self.payable(now)[:amount]
        for token in tokens:
            token.box = HELD
        self.holds[hold_id] = ModelHold(key, amount, tokens, now + lease)

    def open_holds(self) -> int:
        return sum(hold.state == "open" and hold.amount > 0 for hold in self.holds.values())

    def close(self, hold_id: int, state: str, used: int, now: datetime) -> None:
        hold = self.holds[hold_id]
        hold.state = state
        hold.captured = used
        for token in hold.tokens[:used]:
            token.box = SPENT
            hold.paid.append(token)
        self._give_back(hold.tokens[used:], f"makegood:hold:{hold_id}", now)

    def refund(self, hold_id: int, amount: int, key: str, now: datetime) -> None:
        hold = self.holds[hold_id]
        hold.refunds[key] = amount
        back = [hold.paid.pop() for _ in range(amount)]
        self._give_back(back, f"makegood:hold:{hold_id}:{key}", now)

    def revoke(self, lot: ModelLot) -> None:
        lot.revoked = True
        for token in lot.tokens:
            if token.box == FREE:
                token.box = LAPSED

    def lapse(self, now: datetime) -> int:
        touched = 0
        for lot in self.lots:
            late = [token for token in lot.tokens if token.box == FREE and lot.is_over(now)]
            for token in late:
                token.box = LAPSED
            touched += bool(late)
        return touched

    def silent(self, now: datetime) -> list[int]:
        return [hold_id for hold_id, hold in self.holds.items() if hold.state == "open" and hold.lease_until <= now]

    def _give_back(self, tokens: list[Token], makegood_key: str, now: datetime) -> None:
        owed = 0
        for token in tokens:
            dead = token.lot.revoked or token.lot.is_over(now)
            token.box = LAPSED if dead else FREE
            owed += dead and not token.lot.revoked
        if owed:
            self.grant(makegood_key, "makegood", owed, 0, now, now + timedelta(days=7))
