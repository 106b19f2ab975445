"""From an order to a finished ad. ``advance`` is a reconciler: it looks at the rows and does the next missing thing.

It may be called by anybody, any number of times, at once, and may die at any line: each change of ``Ad.state`` is one
conditional UPDATE, the queue joins equal jobs, and credits move in the same transaction as the state they belong to.

    draft -> held -> shooting -> assembling -> checking -> ready | failed | cancelled

A reshoot takes a ready ad back to shooting; it ends as ready in any case, with the new film or with the old one.
"""

import logging
from collections.abc import Callable

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from billing.errors import BillingError
from creative import bell, filming, payment, reshoots, telling
from creative.drafts import draft
from creative.filming import Trouble
from creative.models import Ad
from creative.orders import cancel, order
from creative.prepared import AdDraft, ShotQuote
from creative.progress import AdProgress, ShotProgress, progress
from creative.reshoots import ReshootQuote, quote_reshoot, reshoot

__all__ = [
    "AdDraft",
    "AdProgress",
    "ReshootQuote",
    "ShotProgress",
    "ShotQuote",
    "advance",
    "cancel",
    "draft",
    "order",
    "progress",
    "quote_reshoot",
    "reshoot",
    "unfinished",
]
log = logging.getLogger(__name__)
State = Ad.State
CREDITS_GONE = Trouble(
    "credits_gone",
    "预留的点数已到期，账户余额又不足，制作已停止。请补充点数后重新下单。",
    "the reserved credits ran out of time and the balance is too small: add credits and order again.",
)
FILE_GONE = Trouble(
    "file_gone",
    "成片文件不见了，制作已停止，点数已全部退回。请检查存储后重新下单。",
    "the finished file is not in the storage any more: check the storage and order again.",
)


def advance(ad_id: str) -> Ad | None:
    """Take an ad (by its public id) as far as it will go now; the ad as it stands then, ``None`` if there is none.

    Acts for whichever tenant the ad belongs to: it is called by workers, never with an id from a request.
    """
    for _ in STEPS:
        ad = _look(ad_id)
        if ad is None or ad.state not in STEPS or not _step(ad):
            break
    ad = _look(ad_id)
    if ad is not None and ad.state in (State.FAILED, State.CANCELLED):
        filming.call_off(ad)  # also what a step of ours submitted while somebody else ended the ad
    return ad


def unfinished() -> list[str]:
    """Public ids of all ads that still have work to do, oldest first."""
    return list(Ad.objects.filter(state__in=payment.LIVE).order_by("id").values_list("public_id", flat=True))


def _look(ad_id: str) -> Ad | None:
    rows = Ad.objects.select_related("organization", "hold", "brief", "campaign")
    return rows.filter(public_id=ad_id).first()


def _step(ad: Ad) -> bool:
    """The next missing thing; ``True`` if the state changed, so that there may be more to do at once."""
    if ad.cancel_requested:
        return _end(
            ad, State.CANCELLED, Trouble("cancelled", "已取消，点数已全部退回。", "cancelled: all credits returned.")
        )
    try:
        payment.keep_hold(ad)
    except BillingError:
        return _end(ad, State.FAILED, CREDITS_GONE)
    return STEPS[ad.state](ad)


def _shoot(ad: Ad) -> bool:
    trouble = filming.texts_that_do_not_fit(ad)
    if trouble is not None:
        return _end(ad, State.FAILED, trouble)
    filming.submit_films(ad)
    return _move(ad, State.SHOOTING)


def _collect_clips(ad: Ad) -> bool:
    waiting = filming.missing_clips(ad)
    if isinstance(waiting, Trouble):
        return _end(ad, State.FAILED, waiting)
    if waiting:
        return False
    filming.submit_cuts(ad)
    return _move(ad, State.ASSEMBLING)


def _collect_files(ad: Ad) -> bool:
    waiting = filming.missing_files(ad)
    if isinstance(waiting, Trouble):
        return _end(ad, State.FAILED, waiting)
    return not waiting and _move(ad, State.CHECKING)


def _deliver(ad: Ad) -> bool:
    """Generation refused every file that fails a check; here only what may have happened since: is it still there?"""
    for output in ad.outputs.select_related("rendition"):
        if output.rendition is None or not default_storage.exists(output.rendition.file):
            return _end(ad, State.FAILED, FILE_GONE)
    try:
        ready = payment.pay(ad)
    except payment.HoldLost:  # the reaper was quicker by a moment: the next round takes a new hold
        log.warning("%s: the hold was closed while the ad was being paid", ad.public_id)
        return False
    if ready:
        _tell_campaign(ad)
    return ready


STEPS: dict[str, Callable[[Ad], bool]] = {
    State.HELD: _shoot,
    State.SHOOTING: _collect_clips,
    State.ASSEMBLING: _collect_files,
    State.CHECKING: _deliver,
}


def _move(ad: Ad, to: State) -> bool:
    return bool(Ad.objects.filter(pk=ad.pk, state=ad.state, round=ad.round).update(state=to))


def _end(ad: Ad, to: State, why: Trouble) -> bool:
    """Failed or cancelled: all credits return in the same transaction. A reshoot ends so, but its ad is ready again."""
    begun = payment.open_reshoot(ad)
    if begun is not None:
        return reshoots.undo(ad, begun, to, why)
    with transaction.atomic():
        ended = Ad.objects.filter(pk=ad.pk, state=ad.state, round=ad.round).update(
            state=to, reason_code=why.code, reason=why.zh[:400], reason_en=why.en[:400], finished_at=timezone.now()
        )
        if ended:
            telling.ad_ended(ad, to, code=why.code, reason=why.en[:400])
            payment.give_back(ad)
    if ended:
        log.info("%s %s: %s", ad.public_id, to, why.en)
        _tell_campaign(ad)
    return bool(ended)


def _tell_campaign(ad: Ad) -> None:
    if ad.campaign is not None:
        bell.ring(bell.ADVANCE_CAMPAIGN, ad.campaign.public_id)
