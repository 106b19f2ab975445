"""The periodic work of billing."""

from celery import shared_task

from billing import ledger, notices, sweeping, webhooks


@shared_task(name="billing.tasks.reap_holds")  # type: ignore[untyped-decorator]
def reap_holds() -> None:
    """Release the holds of dead workers and book expired credits. Safe to run twice, and at any moment."""
    ledger.reap()
    ledger.lapse()


@shared_task(name="billing.tasks.notice_low_credits")  # type: ignore[untyped-decorator]
def notice_low_credits() -> None:
    """Tell members whose credits run low, once per threshold and month. Safe to run twice, and at any moment."""
    notices.notice_low()


@shared_task(name="billing.tasks.notice_ending")  # type: ignore[untyped-decorator]
def notice_ending() -> None:
    """Tell customers' own systems which memberships end soon. Safe to run twice, and at any moment."""
    notices.notice_ending()


@shared_task(name="billing.tasks.process_event")  # type: ignore[untyped-decorator]
def process_event(event_id: int) -> None:
    """Act on one stored message of a payment provider."""
    webhooks.process(event_id)


@shared_task(name="billing.tasks.sweep_payments")  # type: ignore[untyped-decorator]
def sweep_payments() -> None:
    """Finish what a lost bell, a dead process or a silent provider has left half done."""
    sweeping.sweep()
