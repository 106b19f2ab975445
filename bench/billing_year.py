"""Do the books agree after a year?  ``python bench/billing_year.py [--customers 1000] [--seed 1] [--database sqlite]``

The simulated year of ``tests/billing/year.py``: a frozen clock, random purchases, upgrades, downgrades, failed cards,
refunds, disputes, transfers, and every fault of delivery that the fake provider knows. At the end our books, the
provider's objects and the bank's statement are held against each other for every customer, in fen; the ledger is audited,
and nobody may have got credits below the best list price. Prints what happened and what differs; exit 1 if anything does.

The provider is the FAKE of ``tests/billing/stripe_fake``: this shows that our books are right, not how Stripe behaves.
"""

import argparse
import logging
import os
import platform
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder

from tests.live.databases import migrated

if TYPE_CHECKING:
    from tests.billing.year import Year


def simulate(customers: int, steps: int, seed: int) -> "Year":
    """In a migrated, empty database."""
    from django.test import Client
    from django.utils import timezone

    from tests.billing.clock import NEW_YEAR, Clock
    from tests.billing.stripe_fake import Account
    from tests.billing.stripe_fake.transport import install
    from tests.billing.year import Year

    clock = Clock(NEW_YEAR)
    timezone.now = lambda: clock.now  # type: ignore[assignment]
    year = Year(install(Account(timezone.now)), Client(), clock, customers=customers, seed=seed)
    begun = time.monotonic()

    def tell(step: int) -> None:
        if step % 4 == 0:
            print(f"\r{clock.now:%Y-%m-%d}  {time.monotonic() - begun:4.0f} s", end="", file=sys.stderr, flush=True)

    year.run(steps, tell)
    year.settle()
    print(file=sys.stderr)
    return year


def report(year: "Year", wrong: list[str]) -> None:
    from tests.billing.year_books import bank_statement, best_offer, credits_had, our_books, provider_books

    told = Counter(row["type"] for row in year.account.events)
    faults = {f"faults: messages {name}": count for name, count in year.post.faults.items()}
    for title, counts in (("what customers did", year.did | Counter(faults)), ("what the provider told", told)):
        print(f"\n{title}")
        for name, count in sorted(counts.items()):
            print(f"  {name:<44}{count:>10,}")
    print("\nmoney kept, fen")
    for who, fen in (
        ("our books", our_books()),
        ("the provider", provider_books(year)),
        ("the bank", bank_statement(year)),
    ):
        print(f"  {who:<44}{sum(fen.values()):>14,}")
    kept, had = our_books(), credits_had(year.shops)
    rates = [had[owner] / fen for owner, fen in kept.items() if fen > 0]
    print("\ncredits per fen")
    print(f"  {'best offer of the list':<44}{float(best_offer()):>14.6f}")
    print(f"  {'best that a customer got':<44}{max(rates, default=0.0):>14.6f}")
    print(f"\ndifferences: {len(wrong)}")
    for line in wrong[:50]:
        print(f"  {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=52, help="parts of the year; in each a fifth of all do something")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    if options.customers < 1 or options.steps < 1:
        parser.error("a year needs at least one customer and one step")
    with migrated(options.database):
        logging.getLogger("django.request").setLevel(logging.ERROR)  # forged messages are refused, as they should
        from tests.billing.year_books import differences

        begun, used = time.monotonic(), time.process_time()
        year = simulate(options.customers, options.steps, options.seed)
        lived, worked = time.monotonic() - begun, time.process_time() - used
        wrong = differences(year)
        print(f"{options.customers} customers, seed {options.seed}, {options.steps} steps, {options.database}")
        print(f"{lived:.0f} s, of which {worked:.0f} s of one core")
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        )
        report(year, wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
