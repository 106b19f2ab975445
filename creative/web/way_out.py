"""The way out of too few credits: what is missing, the smallest pack that covers it, and the plans."""

from dataclasses import dataclass

from billing import catalogue
from billing.access import Actor
from billing.domain.plans import Pack
from billing.errors import BillingError, InsufficientCredits
from billing.payers import payer_of
from creative.errors import CreativeError
from creative.web.plans import buy_url


@dataclass(frozen=True)
class WayOut:
    """``pack`` None: no single pack is large enough, or this person may not buy; ``buy`` is its address."""

    missing: int
    currency: str
    pack: Pack | None
    buy: str


def way_out(actor: Actor, refusal: CreativeError | BillingError | None) -> WayOut | None:
    """For a refusal by one's own account; None for every other, such as by the budget of an agency."""
    if not isinstance(refusal, InsufficientCredits) or refusal.limit != "account":
        return None
    if payer_of(actor.organization).link is not None:
        return None
    missing = refusal.needed - refusal.available
    sold = catalogue.current()
    enough = [pack for pack in sold.packs if pack.credits + pack.bonus >= missing]
    pack = min(enough, key=lambda pack: pack.price_fen) if enough and actor.may("bill") else None
    return WayOut(missing, sold.currency, pack, buy_url("buy-pack", pack.code) if pack else "")
