"""The periodic work of billing."""

from celery import shared_task

from billing import ledger


@shared_task(name="billing.tasks.reap_holds")  # type: ignore[untyped-decorator]
def reap_holds() -> None:
    """Release the holds of dead workers and book expired credits. Safe to run twice, and at any moment."""
    ledger.reap()
    ledger.lapse()
