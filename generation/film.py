"""The film side: one shot from plan to stored clip."""

import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings
from django.db import transaction

from generation import ffmpeg, jobs, media
from generation.domain.shot_plan import ShotPlan
from generation.domain.shot_plan_json import plan_from_dict, plan_to_dict
from generation.engines.base import Filmed
from generation.engines.registry import engine
from generation.errors import ClipRejected, EngineChanged
from generation.gate import evidence
from generation.models import Clip, RenderJob
from generation.takes import Take, film_takes
from generation.watch import Part, Watch


def known_clips(tenant: int, keys: Iterable[str]) -> set[str]:
    """Those of the keys whose clips this tenant has already."""
    return set(Clip.objects.filter(tenant=tenant, key__in=list(keys)).values_list("key", flat=True))


def run_film_job(job: RenderJob, watch: Watch) -> None:
    """Film the shot of a claimed job, unless its clip exists already, and mark the job done."""
    plan = plan_from_dict(job.spec)
    known = Clip.objects.filter(tenant=job.tenant, key=job.key).first()
    row = _film(job.tenant, plan, watch) if known is None else known
    with transaction.atomic():
        if known is None:
            row = _keep(row)
        if not jobs.finish(job, clip=row):
            raise jobs.why_stopped(job)


def film_to_file(plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
    """Film ``plan`` into ``out`` (MP4) and check what came out. ``images``: SHA-256 -> photo on this machine."""
    chosen = engine(plan.engine)
    if (plan.engine_version, plan.weights) != (chosen.spec.version, chosen.spec.weights):
        raise EngineChanged(f"{plan.engine} was updated after this shot was planned: order the shot again")
    chosen.load()
    filmed = chosen.film(plan, images, out, watch)
    _check(plan, out)
    return filmed


def _photos(plan: ShotPlan, stack: ExitStack) -> dict[str, Path]:
    """The plan's photos on this machine until ``stack`` closes, proved to be those that it was made with."""
    refs = [(ref.sha256, ref.name) for ref in plan.images]
    refs += [(ref.matte.sha256, ref.matte.name) for ref in plan.images if ref.matte is not None]
    return {sha256: media.verified(stack.enter_context(media.local(name)), sha256) for sha256, name in refs}


def _film(tenant: int, plan: ShotPlan, watch: Watch) -> Clip:
    """The clip, filmed until the gate is content, checked and stored; its row is not saved yet."""
    begun = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitsmith-film-")))
        kept = film_takes(plan, _photos(plan, stack), folder, Part(watch, 0.0, 0.95), film_to_file, settings.BEST_OF)
        watch.step(0.97, "store")
        shown = _evidence(tenant, plan, kept.take, folder)
        name = media.store(kept.take.clip, media.content_name("clips", tenant, plan.key, ".mp4"))
        size = kept.take.clip.stat().st_size
    filmed, by = kept.take.filmed, kept.take.plan
    box = filmed.subject
    return Clip(
        tenant=tenant,
        key=plan.key,
        file=name,
        width=filmed.width,
        height=filmed.height,
        frames=filmed.frames,
        fps=filmed.fps,
        subject=None if box is None else [box.x0, box.y0, box.x1, box.y1],
        engine=by.engine,
        engine_version=by.engine_version,
        weights=by.weights,
        seed=by.seed,
        plan=plan_to_dict(plan),
        film_ms=round((time.monotonic() - begun) * 1000),
        bytes=size,
        quality=kept.as_json(),
        evidence=shown,
        take=kept.take.number,
    )


def _evidence(tenant: int, plan: ShotPlan, take: Take, folder: Path) -> str:
    """The stored picture of what the gate saw; "" for a clip that could not be judged."""
    if not take.report.verdict.judged:
        return ""
    picture = evidence.write(take.report, folder / "evidence.jpg")
    return media.store(picture, media.content_name("evidence", tenant, plan.key, ".jpg"))


def _keep(clip: Clip) -> Clip:
    """Save the row, or take the one that another worker saved for the same shot a moment ago."""
    Clip.objects.bulk_create([clip], ignore_conflicts=True)
    return Clip.objects.get(tenant=clip.tenant, key=clip.key)


def _check(plan: ShotPlan, out: Path) -> None:
    found = ffmpeg.probe(out)
    wanted = (plan.frames, float(plan.fps), plan.width, plan.height)
    got = (found.frames, float(found.fps), found.width, found.height)
    if got != wanted:
        raise ClipRejected(f"{plan.engine} filmed (frames, fps, width, height) {got} where {wanted} was planned")
