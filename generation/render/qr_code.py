"""A QR code that phones read off a screen: medium error correction (15 %), its quiet zone, whole pixels per module.

ISO/IEC 18004: four modules of quiet zone on every side. It never grows or swells while it stands: scaling blurs modules.
"""

import cv2
import numpy as np
import segno

from generation.domain.layout import even_up
from generation.domain.timeline import Overlay
from generation.render.fonts import Weight
from generation.render.paint import put
from generation.render.sprites import Pen, Piece, Sprite
from generation.render.yuv import RGBA

QUIET = 4  # modules
MODULE, LEAST_MODULE = 10, 3  # pixels: at the design size, and on any canvas
WORDS = 38
DARK, LIGHT = 0.0, 1.0


def qr_code(overlay: Overlay, pen: Pen) -> Sprite:
    """``second_text`` stands under the code. Raises ``MissingGlyph``."""
    modules = code_modules(overlay.text)
    pixels = max(int(pen.px(MODULE)), LEAST_MODULE)
    side = modules.shape[0] * pixels
    code = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)
    words = pen.text(overlay.second_text, Weight.BOLD, WORDS, (24, 22, 22)) if overlay.second_text else None
    foot = even_up(words[3] + pen.px(26)) if words else 0
    width, height = even_up(max(side, words[2] + pen.px(48) if words else 0)), even_up(side + foot)
    panel, rim = pen.panel(width, height, (255, 255, 255), pen.px(18), 1.0)
    put(panel, np.dstack([code, code, code, np.ones_like(code)]), rim + (width - side) // 2, rim)
    if words:
        put(panel, words[0], rim + (width - words[2]) // 2 - words[1], rim + side - words[1])
    return Sprite(width, height, (Piece(panel, -rim, -rim, enter="rise", enter_s=0.33),))


def code_modules(text: str) -> RGBA:
    """float32, 0 dark and 1 light, one value per module, quiet zone included."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    dark = np.array([list(row) for row in code.matrix_iter(scale=1, border=QUIET)], np.float32)
    return np.where(dark > 0, np.float32(DARK), np.float32(LIGHT))
