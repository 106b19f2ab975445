"""The reconciler's bells. Each task takes one id, may come twice or never, and does only what rows ask for."""

import logging

from celery import shared_task
from django.utils import timezone

from creative import campaigns, production, recordings, retention, webhook_delivery
from creative.tidy import tidy

log = logging.getLogger(__name__)


@shared_task(name="creative.tasks.advance")  # type: ignore[untyped-decorator]
def advance(ad_id: str) -> None:
    production.advance(ad_id)


@shared_task(name="creative.tasks.advance_campaign")  # type: ignore[untyped-decorator]
def advance_campaign(campaign_id: str) -> None:
    campaigns.advance_campaign(campaign_id)


@shared_task(name="creative.tasks.advance_unfinished")  # type: ignore[untyped-decorator]
def advance_unfinished() -> None:
    """Heals lost bells, dead workers and restarts. One bad item never stops the rest."""
    for ad_id in production.unfinished():
        try:
            production.advance(ad_id)
        except Exception:  # a bug in one ad must not keep all others waiting; the log has it
            log.exception("%s could not be advanced", ad_id)
    for campaign_id in campaigns.unfinished():
        try:
            campaigns.advance_campaign(campaign_id)
        except Exception:  # as above
            log.exception("%s could not be advanced", campaign_id)
    tidy(timezone.now())


@shared_task(name="creative.tasks.deliver_webhook")  # type: ignore[untyped-decorator]
def deliver_webhook(delivery_id: str) -> None:
    """One attempt to tell a customer's system, in a queue of its own: it may be slow, and nobody else shall wait."""
    webhook_delivery.deliver(int(delivery_id))


@shared_task(name="creative.tasks.deliver_webhooks")  # type: ignore[untyped-decorator]
def deliver_webhooks() -> None:
    """Ring for what is due, say by mail what was switched off, and forget old messages."""
    webhook_delivery.ring_due()
    webhook_delivery.mail_switched_off()
    webhook_delivery.forget_old()


@shared_task(name="creative.tasks.remove_expired_files")  # type: ignore[untyped-decorator]
def remove_expired_files() -> None:
    """Remove finished files that were kept as long as the plan says. Safe to run twice, and at any moment."""
    retention.remove_expired()
    recordings.sweep(timezone.now())
