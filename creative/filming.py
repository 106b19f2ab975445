"""What an ad asks of generation: its shots filmed, its files cut, and its jobs called off when it ends early."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from django.conf import settings

from billing.memberships import entitlements_for
from creative.bell import ADVANCE
from creative.models import Ad, AdOutput, AdShot
from creative.payment import LIVE
from generation import media, queue
from generation.domain.cut_order import CutOrder, Quality
from generation.domain.shot_plan_json import plan_from_dict
from generation.domain.timeline_json import timeline_from_dict
from generation.errors import CutRefused, MissingGlyph, Permanent
from generation.film import known_clips
from generation.models import RenderJob

State = RenderJob.State
TEXT_TROUBLES = (CutRefused.code, MissingGlyph.code)
TEXT_ADVICE = ("请修改商品文案后重新下单。", "change the texts of the product and order again.")
OTHER_ADVICE = ("请稍后再试，或换一个模板。", "try again later or choose another template.")


@dataclass(frozen=True)
class Trouble:
    """Why an ad ends without a film; ``zh`` and ``en`` say what to do."""

    code: str
    zh: str
    en: str


def submit_films(ad: Ad) -> None:
    _film(ad, ad.shots.all())


def texts_that_do_not_fit(ad: Ad) -> Trouble | None:
    """Lay every shape of the ad out before a single shot is filmed. The renderer is loaded only by workers."""
    from generation.deliver.deliver import preflight

    for output in ad.outputs.all():
        order = _cut_order(ad, output)
        try:
            with ExitStack() as stack:
                files = {sha256: stack.enter_context(media.local(name)) for sha256, name in order.files.items()}
                preflight(order, files)
        except Permanent as refused:
            return _cut_trouble(output, refused.code, str(refused))
    return None


def missing_clips(ad: Ad) -> list[AdShot] | Trouble:
    """Shots whose clip is not there yet. A job that was called off, or whose clip was lost, is ordered anew."""
    shots = list(ad.shots.select_related("job"))
    known = known_clips(ad.organization_id, [shot.clip_key for shot in shots])
    missing = [shot for shot in shots if shot.clip_key not in known]
    for shot in missing:
        if shot.job is not None and shot.job.state == State.FAILED:
            return _shot_trouble(shot, shot.job)
    _film(ad, [shot for shot in missing if shot.job is None or not shot.job.is_open])
    return missing


def submit_cuts(ad: Ad) -> None:
    _cut(ad, ad.outputs.filter(rendition=None))


def missing_files(ad: Ad) -> list[AdOutput] | Trouble:
    """Outputs whose file is not there yet; finished ones are noted on the way."""
    missing = []
    again = []
    for output in ad.outputs.filter(rendition=None).select_related("job__rendition"):
        job = output.job
        if job is not None and job.rendition is not None:
            mine = AdOutput.objects.filter(pk=output.pk, job=job, ad__round=ad.round)
            mine.update(rendition=job.rendition)
            continue
        if job is not None and job.state == State.FAILED:
            return _cut_trouble(output, job.error_code, job.error)
        missing.append(output)
        if job is None or not job.is_open:
            again.append(output)
    _cut(ad, again)
    return missing


def call_off(ad: Ad) -> None:
    """Cancel the open jobs of an ad that has ended, but none that another ad is waiting for."""
    call_off_jobs(open_jobs(ad))


def open_jobs(ad: Ad) -> list[RenderJob]:
    """Those that the ad's shots and files still wait for."""
    shots = ad.shots.filter(job__state__in=RenderJob.OPEN).select_related("job")
    outputs = ad.outputs.filter(job__state__in=RenderJob.OPEN).select_related("job")
    return [job for job in (*(shot.job for shot in shots), *(output.job for output in outputs)) if job is not None]


def call_off_jobs(jobs: Iterable[RenderJob]) -> None:
    """Cancel those that no ad on its way is waiting for."""
    shots = AdShot.objects.filter(job__state__in=RenderJob.OPEN, ad__state__in=LIVE)
    wanted = set(shots.values_list("job_id", flat=True))
    for job in jobs:
        if job.pk not in wanted:
            queue.request_cancel(job)


def _film(ad: Ad, shots: Iterable[AdShot]) -> None:
    priority = priority_of(ad)
    for shot in shots:
        job = queue.submit_film(
            plan_from_dict(shot.plan),
            tenant=ad.organization_id,
            priority=priority,
            reply_to=ADVANCE,
            reply_id=ad.public_id,
        )
        if shot.job_id != job.pk:
            mine = AdShot.objects.filter(pk=shot.pk, clip_key=shot.clip_key, ad__round=ad.round)
            if not mine.update(job=job):  # the reshoot was undone meanwhile, or another one has begun
                call_off_jobs([job])


def _cut(ad: Ad, outputs: Iterable[AdOutput]) -> None:
    priority = priority_of(ad)
    for output in outputs:
        job = queue.submit_cut(
            _cut_order(ad, output),
            tenant=ad.organization_id,
            priority=priority,
            reply_to=ADVANCE,
            reply_id=ad.public_id,
        )
        if output.job_id != job.pk:
            mine = AdOutput.objects.filter(pk=output.pk, rendition=None, ad__round=ad.round)
            if not mine.update(job=job):  # as above
                call_off_jobs([job])


def _cut_order(ad: Ad, output: AdOutput) -> CutOrder:
    timeline = timeline_from_dict(ad.timeline)
    return CutOrder(timeline, output.aspect, Quality.FINAL, settings.AIGC_PROVIDER_CODE, ad.public_id)


def priority_of(ad: Ad) -> int:
    """The plan's queue (0, 10, 20, 30) on the render queue's scale of 0..9, where one step is a minute of waiting."""
    return entitlements_for(ad.organization).priority * 3 // 10


def _shot_trouble(shot: AdShot, job: RenderJob) -> Trouble:
    return Trouble(
        job.error_code or "shot_failed",
        f"第 {shot.index + 1} 个镜头拍了 {job.attempts} 次仍未成功，点数已全部退回。"
        f"请换一张照片或稍后再试。原因：{job.error}",
        f"shot {shot.index + 1} failed {job.attempts} times and all credits were returned: "
        f"change its photo or try again later. Reason: {job.error}",
    )


def _cut_trouble(output: AdOutput, code: str, why: str) -> Trouble:
    zh, en = TEXT_ADVICE if code in TEXT_TROUBLES else OTHER_ADVICE
    return Trouble(
        code or "cut_failed",
        f"{output.aspect} 的成片做不出来，点数已全部退回。{zh}原因：{why}",
        f"the {output.aspect} file could not be made and all credits were returned: {en} Reason: {why}",
    )
