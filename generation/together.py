"""Cuts of one ad in one pass: its clips are decoded once for all shapes, and yet each job has its own film, error and end."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from generation.cut import clip_files, order_files, run_cut_job, store
from generation.domain.timeline_json import order_from_dict
from generation.ends import ending
from generation.errors import Cancelled, GenerationError, JobLost, Permanent
from generation.models import RenderJob
from generation.watch import Part, Watch

Held = tuple[RenderJob, Watch]


class Party:
    """The ``Watch`` of several claimed jobs. One that was cancelled or lost leaves; the work goes on for the others."""

    def __init__(self, held: Sequence[Held]) -> None:
        self.there = list(held)

    def step(self, fraction: float, stage: str) -> None:
        for held in list(self.there):
            job, watch = held
            try:
                watch.step(fraction, stage)
            except (Cancelled, JobLost) as gone:
                self.there.remove(held)
                if not self.there:
                    raise
                with ending(job):
                    raise gone


def cut_together(held: Sequence[Held]) -> None:
    """Cut the ad of claimed jobs that differ in nothing but their shape.

    What one shape is refused for is its own. A lasting error of the common pass is nobody's yet: each is cut alone then.
    Raises what is worth another attempt, for all that are left.
    """
    party = Party(held)
    try:
        _cut(party)
    except Permanent:
        for job, watch in party.there:
            with ending(job):
                run_cut_job(job, watch)


def _cut(party: Party) -> None:
    from generation.deliver.deliver import deliver_each  # a web process loads no renderer

    orders = {job.pk: order_from_dict(job.spec) for job, _ in party.there}
    tenant, order = party.there[0][0].tenant, orders[party.there[0][0].pk]
    with ExitStack() as stack:
        workdir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitsmith-cut-")))
        party.step(0.0, "fetch")
        clips, files = clip_files(tenant, order, stack), order_files(order, stack)
        aspects = [orders[job.pk].aspect for job, _ in party.there]
        made = deliver_each(order, aspects, clips, files, workdir, Part(party, 0.02, 0.95))
        for job, watch in party.there:
            with ending(job):
                watch.step(0.97, "store")
                result = made[orders[job.pk].aspect]
                if isinstance(result, GenerationError):
                    raise result
                store(job, orders[job.pk], result)
