"""Finished files are kept as long as the plan promises, and then removed; every row about them and their money stays.

First the ad says that its files go (one conditional UPDATE: from then on no page gives them out), then they go, then
their rows. Killed anywhere in between, the next round goes on: an ad that says so and still has files is not done. With
them go the films that were there before a shot was filmed anew, which nobody could see any more.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from billing.domain.retention import kept_until
from billing.models import Organization
from billing.retention import free_days, spans_of
from creative.models import Ad, AdOutput, Reshoot
from generation.kept import files_of
from generation.models import Rendition

log = logging.getLogger(__name__)
AT_ONCE = 200  # ads in one round
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Keeping:
    """``until`` is never nearer than what was once shown; ``soon``: within a week, or half of a shorter retention."""

    until: datetime
    days: int
    soon: bool


def keeping(ad: Ad) -> Keeping | None:
    """How long the files of a ready ad are kept; None for one without files."""
    if ad.state != Ad.State.READY or ad.finished_at is None or ad.files_removed:
        return None
    now = timezone.now()
    until = kept_until(ad.finished_at, now, free_days(), spans_of(ad.organization))
    whole = until - ad.finished_at
    return Keeping(until, whole.days, until - now <= min(SOON, whole / 2))


def remove_expired() -> int:
    """Remove the files of ads whose time is over; of how many ads. Safe to run twice, at once, and to kill."""
    now = timezone.now()
    marked = sum(_mark(pk, finished_at) for pk, finished_at in _expired(now)[:AT_ONCE])
    for ad in _unfinished()[:AT_ONCE]:
        try:
            _remove_files(ad)
        except Exception:  # one file that will not go must not keep all others; the log has it
            log.exception("%s: its files could not be removed", ad.public_id)
    return marked


def _expired(now: datetime) -> list[tuple[int, datetime]]:
    """(ad, when it was finished) of those that nothing keeps any more, oldest first."""
    least = free_days()
    there = Ad.objects.filter(Ad.FILES_KEPT, state=Ad.State.READY, finished_at__lt=now - timedelta(days=least))
    by_owner: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for owner, pk, finished_at in there.order_by("id").values_list("organization_id", "pk", "finished_at"):
        if finished_at is not None:  # so the query says, but not its type
            by_owner[owner].append((pk, finished_at))
    owners = Organization.objects.in_bulk(list(by_owner))
    found: list[tuple[int, datetime]] = []
    for owner, ads in by_owner.items():
        spans = spans_of(owners[owner])
        found += [ad for ad in ads if kept_until(ad[1], now, least, spans) < now]
    return sorted(found)


def _mark(pk: int, finished_at: datetime) -> bool:
    """Say that the files go, unless a reshoot has begun or made new ones since they were looked at."""
    mine = Ad.objects.filter(Ad.FILES_KEPT, pk=pk, state=Ad.State.READY, finished_at=finished_at)
    return bool(mine.update(files_removed_at=timezone.now()))


def _unfinished() -> "QuerySet[Ad]":
    """Ads that say their files are gone and still have some, or films from before a reshoot."""
    gone = Ad.objects.filter(state=Ad.State.READY, files_removed_at__gte=F("finished_at"))
    former = Reshoot.objects.filter(ad__in=gone).exclude(before__outputs={})
    return gone.filter(Q(outputs__rendition__isnull=False) | Q(pk__in=former.values("ad"))).distinct().order_by("id")


def _remove_files(ad: Ad) -> None:
    outputs = AdOutput.objects.filter(ad=ad).exclude(rendition=None).select_related("rendition")
    for output in outputs:
        if output.rendition is not None:
            _remove(output.rendition, ad)
    for past in ad.reshoots.exclude(before__outputs={}):
        ids = [rows["rendition_id"] for rows in past.before["outputs"].values()]
        for rendition in Rendition.objects.filter(pk__in=ids, tenant=ad.organization_id):
            _remove(rendition, ad)
        Reshoot.objects.filter(pk=past.pk).update(before={**past.before, "outputs": {}})
    log.info("%s: its files were kept as long as its plan says and are removed", ad.public_id)


def _remove(rendition: Rendition, ad: Ad) -> None:
    """Its files and its row; only the ad's hold on it where another ad gives it out."""
    if _shared(rendition, ad):
        AdOutput.objects.filter(ad=ad, rendition=rendition).update(rendition=None)
        return
    for name in files_of(rendition):
        default_storage.delete(name)  # says nothing where it is gone already
    with transaction.atomic():
        AdOutput.objects.filter(rendition=rendition).update(rendition=None)
        Rendition.objects.filter(pk=rendition.pk).delete()


def _shared(rendition: Rendition, ad: Ad) -> bool:
    """Whether another ad whose files are kept gives out the same file."""
    others = AdOutput.objects.filter(rendition=rendition).exclude(ad=ad).select_related("ad")
    return any(not output.ad.files_removed for output in others)
