"""Whether the captions' letters, as they were drawn, lie inside the safe box."""

from collections.abc import Iterable, Iterator

from generation.domain.geometry import Box
from generation.domain.timeline import Canvas
from generation.render.captions_contrast import CaptionCue
from generation.render.stage import Cue

TOLERANCE = 2  # pixels: corners are even


def overflows(cues: Iterable[Cue], canvas: Canvas, safe: Box) -> tuple[str, ...]:
    """A sentence for each page of a caption that reaches out of the box, at rest."""
    return tuple(_outside(cues, canvas, safe))


def _outside(cues: Iterable[Cue], canvas: Canvas, safe: Box) -> Iterator[str]:
    left, top = safe.x0 * canvas.width - TOLERANCE, safe.y0 * canvas.height - TOLERANCE
    right, bottom = safe.x1 * canvas.width + TOLERANCE, safe.y1 * canvas.height + TOLERANCE
    for cue in cues:
        watch = cue.legibility if isinstance(cue, CaptionCue) else None
        if watch is None or not len(watch.letters.rows):
            continue
        rows, columns = watch.letters.rows + watch.y, watch.letters.columns + watch.x
        beyond = max(left - columns.min(), columns.max() - right, top - rows.min(), rows.max() - bottom)
        if beyond > 0:
            yield f"caption {watch.overlay!r} from frame {watch.start} reaches {beyond:.0f} px out of the safe box"
