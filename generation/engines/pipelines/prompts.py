"""What the models are told: the shot's own text, then camera words from a fixed vocabulary, so that a move means the same
in every model and a template never has to word it.
"""

import random

from generation.domain.engine_spec import Easing, Framing, Mode, Move
from generation.domain.shot_plan import ShotPlan

CAMERA = {
    Move.STATIC: "locked-off camera on a tripod, only light and air stir",
    Move.PUSH: "the camera {pace} pushes in towards the product",
    Move.PULL: "the camera {pace} pulls back from the product",
    Move.TRUCK_LEFT: "the camera {pace} trucks to the left past the product",
    Move.TRUCK_RIGHT: "the camera {pace} trucks to the right past the product",
    Move.PEDESTAL_UP: "the camera {pace} rises straight up in front of the product",
    Move.PEDESTAL_DOWN: "the camera {pace} sinks straight down in front of the product",
    Move.ORBIT_LEFT: "the camera {pace} circles around the product to the left",
    Move.ORBIT_RIGHT: "the camera {pace} circles around the product to the right",
    Move.CRANE: "a crane shot, the camera {pace} rises and tilts down on the product",
    Move.HANDHELD: "handheld camera, breathing {pace} with small natural sway",
    Move.RACK_ZOOM: "the lens {pace} zooms in on the product while the background falls out of focus",
    Move.TURN: "still camera, the product {pace} turns on its upright axis",
    Move.FLOAT: "still camera, the product floats {pace} in the air",
    Move.LIGHT_SWEEP: "still camera, a soft light {pace} sweeps across the product",
}
PACES = ((0.34, "very slowly"), (0.67, "slowly"), (1.0, "steadily"))
EASINGS = {
    Easing.SMOOTH: "smooth motion",
    Easing.LINEAR: "even motion",
    Easing.PUNCH: "quick at first, then settling gently",
    Easing.SWELL: "gentle at first, then gathering speed",
}
FRAMINGS = {
    Framing.CLOSE: "close-up of the product",
    Framing.MEDIUM: "medium shot of the product",
    Framing.WIDE: "wide shot with the product and its surroundings",
    Framing.EXACT: "the same scene goes on",
}
KEEP = "the product keeps its exact shape, colours and label, photorealistic, one continuous shot"
AVOID = (
    "deformed product, bent edges, melting, changing label, garbled letters, extra objects, extra hands, subtitles, "
    "watermark, logo overlay, cut, flicker, jitter, blur, noise, overexposure, washed-out colours, cartoon, still image"
)


def prompt_of(plan: ShotPlan) -> str:
    """English, in the order in which video models were captioned: what is seen, how it is framed, how it moves."""
    shown = [plan.prompt.rstrip(".")] if plan.prompt else []
    kept = [] if plan.mode is Mode.TEXT else [KEEP]
    return ", ".join([*shown, FRAMINGS[plan.framing], camera_words(plan), EASINGS[plan.easing], *kept]) + "."


def camera_words(plan: ShotPlan) -> str:
    move = plan.move
    if move is Move.ORBIT:
        move = random.Random(plan.seed).choice((Move.ORBIT_LEFT, Move.ORBIT_RIGHT))  # noqa: S311  (variety, not secrecy)
    pace = next(words for most, words in PACES if plan.strength <= most)
    return CAMERA[move].format(pace=pace)
