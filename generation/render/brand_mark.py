"""The brand's name, small and quiet, at the top of the picture."""

from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, Zone, even_up, place, scaled, zone
from generation.domain.timeline import Canvas, Overlay
from generation.render.fonts import Weight, drawable
from generation.render.stage import Cue
from generation.render.text import TextLook, draw_text, visible_size

SIZE, SMALLEST = 42, 28
PLATE_OPACITY = 0.36  # readable on a white wall, unnoticed on a dark one
LABEL_HEIGHT = 106  # of the AI label at the design size


def brand_mark_cue(overlay: Overlay, canvas: Canvas, safe: Box) -> Cue:
    """Raises ``LayoutImpossible`` when the name is too long even in the smallest type."""
    text, _ = drawable(overlay.text.replace("|", " "), Weight.MEDIUM)
    home = zone(Zone.BRAND_MARK, canvas, safe)
    for size in range(SIZE, SMALLEST - 1, -2):
        look = TextLook(
            Weight.MEDIUM, round(scaled(size, canvas)), (255, 255, 255), plate="block", plate_opacity=PLATE_OPACITY
        )
        width, height = visible_size([text], look)
        if width <= home.width:
            # On one line with the AI label: as far below the zone's top as half of what the label is taller.
            lowered = even_up(max(scaled(LABEL_HEIGHT, canvas) - height, 0) / 2)
            box = place(Zone.BRAND_MARK, width, height + lowered, canvas, safe)
            rim = even_up(look.rim)
            return Cue(
                draw_text([text], look), box.x - rim, box.y - rim + lowered, overlay.start, overlay.end, canvas.fps,
                enter="fade",
            )  # fmt: skip
    raise LayoutImpossible(f"the brand mark {text!r} is too long for the top of the picture: use a shorter name")
