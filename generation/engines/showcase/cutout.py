"""The product cut out of its photo: its own colours, also at the rim, where the photo shows a mixture."""

import cv2
import numpy as np

from generation.engines.showcase.scene import Image, Map

FAINT = 0.25  # from here on product over plate gives exactly the photo; a fainter rim is too little to tell its colour
SURE = 0.95  # a pixel that is product and nothing else
RADII = (0.03, 0.004)  # of the longer side of the photo, wide for what lies far outside


def own_colours(photo: Image, back: Image, alpha: Map) -> Image:
    """The colours of the product where ``alpha`` > 0, continued outwards, after Forte's blur fusion (2021).

    ``back``: the clean plate, so that product over plate gives the photo again.
    """
    picture, behind = photo.astype(np.float32), back.astype(np.float32)
    guess, weight = picture, (alpha > SURE) + 1e-3 * alpha**4
    for radius in RADII:
        side = 2 * max(round(radius * max(alpha.shape)), 3) + 1
        around = cv2.blur(weight, (side, side)) + 1e-9
        guess = cv2.blur(guess * weight[:, :, None], (side, side)) / around[:, :, None]
        weight = alpha
        mixed = alpha[:, :, None] * guess + (1 - alpha[:, :, None]) * behind
        guess = np.clip(guess + (picture - mixed) / np.maximum(alpha, FAINT)[:, :, None], 0, 255)
    return np.where((alpha >= 0.996)[:, :, None], picture, guess).clip(0, 255).astype(np.uint8)
