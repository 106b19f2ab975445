"""The reconciler's bells. Each task takes one id, may come twice or never, and does only what rows ask for."""

import logging

from celery import shared_task
from django.utils import timezone

from creative import campaigns, production
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
