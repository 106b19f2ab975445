"""Filming one shot of a ready ad anew: with the next seed, or with another photo, move or strength.

The new plan takes the old one's place in the ad's rows, and ``Reshoot.before`` keeps what stood there. The ad then goes
the way of every ad, from shooting to ready, with this one shot to film and its files to cut. Where that fails or is
cancelled, the old rows come back and so do the credits.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from billing.domain.plans import Entitlements
from billing.memberships import ensure_daily, entitlements_for
from creative import allowed, bell, filming, payment
from creative.brief import MAX_SEED, engine_spec
from creative.drafts import image_of
from creative.errors import AdNotOrderable, AdNotReady, BriefRefused, NotFound
from creative.filming import Trouble
from creative.models import Ad, AdOutput, AdShot, Asset, Campaign, Reshoot
from generation.domain.engine_spec import Move
from generation.domain.shot_plan import PlanRefused, ShotPlan, ShotRequest, plan
from generation.domain.shot_plan_json import plan_from_dict, plan_to_dict
from generation.domain.timeline_json import timeline_from_dict, timeline_to_dict
from generation.domain.timeline_rules import media_frames
from generation.models import RenderJob

State = Ad.State
KIND = "reshoot"  # in the catalogue's rates


@dataclass(frozen=True)
class ReshootQuote:
    """What would be filmed and what it costs: 0 where the tenant has paid for that very clip."""

    shot: AdShot
    asset: Asset
    plan: ShotPlan
    ms: int
    credits: int
    listed: int  # without the off-peak price


def quote_reshoot(
    ad: Ad,
    index: int,
    *,
    seed: int | None = None,
    photo: str = "",
    move: str = "",
    strength: float | None = None,
) -> ReshootQuote:
    """Decide and price a reshoot; nothing changes. What is not given stays as it is, but for the seed: the next one.

    ``photo`` is the public id of a photo of the ad's product. Raises ``NotFound``, ``BriefRefused``, ``AdNotReady``.
    """
    check_ready(ad)
    shot = ad.shots.select_related("asset").filter(index=index).first()
    if shot is None:
        raise NotFound("镜头", "shot")
    asset = _photo(ad, photo) if photo else shot.asset
    old = plan_from_dict(shot.plan)
    same_picture = asset == shot.asset
    cut = timeline_from_dict(ad.timeline).shots[index]
    frames, fps = media_frames(cut), timeline_from_dict(ad.timeline).canvas.fps
    new = _plan(
        ShotRequest(
            image=old.image if same_picture else image_of(asset),
            move=_move(move) if move else old.move,
            framing=old.framing,
            strength=old.strength if strength is None else strength,
            frames=frames,
            fps=fps,
            width=old.width,
            height=old.height,
            seed=old.seed + 1 if seed is None else seed,
            last_image=old.last_image,
            easing=old.easing,
            prompt=old.prompt,
            profile=old.profile,
        ),
        old,
    )
    ms = frames * 1000 // fps
    quote = payment.price(ad.organization, [payment.Filming(new.key, ms)], KIND)
    return ReshootQuote(shot, asset, new, ms, quote.credits[0], quote.listed[0])


def reshoot(
    ad: Ad,
    index: int,
    *,
    seed: int | None = None,
    photo: str = "",
    move: str = "",
    strength: float | None = None,
    entitlements: Entitlements | None = None,
    by: AbstractBaseUser | None = None,
    agreed: int | None = None,
) -> Ad:
    """Reserve the price of one shot and film it anew; the ad as it stands then.

    ``by`` is the member who orders, None for a program; ``agreed`` the price that was shown: a dearer one is refused.

    Raises what ``quote_reshoot`` raises, ``AdNotOrderable``, ``PlanTooSmall``, and the ledger's ``InsufficientCredits`` or
    ``TooManyOpenHolds``; nothing has changed then. Asked twice, the second is refused with ``AdNotReady``.
    """
    rights = entitlements or entitlements_for(ad.organization)
    allowed.require(rights, lambda plan: plan.reshoot, "单镜重拍", "reshoots")
    wanted = quote_reshoot(ad, index, seed=seed, photo=photo, move=move, strength=strength)
    allowed.check_shot(wanted.ms, wanted.plan.move, rights)
    if agreed is not None and wanted.credits > agreed:
        raise AdNotOrderable(
            f"重拍的价格从 {agreed} 点变为 {wanted.credits} 点，还没有开始，也没有扣点。请看新的价格再决定。",
            f"the price of this reshoot has changed from {agreed} to {wanted.credits} credits; nothing was started.",
        )
    ensure_daily(ad.organization)
    with transaction.atomic():
        timeline = _timeline(ad, index, wanted.plan.key)
        # As it was looked at: its files are not being removed at this moment (``creative.retention``).
        mine = Ad.objects.filter(pk=ad.pk, state=State.READY, round=ad.round, files_removed_at=ad.files_removed_at)
        if not mine.update(state=State.SHOOTING, round=ad.round + 1, timeline=timeline, cancel_requested=False):
            raise not_ready()
        row = Reshoot.objects.create(
            organization=ad.organization,
            ad=ad,
            number=ad.round + 1,
            index=index,
            before=_before(ad, wanted.shot),
            credits_quoted=wanted.credits,
            ordered_by_id=by.pk if by else None,
        )
        _put(ad, wanted)
        bell.ring(bell.ADVANCE, ad.public_id)
        payment.take_hold(row, concurrency=rights.concurrency)
    ad.refresh_from_db()
    return ad


def undo(ad: Ad, begun: Reshoot, to: str, why: Trouble) -> bool:
    """The reshoot has failed or was cancelled: the ad is ready with its old film, and all credits return."""
    before = begun.before
    with transaction.atomic():
        mine = Ad.objects.filter(pk=ad.pk, state=ad.state, round=ad.round)
        if not mine.update(state=State.READY, cancel_requested=False, timeline=before["timeline"]):
            return False
        Reshoot.objects.filter(pk=begun.pk).update(
            state=to, reason_code=why.code, reason=why.zh[:400], reason_en=why.en[:400], finished_at=timezone.now()
        )
        jobs = filming.open_jobs(ad)
        if begun.kind == Reshoot.Kind.ORDER:
            _shots_back(ad, begun)
        else:
            AdShot.objects.filter(ad=ad, index=begun.index).update(**before["shot"])
        for output, rows in before["outputs"].items():
            AdOutput.objects.filter(pk=int(output)).update(**rows)
        filming.call_off_jobs(jobs)
        payment.give_back(begun)
    return True


def _shots_back(ad: Ad, begun: Reshoot) -> None:
    """The rows of the shots as they were before another order."""
    rows: list[dict[str, Any]] = begun.before["shots"]
    jobs = set(RenderJob.objects.filter(pk__in=[row["job_id"] for row in rows]).values_list("pk", flat=True))
    assets = set(Asset.objects.filter(pk__in=[row["asset_id"] for row in rows]).values_list("pk", flat=True))
    AdShot.objects.filter(ad=ad).delete()
    AdShot.objects.bulk_create(
        AdShot(**row | {"ad": ad, "job_id": row["job_id"] if row["job_id"] in jobs else None})
        for row in rows
        if row["asset_id"] in assets
    )


def check_ready(ad: Ad) -> None:
    """Raises ``AdNotReady``. An ad of a campaign is paid with it: until that is finished nothing else may be added."""
    busy = ad.campaign is not None and ad.campaign.state != Campaign.State.FINISHED
    if ad.state != State.READY or busy:
        raise not_ready()
    if ad.files_removed:
        raise AdNotReady(
            "成片的保存期已过，文件已删除：请用同样的设置再做一支，拍过的镜头不再收费。",
            "the files of this ad were kept as long as the plan says and are gone: make it again, shots that were paid "
            "for cost nothing.",
        )


def not_ready() -> AdNotReady:
    return AdNotReady(
        "只有已完成的广告才能重拍镜头：请等它做完。",
        "only a shot of a ready ad can be filmed anew: wait until it is ready.",
    )


def _photo(ad: Ad, public_id: str) -> Asset:
    photos = Asset.objects.of(ad.organization).filter(product=ad.product, kind=Asset.Kind.PHOTO)
    found = photos.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("照片", "photo")
    return found


def _move(word: str) -> Move:
    try:
        return Move(word)
    except ValueError:
        known = ", ".join(Move)
        raise BriefRefused(f"没有运镜“{word}”，可用：{known}。", f"no move {word!r}: choose one of {known}.") from None


def _plan(request: ShotRequest, old: ShotPlan) -> ShotPlan:
    if not 0 <= request.seed <= MAX_SEED:
        raise BriefRefused(f"种子是 0 到 {MAX_SEED} 的整数。", f"seed is a whole number from 0 to {MAX_SEED}.")
    try:
        new = plan(engine_spec(old.engine), request)
    except PlanRefused as error:
        raise BriefRefused(f"这个引擎拍不了这样的镜头：{error}", f"{error}.") from error
    if new.key == old.key:
        raise BriefRefused(
            "这和现在的镜头一模一样：请换种子、照片或运镜。", "this is the very shot that is there: change something."
        )
    return new


def _timeline(ad: Ad, index: int, clip: str) -> dict[str, object]:
    timeline = timeline_from_dict(ad.timeline)
    shots = [replace(shot, clip=clip) if place == index else shot for place, shot in enumerate(timeline.shots)]
    return timeline_to_dict(replace(timeline, shots=tuple(shots)))


def _before(ad: Ad, shot: AdShot) -> dict[str, Any]:
    """Column values, ready to be written back."""
    return {
        "timeline": ad.timeline,
        "shot": {
            "asset_id": shot.asset_id,
            "plan": shot.plan,
            "clip_key": shot.clip_key,
            "credits": shot.credits,
            "list_credits": shot.list_credits,
            "job_id": shot.job_id,
        },
        "outputs": outputs_before(ad),
    }


def outputs_before(ad: Ad) -> dict[str, dict[str, int | None]]:
    """Which film each output has, by the row's id as text."""
    return {
        str(output.pk): {"rendition_id": output.rendition_id, "job_id": output.job_id} for output in ad.outputs.all()
    }


def _put(ad: Ad, wanted: ReshootQuote) -> None:
    """The new shot in the place of the old one; the files are to be made anew."""
    AdShot.objects.filter(pk=wanted.shot.pk).update(
        asset=wanted.asset,
        plan=plan_to_dict(wanted.plan),
        clip_key=wanted.plan.key,
        credits=wanted.credits,
        list_credits=wanted.listed,
        job=None,
    )
    AdOutput.objects.filter(ad=ad).update(rendition=None, job=None)
