"""An order of shots that an editor has changed, read against the clips that are there."""

from collections.abc import Sequence

from generation.domain.reordering import EditedShot
from generation.domain.timeline import Timeline
from generation.domain.timeline_media import media_frames
from generation.errors import CutRefused
from generation.models import Clip


def shots_of(timeline: Timeline, text: str) -> list[EditedShot]:
    """The shots of an edited ``.otio``. Raises ``CutRefused``."""
    from generation.exports.media import order_media
    from generation.exports.otio_read import shots_from_otio

    return shots_from_otio(text, timeline, order_media(timeline))


def cut_anew(tenant: int, timeline: Timeline, edited: Sequence[EditedShot]) -> Timeline:
    """The ad of these shots, if their clips are long enough. Raises ``CutRefused``."""
    from generation.exports import otio_read

    made = otio_read.cut_anew(timeline, edited)
    keys = [shot.clip for shot in made.shots if shot.clip]
    frames = dict(Clip.objects.filter(tenant=tenant, key__in=keys).values_list("key", "frames"))
    for shot in made.shots:
        if shot.clip and media_frames(shot) > frames.get(shot.clip, media_frames(shot)):
            raise CutRefused(
                f"shot {shot.id!r} has no pictures left for its {shot.transition.value}: shorten it, or use a cut",
                f"镜头“{shot.id}”后面没有多余的画面做转场：请剪短一点，或改成硬切。",
            )
    return made
