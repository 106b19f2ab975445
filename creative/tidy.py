"""What nobody will ask for again: drafts that were only looked at, and answers kept for repeated requests."""

from datetime import datetime, timedelta

from django.db import transaction

from creative.models import Ad, Brief, IdempotentRequest

KEEP = timedelta(days=7)
AT_ONCE = 200  # so that a long pause is made up for in small transactions


def tidy(now: datetime) -> int:
    """Remove what is older than ``KEEP``; how many rows. Each look at a template makes a draft, most are never ordered."""
    old = now - KEEP
    drafts = Ad.objects.filter(state=Ad.State.DRAFT, campaign=None, created_at__lt=old).order_by("id")
    with transaction.atomic():
        chosen = list(drafts.values_list("pk", "brief_id")[:AT_ONCE])
        Ad.objects.filter(pk__in=[ad for ad, _ in chosen], state=Ad.State.DRAFT).delete()
        Brief.objects.filter(pk__in=[brief for _, brief in chosen], ads=None).delete()
    answers = IdempotentRequest.objects.filter(created_at__lt=old)
    gone, _ = IdempotentRequest.objects.filter(pk__in=answers.values("pk")[:AT_ONCE]).delete()
    return len(chosen) + gone
