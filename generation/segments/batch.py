"""Many ads that share their pictures, cut at the cost of little more than what they do not share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generation.deliver.deliver import Delivered, deliver
from generation.domain.cut_order import ClipFile, CutOrder
from generation.domain.segments import joins_of, plan_segments
from generation.errors import GenerationError, Permanent, Transient
from generation.segments.cache import SegmentCache
from generation.segments.film import label_frames, wanted_by_all
from generation.watch import Watch


@dataclass(frozen=True)
class Variant:
    """One ad of a batch. ``whole``: why it, or a part of it, is not shared. Either ``delivered`` or ``error``."""

    order: CutOrder
    whole: tuple[str, ...]
    delivered: Delivered | None = None
    error: GenerationError | None = None


def planned(orders: Sequence[CutOrder]) -> list[Variant]:
    """The orders with the joins at which their ads part from each other, as far as they allow it."""
    found = []
    for order, joins in zip(orders, joins_of([order.timeline for order in orders]), strict=True):
        plan = plan_segments(order.timeline, joins, label_frames(order.timeline))
        found.append(Variant(replace(order, joins=plan.joins), plan.refused))
    return found


def cut_variants(
    orders: Sequence[CutOrder],
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    folder: Path,
    watch: Watch,
    taken: Callable[[Variant], None],
) -> None:
    """Deliver every order in turn and hand each to ``taken``, which has to move its files away before it returns.

    Segments are kept in ``folder`` / "segments" for the next batch. An ad that is refused is handed over with its error
    and keeps no other waiting; whatever ``watch`` raises ends the batch.
    """
    variants = planned(orders)
    cache = SegmentCache(folder / "segments", wanted_by_all([variant.order for variant in variants], clips))
    for number, variant in enumerate(variants):
        workdir = folder / f"{number:03}"
        workdir.mkdir(parents=True)
        try:
            made = deliver(variant.order, clips, files, workdir, watch, segments=cache)
        except (Permanent, Transient) as error:
            taken(replace(variant, error=error))
        else:
            taken(replace(variant, delivered=made))
