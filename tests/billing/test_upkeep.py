"""The periodic task, and what Django's own upkeep does to an append-only journal."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from billing import ledger
from billing.models import Entry, Lot, Organization
from billing.tasks import reap_holds
from config.celery import app
from tests.billing.conftest import Clock, columns, lot


def test_the_task_frees_dead_works_and_books_what_ended(shop: Organization, clock: Clock) -> None:
    lasting, ending = lot(shop, 5, key="a", hours=None), lot(shop, 5, key="b", hours=1)
    ledger.hold(shop, key="ad", amount=6)
    clock.passes(hours=2)
    reap_holds()
    assert (columns(lasting), columns(ending)) == ((5, 0, 0, 0), (0, 0, 0, 5))
    assert ledger.balance(shop).available == 10  # five of them made good
    assert ledger.audit() == []


def test_the_schedule_names_the_task() -> None:
    scheduled = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert reap_holds.name == "billing.tasks.reap_holds"
    assert reap_holds.name in scheduled


@pytest.mark.django_db(transaction=True)
def test_flushing_empties_the_journal_and_locks_it_again() -> None:
    organization = Organization.objects.create(name="Alice")
    lot(organization, 5)
    call_command("flush", interactive=False, verbosity=0)
    assert not Entry.objects.exists()
    assert not Lot.objects.exists()
    lot(Organization.objects.create(name="Bob"), 5)
    for change in (Entry.objects.all().delete, lambda: Entry.objects.update(reason="other")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert Entry.objects.count() == 1
