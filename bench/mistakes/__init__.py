"""Deliberate mistakes in billing, by what they are about, and which tests have to notice the ones of each module."""

from mistakes import agencies, asking, at_once, buying, giving_back, hearing, ledger, memberships
from mistakes.mutant import Mutant

GROUPS: dict[str, tuple[Mutant, ...]] = {
    "ledger": ledger.MUTANTS,
    "at_once": at_once.MUTANTS,
    "agencies": agencies.MUTANTS,
    "buying": buying.MUTANTS,
    "giving_back": giving_back.MUTANTS,
    "asking": asking.MUTANTS,
    "hearing": hearing.MUTANTS,
    "memberships": memberships.MUTANTS,
}
ON_POSTGRES = frozenset({"at_once"})  # groups whose code runs nowhere else
LEDGER = (
    "domain/test_billing_ledger",
    *(
        f"billing/test_ledger_{name}"
        for name in ("ending", "holds", "returns", "accounts", "rivals", "audit", "machine")
    ),
)
MONEY = tuple(f"billing/test_{name}" for name in ("purchases", "stripe", "webhooks", "paying_rules", "locks"))
GIVING_BACK = ("billing/test_giving_back", *MONEY)
HEARING = ("billing/test_hearing", "billing/test_house_transport", *GIVING_BACK)
AGENCIES = tuple(f"billing/test_{name}" for name in ("budgets", "links", "agency_rules", "locks", "budgets_machine"))
TESTS: dict[str, tuple[str, ...]] = {
    "ledger": LEDGER,
    "at_once": (*LEDGER[1:], "billing/test_budgets", "billing/test_budgets_machine"),
    "agencies": AGENCIES,
    "buying": ("domain/test_billing_proration", *MONEY, "billing/test_giving_back", "billing/test_hearing"),
    "giving_back": GIVING_BACK,
    "asking": HEARING,
    "hearing": HEARING,
    "memberships": (
        "domain/test_billing_calendar",
        "domain/test_billing_tariff",
        "domain/test_billing_plans",
        "billing/test_memberships",
        "billing/test_catalogue",
        "billing/test_budgets",
        "billing/test_links",
        "billing/test_agency_rules",
        *MONEY,
    ),
}
