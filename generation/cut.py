"""The cutting side: from an order and its clips to a stored, checked rendition."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from generation import jobs, media
from generation.domain.cut_order import ClipFile, CutOrder
from generation.domain.timeline_json import order_from_dict
from generation.errors import MediaMissing
from generation.models import Clip, RenderJob, Rendition
from generation.watch import Part, Watch

if TYPE_CHECKING:
    from generation.deliver.delivered import Delivered


def run_cut_job(job: RenderJob, watch: Watch) -> None:
    """Cut the ad of a claimed job, unless its rendition exists already, and mark the job done."""
    known = Rendition.objects.filter(tenant=job.tenant, key=job.key).first()
    if known is None:
        _cut(job, order_from_dict(job.spec), watch)
    elif not jobs.finish(job, rendition=known):
        raise jobs.why_stopped(job)


def _cut(job: RenderJob, order: CutOrder, watch: Watch) -> None:
    from generation.deliver.deliver import deliver  # the web process orders cuts too and needs no renderer for that

    with ExitStack() as stack:
        workdir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitsmith-cut-")))
        watch.step(0.0, "fetch")
        clips = clip_files(job.tenant, order, stack)
        files = order_files(order, stack)
        delivered = deliver(order, clips, files, workdir, Part(watch, 0.02, 0.95))
        watch.step(0.97, "store")
        store(job, order, delivered)


def store(job: RenderJob, order: CutOrder, delivered: "Delivered") -> None:
    """Keep what was delivered for a claimed job, and mark it done. Raises ``StorageDown``, ``Cancelled``, ``JobLost``."""
    row = _stored(job.tenant, order, delivered)
    with transaction.atomic():
        if not jobs.finish(job, rendition=_keep(row)):
            raise jobs.why_stopped(job)


def clip_files(tenant: int, order: CutOrder, stack: ExitStack) -> dict[str, ClipFile]:
    """Clip key -> its file on this machine's disk until ``stack`` closes."""
    found = {clip.key: clip for clip in Clip.objects.filter(tenant=tenant, key__in=order.clip_keys)}
    missing = order.clip_keys - found.keys()
    if missing:
        raise MediaMissing(f"{len(missing)} of the ad's shots are not filmed yet: film {min(missing)[:12]} first")
    return {
        key: ClipFile(
            path=stack.enter_context(media.local(clip.file)),
            frames=clip.frames,
            fps=clip.fps,
            width=clip.width,
            height=clip.height,
            subject=clip.subject_box,
        )
        for key, clip in found.items()
    }


def order_files(order: CutOrder, stack: ExitStack) -> dict[str, Path]:
    """SHA-256 -> the file that has it, on this machine's disk until ``stack`` closes. Raises as ``media.verified``."""
    return {
        sha256: media.verified(stack.enter_context(media.local(name)), sha256) for sha256, name in order.files.items()
    }


def _stored(tenant: int, order: CutOrder, delivered: "Delivered") -> Rendition:
    """Put the files into the storage; the row is not saved yet."""

    def keep(path: Path, suffix: str) -> str:
        return media.store(path, media.content_name("renditions", tenant, order.key, suffix))

    return Rendition(
        tenant=tenant,
        key=order.key,
        aspect=order.aspect,
        width=delivered.width,
        height=delivered.height,
        frames=delivered.frames,
        fps=delivered.fps,
        file=keep(delivered.video, ".mp4"),
        poster=keep(delivered.poster, "-poster.jpg"),
        contact_sheet=keep(delivered.contact_sheet, "-contact.jpg"),
        covers=_covers(tenant, order, delivered.poster),
        sha256=delivered.sha256,
        bytes=delivered.video.stat().st_size,
        checks=delivered.checks,
        label=delivered.label,
        notes=list(delivered.notes),
        timings=delivered.timings,
    )


def _covers(tenant: int, order: CutOrder, poster: Path) -> list[dict[str, str | int | bool]]:
    """Platforms that ask for the same picture share one file, named by its content."""
    from generation.deliver.cover_set import cover_set, titles_of

    found: list[dict[str, str | int | bool]] = []
    for made in cover_set(order.aspect, poster, titles_of(order.timeline)):
        path = poster.with_name("cover.jpg")
        path.write_bytes(made.cover.jpeg)
        suffix = f"-cover-{media.sha256_of(path)[:16]}.jpg"
        found.append(
            {
                "platform": made.platform,
                "file": media.store(path, media.content_name("renditions", tenant, order.key, suffix)),
                "width": made.cover.width,
                "height": made.cover.height,
                "known": made.cover.known,
                "titled": made.titled,
            }
        )
        path.unlink()
    return found


def _keep(rendition: Rendition) -> Rendition:
    """Save the row, or take the one that another worker saved for the same order a moment ago."""
    Rendition.objects.bulk_create([rendition], ignore_conflicts=True)
    return Rendition.objects.get(tenant=rendition.tenant, key=rendition.key)
