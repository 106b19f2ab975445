"""A film crew for tests: works the real queue off, but makes tiny stand-in files instead of filming and encoding.

Everything around the picture is real: claims, attempts, content keys, rows, storage. ``filmed`` counts what was shot.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import transaction

from creative import filming, production
from creative.models import Ad
from generation import jobs, media, queue
from generation.domain.cut_order import CutOrder
from generation.domain.shot_plan_json import plan_from_dict
from generation.domain.timeline_json import order_from_dict
from generation.ends import ending
from generation.errors import Permanent
from generation.models import Clip, RenderJob, Rendition
from generation.together import Held
from generation.watch import Watch


class Spoiled(Permanent):
    code = "spoiled"


@dataclass
class Crew:
    filmed: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    spoil_shots: set[str] = field(default_factory=set)  # clip keys that can not be filmed
    spoil_cuts: set[str] = field(default_factory=set)  # aspects that can not be cut

    def film(self, job: RenderJob, watch: Watch) -> None:
        if job.key in self.spoil_shots:
            raise Spoiled("the lamp broke")
        known = Clip.objects.filter(tenant=job.tenant, key=job.key).first()
        clip = known or _clip(job)
        with transaction.atomic():
            if known is None:
                clip.save()
            if not jobs.finish(job, clip=clip):
                raise jobs.why_stopped(job)
        self.filmed[job.key] += known is None

    def make(self, job: RenderJob, watch: Watch) -> None:
        order = order_from_dict(job.spec)
        if order.aspect in self.spoil_cuts:
            raise Spoiled("the glue dried")
        with transaction.atomic():
            rendition = _rendition(job, order)
            if not jobs.finish(job, rendition=rendition):
                raise jobs.why_stopped(job)
        self.cut[order.aspect] += 1

    def make_together(self, held: Sequence[Held]) -> None:
        for job, watch in held:
            with ending(job):
                self.make(job, watch)

    def work(self, kinds: tuple[str, ...] = ("film", "cut")) -> int:
        """Work off everything that is due; how many jobs that were."""
        done = 0
        while queue.work_one("crew", kinds) is not None:
            done += 1
        return done


def finish(ad: Ad, crew: Crew) -> Ad:
    """Work and advance until nothing moves any more."""
    for _ in range(4):
        production.advance(ad.public_id)
        crew.work()
    found = production.advance(ad.public_id)
    assert found is not None
    return found


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Crew:
    crew = Crew()
    monkeypatch.setitem(queue.RUNNERS, "film", crew.film)
    monkeypatch.setitem(queue.RUNNERS, "cut", crew.make)
    monkeypatch.setattr(queue, "cut_together", crew.make_together)
    monkeypatch.setattr(filming, "texts_that_do_not_fit", lambda ad: None)
    return crew


def _clip(job: RenderJob) -> Clip:
    plan = plan_from_dict(job.spec)
    return Clip(
        tenant=job.tenant,
        key=job.key,
        file=_stored(media.content_name("clips", job.tenant, job.key, ".mp4")),
        width=plan.width,
        height=plan.height,
        frames=plan.frames,
        fps=plan.fps,
        engine=plan.engine,
        engine_version=plan.engine_version,
        weights=plan.weights,
        seed=plan.seed,
        plan=job.spec,
        film_ms=1,
        bytes=4,
    )


def _rendition(job: RenderJob, order: CutOrder) -> Rendition:
    names = [media.content_name("ads", job.tenant, job.key, end) for end in (".mp4", "_poster.jpg", "_sheet.jpg")]
    cover = media.content_name("ads", job.tenant, job.key, "_cover.jpg")
    fields = {
        "aspect": order.aspect,
        "width": order.timeline.canvas.width,
        "height": order.timeline.canvas.height,
        "frames": order.timeline.duration,
        "fps": order.timeline.canvas.fps,
        "file": _stored(names[0]),
        "poster": _stored(names[1]),
        "contact_sheet": _stored(names[2]),
        "covers": [
            {
                "platform": "douyin",
                "file": _stored(cover),
                "width": 1080,
                "height": 1920,
                "known": False,
                "titled": True,
            },
            {"platform": "reels", "file": _stored(cover), "width": 1080, "height": 1920, "known": True, "titled": True},
        ]
        if order.aspect == "9:16"
        else [],
        "sha256": job.key,
        "bytes": 4,
        "checks": {"duration": {"passed": True, "measured": "15.0", "expected": "15.0"}},
        "label": {"text": "AI生成"},
    }
    return Rendition.objects.get_or_create(tenant=job.tenant, key=job.key, defaults=fields)[0]


def _stored(name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"film")
        return media.store(path, name)
