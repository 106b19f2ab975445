"""Racers: processes of their own that call the ledger at the same moment.

A racer is ``python -m tests.live.racers``. It reads one JSON line ``[verb, arguments]`` at a time from its standard
input, and answers each with one JSON line.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.studio import ROOT


class Racer:
    """The test's end of a racer process."""

    def __init__(self, env: Mapping[str, str]) -> None:
        command = [sys.executable, "-m", "tests.live.racers"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._answer() == "ready"

    def start(self, verb: str, **arguments: Any) -> None:
        """Send it off; it runs while the test goes on."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([verb, arguments]) + "\n")
        self.process.stdin.flush()

    def finish(self) -> Any:
        """Wait for its answer."""
        return self._answer()

    def call(self, verb: str, **arguments: Any) -> Any:
        self.start(verb, **arguments)
        return self.finish()

    def kill(self) -> None:
        """``kill -9``, wherever it is just now."""
        self.process.kill()
        self._close()

    def retire(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self._close()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the racer ended with {self.process.wait()}"
        return json.loads(line)

    def _close(self) -> None:
        self.process.wait(30)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Verbs:
    """What a racer can do. Imports wait until Django is set up."""

    def __init__(self) -> None:
        from billing import ledger
        from billing.models import Entry, Hold, Lot, Organization

        self.ledger, self.Entry, self.Hold, self.Lot, self.Organization = ledger, Entry, Hold, Lot, Organization

    def found(self, lots: list[int]) -> int:
        """A new organization with these lots, which end one day after another."""
        from django.utils import timezone

        organization = self.Organization.objects.create(name="race")
        for day, amount in enumerate(lots, start=1):
            expires_at = timezone.now() + timedelta(days=day)
            self.ledger.grant(organization, key=f"lot-{day}", amount=amount, kind="topup", expires_at=expires_at)
        return organization.pk

    def hold(self, organization: int, key: str, amount: int, concurrency: int | None = None) -> int | str:
        """The hold's id, or the code of the refusal."""
        from billing.errors import BillingError

        owner = self.Organization.objects.get(pk=organization)
        try:
            return self.ledger.hold(owner, key=key, amount=amount, concurrency=concurrency).pk
        except BillingError as error:
            return error.code

    def drain(self, organization: int, name: str) -> int:
        """Hold one to three credits again and again until there are none; the sum of what it got."""
        chance = random.Random(name)
        got = tries = 0
        wanted = 3
        while wanted:
            tries += 1
            amount = min(wanted, chance.randint(1, 3))
            if isinstance(self.hold(organization, f"{name}-{tries}", amount), int):
                got += amount
            else:
                wanted = amount - 1  # ever smaller, down to the last credit
        return got

    def found_clients(self, credits: int, caps: list[int]) -> tuple[int, list[int]]:
        """A new agency with ``credits`` and merchants with these caps: its id and those of their ties."""
        from billing.models import OrgLink

        agency = self.Organization.objects.create(name="agency", kind="agency")
        self.ledger.grant(agency, key="lot", amount=credits, kind="topup", expires_at=None)
        merchants = [self.Organization.objects.create(name="client") for _ in caps]
        ties = [
            OrgLink.objects.create(agency=agency, merchant=merchant, payer="agency", monthly_cap=cap, state="active")
            for merchant, cap in zip(merchants, caps, strict=True)
        ]
        return agency.pk, [tie.pk for tie in ties]

    def hold_for(self, link: int, key: str, amount: int) -> int | str:
        """The hold's id, or the code of the refusal with the limit that spoke."""
        from billing import budgets
        from billing.errors import BillingError
        from billing.models import OrgLink

        tie = OrgLink.objects.select_related("agency").get(pk=link)
        try:
            return self.ledger.hold(tie.agency, key=key, amount=amount, budget=budgets.budget_of(tie).pk).pk
        except BillingError as error:
            return f"{error.code} {error.extra().get('limit', '')}".strip()

    def drain_for(self, link: int, name: str) -> int:
        """Hold one to three credits for a merchant until its month is used up; the sum of what it got."""
        chance = random.Random(name)
        got = tries = 0
        wanted = 3
        while wanted:
            tries += 1
            amount = min(wanted, chance.randint(1, 3))
            if isinstance(self.hold_for(link, f"{name}-{tries}", amount), int):
                got += amount
            else:
                wanted = amount - 1
        return got

    def set_cap(self, link: int, cap: int) -> int:
        from billing import links
        from billing.models import OrgLink

        tie = OrgLink.objects.select_related("agency").get(pk=link)
        links.set_cap(tie, tie.agency, cap)
        return 0

    def work_for_clients(self, ties: list[int], name: str) -> None:
        """Hold, settle, release and refund for merchants until killed."""
        chance = random.Random(name)
        for number in range(10**9):
            hold_id = self.hold_for(chance.choice(ties), f"{name}-{number}", chance.randint(1, 5))
            if not isinstance(hold_id, int):
                continue
            end = chance.random()
            if end < 0.4:
                self.ledger.settle(hold_id, used=1)
                self.ledger.refund(hold_id, amount=1, key="again")
            elif end < 0.8:
                self.ledger.release(hold_id)

    def months(self, agency: int) -> list[list[int]]:
        """(cap, held, spent) of every month of an agency's merchants, by tie."""
        from billing.models import Budget

        rows = Budget.objects.filter(organization=agency).order_by("link_id", "month")
        return [[row.cap, row.held, row.spent] for row in rows]

    def approve_desk(self, request: str, by: str) -> str:
        """Either "done" or the code of the refusal."""
        from billing.desk import wishes
        from billing.errors import BillingError
        from billing.models import StaffRequest

        row = StaffRequest.objects.select_related("organization").get(public_id=request)
        try:
            wishes.approve(row, by=by)
        except BillingError as error:
            return error.code
        return "done"

    def desk_sent(self, organization: int, credits: int, key: str) -> str:
        """Staff sends a form of an adjustment; the public id of what it did, or of the request that waits for a second."""
        from billing.desk import wishes
        from billing.desk.effects import Wish
        from billing.models import StaffAction

        owner = self.Organization.objects.get(pk=organization)
        wish = Wish(owner, StaffAction.Kind.ADJUST, credits=credits)
        return str(wishes.propose(wish, reason="race", by="ann", key=key).public_id)

    def settle(self, hold_id: int, used: int) -> bool:
        return self.ledger.settle(hold_id, used=used)

    def refund(self, hold_id: int, amount: int, key: str) -> bool:
        return self.ledger.refund(hold_id, amount=amount, key=key)

    def reap(self, minutes_ahead: int) -> int:
        from django.utils import timezone

        return self.ledger.reap(timezone.now() + timedelta(minutes=minutes_ahead))

    def work_for_ever(self, organization: int, name: str) -> None:
        """Hold and settle until killed."""
        chance = random.Random(name)
        for number in range(10**9):
            hold_id = self.hold(organization, f"{name}-{number}", chance.randint(1, 5))
            if isinstance(hold_id, int) and chance.random() < 0.8:
                self.ledger.settle(hold_id, used=chance.randint(0, 1))

    def report(self, organization: int) -> dict[str, Any]:
        from django.db.models import Sum

        owner = self.Organization.objects.get(pk=organization)
        lots = self.Lot.objects.of(owner).aggregate(
            *[Sum(name) for name in ("amount", "free", "held", "spent", "lapsed")]
        )
        holds = self.Hold.objects.of(owner)
        return {
            **{name.removesuffix("__sum"): value for name, value in lots.items()},
            "holds": holds.count(),
            "open": holds.filter(state="open").count(),
            "captured": holds.aggregate(sum=Sum("captured"))["sum"],
            "refunded": holds.aggregate(sum=Sum("refunded"))["sum"],
            "findings": [str(finding) for finding in self.ledger.audit(owner)],
        }


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    verbs = Verbs()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        verb, arguments = json.loads(line)
        print(json.dumps(getattr(verbs, verb)(**arguments)), flush=True)


if __name__ == "__main__":
    main()
