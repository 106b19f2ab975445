"""What an ad is made of, as one JSON document: enough to check every file and to make the same ad again."""

from collections.abc import Iterable
from datetime import datetime

from billing import ledger
from creative.models import Ad, AdOutput, AdShot
from generation.domain.shot_plan_json import plan_from_dict
from generation.models import Clip, RenderJob
from templates_engine import library

SCHEMA = "hitsmith-manifest/1"
Json = dict[str, object]


def manifest(ad: Ad, *, wall_s: float) -> Json:
    """``wall_s``: how long the caller waited, in seconds. Times inside are seconds too."""
    shots = list(ad.shots.select_related("job", "asset"))
    outputs = list(ad.outputs.select_related("job", "rendition"))
    clips = {
        clip.key: clip for clip in Clip.objects.filter(tenant=ad.organization_id, key__in=[s.clip_key for s in shots])
    }
    return {
        "schema": SCHEMA,
        "ad": ad.public_id,
        "made_at": _iso(ad.finished_at),
        "product": {"id": ad.product.public_id, "name": str(ad.product)},
        "lang": ad.brief.lang,
        "seed": ad.brief.seed,
        "theme": ad.brief.theme,
        "template": _template(ad),
        "script": ad.script,
        "timeline": ad.timeline,
        "shots": [_shot(shot, clips.get(shot.clip_key), ad) for shot in shots],
        "outputs": [_output(output) for output in outputs],
        "credits": {
            "quoted": ad.credits_quoted,
            "held": ad.hold.amount if ad.hold is not None else 0,
            "settled": ad.credits_settled,
            "balance": ledger.balance(ad.organization).available,
        },
        "timings": {
            "wall_s": round(wall_s, 1),
            "filming_s": _seconds(shot.job for shot in shots if _filmed_now(shot, ad)),
            "cutting_s": _busy(output.job for output in outputs),
        },
    }


def _template(ad: Ad) -> Json:
    """``members``: the hits that it was learned from, none of a template of our own."""
    template = library.recorded(ad.template_id, ad.organization)
    return {
        "id": ad.template_id,
        "name": {"zh": template.name.zh, "en": template.name.en},
        "version": template.version,
        "source": template.provenance.source,
        "members": [member.video_id for member in template.members],
        "stability": template.stability,
        "why": ad.choice,
    }


def _shot(shot: AdShot, clip: Clip | None, ad: Ad) -> Json:
    plan = plan_from_dict(shot.plan)
    return {
        "index": shot.index,
        "role": shot.role,
        "photo": {"name": shot.asset.original_name, "sha256": shot.asset.sha256},
        "move": plan.move.value,
        "framing": plan.framing.value,
        "strength": plan.strength,
        "frames": plan.frames,
        "fps": plan.fps,
        "width": plan.width,
        "height": plan.height,
        "seed": plan.seed,
        "engine": plan.engine,
        "engine_version": plan.engine_version,
        "weights": plan.weights,
        "clip": shot.clip_key,
        "clip_bytes": clip.bytes if clip is not None else None,
        "filmed_by": clip.engine if clip is not None else None,
        "take": clip.take if clip is not None else None,
        "quality": clip.quality if clip is not None else None,
        "credits": shot.credits,
        "filmed_for_this_ad": _filmed_now(shot, ad),
    }


def _output(output: AdOutput) -> Json:
    made = output.rendition
    if made is None:
        return {"aspect": output.aspect, "file": None}
    return {
        "aspect": output.aspect,
        "file": f"ad_{output.aspect.replace(':', 'x')}.mp4",
        "width": made.width,
        "height": made.height,
        "frames": made.frames,
        "fps": made.fps,
        "duration_ms": round(made.frames * 1000 / made.fps),
        "bytes": made.bytes,
        "sha256": made.sha256,
        "checks": made.checks,
        "label": made.label,
        "notes": made.notes,
    }


def _filmed_now(shot: AdShot, ad: Ad) -> bool:
    """Whether a camera ran for this ad: a job that only found an existing clip never started."""
    job = shot.job
    return (
        job is not None and job.started_at is not None and ad.ordered_at is not None and job.started_at > ad.ordered_at
    )


def _seconds(jobs: Iterable[RenderJob | None]) -> float:
    total = 0.0
    for job in jobs:
        if job is not None and job.started_at is not None and job.finished_at is not None:
            total += (job.finished_at - job.started_at).total_seconds()
    return round(total, 1)


def _busy(jobs: Iterable[RenderJob | None]) -> float:
    """How long any of them was under way: shapes that were cut in one pass took its time once."""
    spans = [(job.started_at, job.finished_at) for job in jobs if job is not None]
    total, until = 0.0, None
    for begun, ended in sorted((begun, ended) for begun, ended in spans if begun is not None and ended is not None):
        begun = begun if until is None else max(begun, until)
        total += max((ended - begun).total_seconds(), 0.0)
        until = ended if until is None else max(ended, until)
    return round(total, 1)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
