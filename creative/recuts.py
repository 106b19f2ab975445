"""A ready ad cut in another order, as an editor sent it back: the same clips, nothing filmed and nothing paid.

It is a round of the ad like a reshoot: the ad goes from shooting to ready again, and where the new cut fails or is
cancelled, the old rows come back with the old films.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import transaction

from creative import bell
from creative.errors import AdNotReady, RecutRefused
from creative.models import Ad, AdOutput, AdShot, Reshoot
from creative.reshoots import check_ready, not_ready, outputs_before
from generation import returned_order
from generation.domain.reordering import EditedShot
from generation.domain.timeline import Timeline, TimelineShot, Transition
from generation.domain.timeline_json import timeline_from_dict, timeline_to_dict
from generation.errors import CutRefused

State = Ad.State
MOST_BYTES = 4 * 1024 * 1024
SALT = "creative.recuts"
TOKEN_AGE_S = 24 * 3600
COLUMNS = ("id", "index", "role", "asset_id", "plan", "clip_key", "credits", "list_credits", "job_id")


@dataclass(frozen=True)
class ShotChange:
    """One shot before and after: ``now`` None where it was left out. Places count from 0; ``moved`` past another shot."""

    was: int
    now: int | None
    ms_was: int
    ms_now: int
    moved: bool
    transition_was: Transition
    transition_now: Transition

    @property
    def changed(self) -> bool:
        same = self.ms_was == self.ms_now and self.transition_was is self.transition_now
        return self.now is None or self.moved or not same


@dataclass(frozen=True)
class NewOrder:
    """An order that can be cut: ``changes`` in the new order, then the shots that were left out."""

    edited: tuple[EditedShot, ...]
    timeline: Timeline
    changes: tuple[ShotChange, ...]
    ms_was: int

    @property
    def ms_now(self) -> int:
        return self.timeline.duration * 1000 // self.timeline.canvas.fps


def read_order(ad: Ad, data: bytes) -> NewOrder:
    """What an edited ``.otio`` would change; nothing is stored. Raises ``AdNotReady``, and ``RecutRefused`` saying why."""
    check_ready(ad)
    if len(data) > MOST_BYTES:
        raise RecutRefused(
            "文件太大，不像一个镜头顺序：请只导出时间线。", "the file is too large: export the timeline alone."
        )
    timeline = timeline_from_dict(ad.timeline)
    try:
        edited = returned_order.shots_of(timeline, data.decode())
    except UnicodeDecodeError as error:
        raise RecutRefused(
            "文件不是 OpenTimelineIO：请把时间线导出为 .otio。", "the file is no OpenTimelineIO: export it as .otio."
        ) from error
    except CutRefused as error:
        raise RecutRefused(error.zh or f"{error}。", f"{error}.") from error
    return _order(ad, timeline, edited)


def recut(ad: Ad, order: NewOrder, *, by: AbstractBaseUser | None = None) -> Ad:
    """Cut the ad in this order; the ad as it stands then. ``by``: the member who asks, None for a program.

    Raises ``AdNotReady`` where it is not ready any more, or has changed since the order was read; nothing has changed then.
    """
    check_ready(ad)
    with transaction.atomic():
        mine = Ad.objects.filter(pk=ad.pk, state=State.READY, round=ad.round, files_removed_at=ad.files_removed_at)
        timeline = timeline_to_dict(order.timeline)
        if not mine.update(state=State.SHOOTING, round=ad.round + 1, timeline=timeline, cancel_requested=False):
            raise not_ready()
        rows = list(AdShot.objects.filter(ad=ad).values(*COLUMNS))
        Reshoot.objects.create(
            organization=ad.organization,
            ad=ad,
            kind=Reshoot.Kind.ORDER,
            number=ad.round + 1,
            index=0,
            before={"timeline": ad.timeline, "shots": rows, "outputs": outputs_before(ad)},
            ordered_by_id=by.pk if by else None,
        )
        _put(ad, rows, order)
        bell.ring(bell.ADVANCE, ad.public_id)
    ad.refresh_from_db()
    return ad


def token_of(ad: Ad, order: NewOrder) -> str:
    """The order in a form that a page can carry until it is confirmed: only for this ad, and as it stands now."""
    shots = [
        [one.shot.id, one.shot.source_start, one.shot.duration, one.cut_in, one.shot.transition.value,
         one.shot.transition_frames]
        for one in order.edited
    ]  # fmt: skip
    return signing.dumps([ad.public_id, ad.round, shots], salt=SALT, compress=True)


def order_of(ad: Ad, token: str) -> NewOrder:
    """The order of a token. Raises ``RecutRefused`` for a token that is not ours or too old, ``AdNotReady``."""
    check_ready(ad)
    try:
        name, number, shots = signing.loads(token, salt=SALT, max_age=TOKEN_AGE_S)
    except signing.BadSignature as error:
        raise RecutRefused(
            "这个顺序已经过期：请重新上传 .otio 文件。", "this order is out of date: upload the .otio file again."
        ) from error
    if (name, number) != (ad.public_id, ad.round):
        raise AdNotReady(
            "这支广告在你确认之前又改过：请重新上传 .otio 文件。",
            "the ad has changed since you uploaded the order: upload the .otio file again.",
        )
    timeline = timeline_from_dict(ad.timeline)
    known = {shot.id: shot for shot in timeline.shots}
    edited = [
        EditedShot(
            replace(
                known[shot], source_start=start, duration=frames, transition=Transition(kind), transition_frames=across
            ),
            cut_in,
        )
        for shot, start, frames, cut_in, kind, across in shots
    ]
    return _order(ad, timeline, edited)


def _order(ad: Ad, timeline: Timeline, edited: Sequence[EditedShot]) -> NewOrder:
    try:
        made = returned_order.cut_anew(ad.organization_id, timeline, edited)
    except CutRefused as error:
        raise RecutRefused(error.zh or f"{error}。", f"{error}.") from error
    changes = _changes(timeline, made)
    if not any(change.changed for change in changes):
        raise RecutRefused(
            "这个顺序和现在的成片一模一样，没有可改的。", "this is the very order that is there: nothing to cut."
        )
    if not any(shot.clip for shot in made.shots):
        raise RecutRefused("至少要留一个拍摄的镜头。", "keep at least one shot that was filmed.")
    return NewOrder(tuple(edited), made, changes, timeline.duration * 1000 // timeline.canvas.fps)


def _changes(before: Timeline, after: Timeline) -> tuple[ShotChange, ...]:
    places = {shot.id: place for place, shot in enumerate(before.shots)}
    ranks = {shot: rank for rank, shot in enumerate(sorted((one.id for one in after.shots), key=places.__getitem__))}
    fps = before.canvas.fps

    def change(old: TimelineShot, new: TimelineShot | None, now: int | None) -> ShotChange:
        return ShotChange(
            was=places[old.id],
            now=now,
            ms_was=old.duration * 1000 // fps,
            ms_now=0 if new is None else new.duration * 1000 // fps,
            moved=now is not None and ranks[old.id] != now,
            transition_was=old.transition,
            transition_now=old.transition if new is None else new.transition,
        )

    kept = [change(before.shots[places[shot.id]], shot, now) for now, shot in enumerate(after.shots)]
    return (*kept, *(change(shot, None, None) for shot in before.shots if shot.id not in ranks))


def _put(ad: Ad, rows: Sequence[dict[str, Any]], order: NewOrder) -> None:
    """The shots in their new places; those that were left out have no row. The films are to be cut anew."""
    by_place = {row["index"]: row for row in rows}
    kept = [(change.now, by_place.get(change.was)) for change in order.changes if change.now is not None]
    AdShot.objects.filter(ad=ad).delete()
    AdShot.objects.bulk_create(
        AdShot(**row | {"ad": ad, "index": now}) for now, row in kept if now is not None and row is not None
    )
    AdOutput.objects.filter(ad=ad).update(rendition=None, job=None)
