"""What billing refuses, and what the caller can do about it.

    BillingError
    ├── InsufficientCredits   402  not enough live credits: buy more, or make something smaller
    ├── TooManyOpenHolds      429  the plan's number of parallel works is reached: wait for one to end
    ├── KeyReused             409  the same key was used for something else: take a new key
    ├── HoldGone              409  the reservation does not exist (any more): start the work again
    ├── RefundTooLarge        409  more than was captured and not yet refunded
    ├── PlanLacks             403  the plan does not include it; ``plan`` is the lowest one that does
    ├── RateLimited           429  more requests than the plan's rate: wait ``retry_after`` seconds
    ├── LedgerBusy            503  too many rivals at once: try again
    ├── Parked                403  the account waits for a person to look at its ledger
    ├── Suspended             403  our staff has stopped new orders of the organization: the reason says why
    ├── DeskRefused           409  what staff asked for on the billing desk can not be done as it stands
    ├── NotAllowed            403  the role does not permit it, or the user belongs to no organization
    ├── LinkRefused     403/404/409  a tie between an agency and a merchant that can not be (``reason`` says why)
    ├── LinkNotActive         409  the agency's payment ended in this moment: order again
    ├── SeatsTaken            403  every seat of the plan is taken
    ├── LastOwner             409  an organization keeps at least one owner
    ├── InvitationGone        404  used, revoked, expired, or never issued
    ├── UnknownPlan           404  no plan of that name is on sale
    ├── UnknownPack           404  no top-up pack of that name is on sale
    ├── ProviderAbsent        409  this way of paying is not set up here: choose another
    ├── ProviderDown          503  the payment provider does not answer or refuses: nothing was charged, try again
    ├── NotForSale            409  it would be charged twice, or cannot be sold like this
    ├── NotPayable            409  the purchase was paid, has lapsed or was given back: look at it, or buy anew
    ├── NothingToRefund       409  no money of this payment can go back any more
    ├── PaymentRefused        400  what was entered about money is wrong: an amount, a tax number, an evidence
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
        todo = "Ask your agency to raise it" if limit == "budget" else "Add credits"
        where = "left of this month's budget" if limit == "budget" else "available"
        detail = f"This needs {needed} credits and {available} are {where}. {todo} or choose a shorter ad."
        super().__init__(detail, needed=needed, available=available, limit=limit)


class TooManyOpenHolds(BillingError):
    code = "too_many_open_holds"
    status = 429
    retry_after = 30  # seconds: a guess, as nobody knows when the next work ends

    def __init__(self, limit: int) -> None:
        self.limit = limit
        detail = f"Your plan makes {limit} at a time. Wait until one is finished or choose a higher plan."
        super().__init__(detail, limit=limit)


class PlanLacks(BillingError):
    """``plan``: the code of the lowest plan on sale that includes it, "" if none does."""

    code = "plan_too_small"
    status = 403

    def __init__(self, what: str, plan: str) -> None:
        self.plan = plan
        todo = f"The {plan} plan does: upgrade to use it." if plan else "No plan on sale does."
        super().__init__(f"Your plan does not include {what}. {todo}", plan=plan)


class RateLimited(BillingError):
    code = "rate_limited"
    status = 429

    def __init__(self, rate: str, retry_after: int) -> None:
        self.rate, self.retry_after = rate, retry_after
        detail = f"Your plan allows {rate} requests of the API. Try again in {retry_after} s, or choose a higher plan."
        super().__init__(detail, rate=rate, retry_after=retry_after)


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


class Suspended(BillingError):
    code = "account_suspended"
    status = 403

    def __init__(self, reason: str) -> None:
        self.reason = reason
        detail = f"New orders of this account are stopped: {reason} What runs is finished. Please contact support."
        super().__init__(detail, reason=reason)


class DeskRefused(BillingError):
    """For staff, who read Chinese first: ``detail`` says it in both languages."""

    code = "desk_refused"
    status = 409

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")


class NotAllowed(BillingError):
    code = "not_allowed"
    status = 403


class LinkRefused(BillingError):
    """Between organizations; ``reason`` is stable for programs, one of those in ``billing.links``."""

    code = "link_refused"

    def __init__(self, reason: str, status: int, detail: str, **extra: int | str) -> None:
        super().__init__(detail, reason=reason, **extra)
        self.reason = reason
        self.status = status  # type: ignore[misc]  # it depends on the reason


class LinkNotActive(BillingError):
    code = "link_not_active"
    status = 409

    def __init__(self) -> None:
        super().__init__("The agency has just stopped paying for this account. Look at the price again, then order.")


class SeatsTaken(BillingError):
    code = "seats_taken"
    status = 403

    def __init__(self, seats: int) -> None:
        self.seats = seats
        detail = f"The plan has {seats} seats and all are taken. Remove a member, revoke an invitation or upgrade."
        super().__init__(detail, seats=seats)


class LastOwner(BillingError):
    code = "last_owner"
    status = 409

    def __init__(self) -> None:
        super().__init__("This is the only owner. Make somebody else an owner first.")


class InvitationGone(BillingError):
    code = "invitation_gone"
    status = 404

    def __init__(self) -> None:
        super().__init__("This invitation was used, revoked or has expired. Ask for a new one.")


class UnknownPlan(BillingError):
    code = "unknown_plan"
    status = 404

    def __init__(self, plan_code: str, detail: str = "") -> None:
        self.plan_code = plan_code
        super().__init__(detail or f"There is no plan {plan_code!r} on sale. Choose one from the plan list.")


class UnknownPack(BillingError):
    code = "unknown_pack"
    status = 404

    def __init__(self, pack_code: str) -> None:
        self.pack_code = pack_code
        super().__init__(f"There is no top-up pack {pack_code!r} on sale. Choose one from the list of packs.")


class CatalogueInvalid(BillingError):
    code = "catalogue_invalid"


class ProviderAbsent(BillingError):
    code = "provider_absent"
    status = 409

    def __init__(self, provider: str) -> None:
        super().__init__(f"Paying by {provider} is not set up here. Choose a bank transfer.", provider=provider)


class ProviderDown(BillingError):
    code = "provider_down"
    status = 503


class NotForSale(BillingError):
    code = "not_for_sale"
    status = 409


class NotPayable(BillingError):
    code = "not_payable"
    status = 409


class NothingToRefund(BillingError):
    code = "nothing_to_refund"
    status = 409


class PaymentRefused(BillingError):
    code = "payment_refused"
    status = 400
