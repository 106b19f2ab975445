"""What billing refuses, and what the caller can do about it.

    BillingError
    ├── InsufficientCredits   402  not enough live credits: buy more, or make something smaller
    ├── TooManyOpenHolds      429  the plan's number of parallel works is reached: wait for one to end
    ├── KeyReused             409  the same key was used for something else: take a new key
    ├── HoldGone              409  the reservation does not exist (any more): start the work again
    ├── RefundTooLarge        409  more than was captured and not yet refunded
    ├── LedgerBusy            503  too many rivals at once: try again
    ├── Parked                403  the account waits for a person to look at its ledger
    ├── NotAllowed            403  the role does not permit it, or the user belongs to no organization
    ├── UnknownPlan           404  no plan of that name is on sale
    └── CatalogueInvalid      400  the plan catalogue file is wrong; the detail names the line of it

``code`` is stable for programs, ``detail`` is for people, ``status`` is the HTTP status that fits, and ``extra()`` are
further fields of a problem answer (RFC 9457).
"""

from typing import ClassVar


class BillingError(Exception):
    """Base of all billing refusals; nothing was changed when it is raised."""

    code: ClassVar[str] = "billing_error"
    status: ClassVar[int] = 400

    def __init__(self, detail: str, **extra: int | str) -> None:
        super().__init__(detail)
        self.detail = detail
        self._extra = extra

    def extra(self) -> dict[str, int | str]:
        """What a program wants to know beside the code."""
        return dict(self._extra)


class InsufficientCredits(BillingError):
    code = "insufficient_credits"
    status = 402

    def __init__(self, needed: int, available: int, limit: str = "account") -> None:
        self.needed, self.available, self.limit = needed, available, limit
        detail = f"This needs {needed} credits and {available} are available. Add credits or choose a shorter ad."
        super().__init__(detail, needed=needed, available=available, limit=limit)


class TooManyOpenHolds(BillingError):
    code = "too_many_open_holds"
    status = 429

    def __init__(self, limit: int) -> None:
        self.limit = limit
        detail = f"Your plan makes {limit} at a time. Wait until one is finished or choose a higher plan."
        super().__init__(detail, limit=limit)


class KeyReused(BillingError):
    code = "key_reused"
    status = 409

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"The key {key!r} was already used for something else. Use a new key.", key=key)


class HoldGone(BillingError):
    code = "hold_gone"
    status = 409

    def __init__(self, hold_id: int) -> None:
        self.hold_id = hold_id
        super().__init__("The credits reserved for this work are no longer held. Start the work again.")


class RefundTooLarge(BillingError):
    code = "refund_too_large"
    status = 409

    def __init__(self, amount: int, refundable: int) -> None:
        self.amount, self.refundable = amount, refundable
        detail = f"{amount} credits cannot be refunded: {refundable} of this work are left to refund."
        super().__init__(detail, amount=amount, refundable=refundable)


class LedgerBusy(BillingError):
    code = "ledger_busy"
    status = 503

    def __init__(self) -> None:
        super().__init__("Many works use this account at the same moment. Try again in a second.")


class Parked(BillingError):
    code = "account_parked"
    status = 403

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("This account is being checked and cannot start new work. Please contact support.")


class NotAllowed(BillingError):
    code = "not_allowed"
    status = 403


class UnknownPlan(BillingError):
    code = "unknown_plan"
    status = 404

    def __init__(self, plan_code: str, detail: str = "") -> None:
        self.plan_code = plan_code
        super().__init__(detail or f"There is no plan {plan_code!r} on sale. Choose one from the plan list.")


class CatalogueInvalid(BillingError):
    code = "catalogue_invalid"
