"""Prices of this moment, and the credits of a top-up: what the catalogue in force says, applied."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing import catalogue, ledger
from billing.domain.plans import Pack
from billing.domain.tariff import Tariff, tariff_at
from billing.models import Lot, Organization


def tariff(at: datetime | None = None) -> Tariff:
    """What work costs at ``at`` (default: now), off-peak hours taken into account."""
    return tariff_at(catalogue.current(), at or now())


def now() -> datetime:
    """The clock that quotes are made by, apart from every other so that tests can choose the hour of a quote."""
    return timezone.now()


def grant_pack(
    organization: Organization, pack: Pack, *, key: str, at: datetime | None = None, reason: str = ""
) -> tuple[Lot, ...]:
    """The credits of a top-up that was paid for: one lot, and a second one where the pack has a bonus.

    ``pack`` is as it was when it was bought (``catalogue.pack_on_sale`` is as it is today). The same key gives the same
    lots again; KeyReused if it once gave other credits.
    """
    begins = at or timezone.now()
    ends = begins + timedelta(days=pack.days)
    parts = [(Lot.Kind.TOPUP, pack.credits), (Lot.Kind.BONUS, pack.bonus)]
    with transaction.atomic():
        return tuple(
            ledger.grant(
                organization,
                key=f"{kind.value}:{key}",
                amount=credits,
                kind=kind,
                starts_at=begins,
                expires_at=ends,
                reason=reason or pack.code,
            )
            for kind, credits in parts
            if credits
        )
