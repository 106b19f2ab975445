"""The brand's name, small and quiet, at the top of the picture."""

from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, Zone, even_up, place, scaled, zone
from generation.domain.timeline import Canvas, Overlay
from generation.render.fonts import Weight, drawable
from generation.render.stage import Cue
from generation.render.text import TextLook, draw_text, visible_size

SIZE, SMALLEST = 46, 30


def brand_mark_cue(overlay: Overlay, canvas: Canvas, safe: Box) -> Cue:
    """Raises ``LayoutImpossible`` when the name is too long even in the smallest type."""
    text, _ = drawable(overlay.text.replace("|", " "), Weight.MEDIUM)
    home = zone(Zone.BRAND_MARK, canvas, safe)
    for size in range(SIZE, SMALLEST - 1, -2):
        look = TextLook(Weight.MEDIUM, round(scaled(size, canvas)), (255, 255, 255), shadow=0.75, align=1.0)
        width, height = visible_size([text], look)
        if width <= home.width:
            # The middle of the label's plate, so that both stand on one line.
            lowered = even_up(scaled(26, canvas))
            box = place(Zone.BRAND_MARK, width, height + lowered, canvas, safe)
            rim = even_up(look.rim)
            return Cue(
                draw_text([text], look), box.x - rim, box.y - rim + lowered, overlay.start, overlay.end, canvas.fps,
                enter="fade",
            )  # fmt: skip
    raise LayoutImpossible(f"the brand mark {text!r} is too long for the top of the picture: use a shorter name")
