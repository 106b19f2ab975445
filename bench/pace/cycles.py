"""What one client of the ledger does over and over."""

import enum
from collections.abc import Callable
from typing import NamedTuple

PLENTY = 2_000_000_000
CAMPAIGN = 50  # clips


class Work(enum.Enum):
    CYCLE = "hold one credit and settle it"
    BUDGET = "the same, counted in the month of an agency's merchant too"
    CAMPAIGN = "hold and settle the credits of a whole campaign at once"


class Account(NamedTuple):
    """An agency with one lot and the month of its one merchant: ids."""

    organization: int
    lot: int
    budget: int


def open_accounts(number: int) -> list[Account]:
    """A migrated database with so many accounts, each with more credits than a benchmark can use."""
    from django.core.management import call_command

    call_command("migrate", "billing", verbosity=0, skip_checks=True)
    return [_open(index) for index in range(number)]


def _open(index: int) -> Account:
    from billing import budgets, ledger
    from billing.models import Organization, OrgLink

    agency = Organization.objects.create(name=f"bench {index}", kind="agency")
    merchant = Organization.objects.create(name=f"client of bench {index}")
    lot = ledger.grant(agency, key="plenty", amount=PLENTY, kind="admin", expires_at=None)
    tie = OrgLink.objects.create(agency=agency, merchant=merchant, payer="agency", monthly_cap=PLENTY, state="active")
    return Account(agency.pk, lot.pk, budgets.budget_of(tie).pk)


def cycle_of(work: Work, account: Account) -> Callable[[str], None]:
    """A function of a key that no other cycle has."""
    from billing import ledger
    from billing.models import Organization

    organization = Organization.objects.get(pk=account.organization)
    amount = CAMPAIGN if work is Work.CAMPAIGN else 1
    budget = account.budget if work is Work.BUDGET else None

    def cycle(key: str) -> None:
        held = ledger.hold(organization, key=key, amount=amount, budget=budget)
        ledger.settle(held.pk, used=amount)

    return cycle


def audit() -> list[object]:
    from billing import ledger

    return list(ledger.audit())
