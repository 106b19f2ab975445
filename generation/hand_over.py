"""The hand-over of a finished ad to an editor: its stored clips, files and films, packed by ``exports.package``."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from generation import media
from generation.cut import clip_files, order_files
from generation.domain.cut_order import CutOrder, Quality
from generation.domain.timeline import Timeline


def hand_over(
    tenant: int,
    timeline: Timeline,
    films: Mapping[str, str],
    music: Mapping[str, str],
    out: Path,
    covers: Mapping[str, str] | None = None,
) -> None:
    """Write the archive ``out``. ``films``: aspect -> storage name; ``music``: what the manifest says of it.

    ``covers``: file name in the archive -> storage name.

    Raises ``MediaMissing`` and ``MediaBroken`` naming what is not at hand, with nothing written.
    """
    from generation.exports.package import HandOver, write_package  # the web process needs no renderer for its pages

    order = CutOrder(timeline, next(iter(films), "9:16"), Quality.FINAL, "-", "-")
    with ExitStack() as stack:
        clips = clip_files(tenant, order, stack)
        files = order_files(order, stack)
        finished = {aspect: stack.enter_context(media.local(name)) for aspect, name in films.items()}
        pictures = {name: stack.enter_context(media.local(stored)) for name, stored in (covers or {}).items()}
        write_package(HandOver(timeline, clips, files, finished, music, pictures), out)
