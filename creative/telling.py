"""What an ad or a campaign has to tell its customer's systems, in the transaction in which it ends."""

from django.conf import settings
from django.urls import reverse

from creative import webhooks
from creative.models import Ad, Campaign


def ad_ended(ad: Ad, state: str, *, code: str = "", reason: str = "") -> None:
    """Ready (again, after a reshoot), failed or cancelled."""
    webhooks.tell(
        ad.organization,
        f"ad.{state}",
        f"{ad.public_id}:{ad.round}",
        {
            "ad": ad.public_id,
            "state": state,
            "product": ad.product.public_id,
            "campaign": ad.campaign.public_id if ad.campaign else None,
            "reason_code": code,
            "reason": reason,
            "url": f"{settings.SITE_URL}{reverse('api-ad', args=[ad.public_id])}",
        },
    )


def campaign_finished(campaign: Campaign, *, ready: int, credits: int) -> None:
    """``ready`` ads are there, ``credits`` were paid for them."""
    webhooks.tell(
        campaign.organization,
        "campaign.finished",
        campaign.public_id,
        {
            "campaign": campaign.public_id,
            "name": campaign.name,
            "ready": ready,
            "ads": campaign.ads.count(),
            "credits": credits,
            "url": f"{settings.SITE_URL}{reverse('api-campaign', args=[campaign.public_id])}",
        },
    )
