"""A small batch of ads over shared footage: hooks x bodies x closes, joined with cuts or with dissolves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from generation.domain.cut_order import ClipFile, CutOrder, Quality
from generation.domain.timeline import (
    Canvas,
    EndCard,
    MusicBed,
    Overlay,
    OverlayKind,
    Timeline,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_rules import media_frames
from tests.generation.footage import PHOTO, PROVIDER, SMALL, SUBJECT, coffee_pan, write_clip

HOOK, HALF, CLOSE = 96, 24, 30  # frames; a body has two halves
HANDLE = 8  # every shot has so many frames before and behind it


def variant(hook: int, body: int, close: int, *, dissolve: int = 0, canvas: Canvas = SMALL) -> Timeline:
    into = {"transition": Transition.DISSOLVE, "transition_frames": dissolve} if dissolve else {}
    inside = {"transition": Transition.DISSOLVE, "transition_frames": 8}
    card = EndCard(f"第{close}杯|送给你", "山野咖啡", "¥66", "¥99", "", "点击下单", "card.png", PHOTO)
    shots = (
        TimelineShot("hook", "hook", f"{hook}" * 64, HANDLE, HOOK, **into),
        TimelineShot("one", "demo", f"{body}a" * 32, HANDLE, HALF, **inside),
        TimelineShot("two", "proof", f"{body}b" * 32, HANDLE, HALF, **into),
        TimelineShot("end", "cta", "", 0, CLOSE, card=card),
    )
    middle = HOOK + 2 * HALF
    overlays = (
        Overlay("c1", OverlayKind.CAPTION, 0, HOOK, f"第{hook}种|起床方式"),
        Overlay("c2", OverlayKind.CAPTION, HOOK, HOOK + HALF, "30秒|一杯好咖啡", style="highlight"),
        Overlay("c3", OverlayKind.CAPTION, HOOK + HALF, middle, f"第{body}款|现在下单", style="boxed"),
        Overlay("p", OverlayKind.PRICE_TAG, HOOK, middle, "¥66", second_text="¥99"),
    )
    return Timeline(f"v{hook}{body}{close}", "zh", "ember", canvas, shots, overlays, MusicBed("warm", 104, 5))


def batch(hooks: int, bodies: int, closes: int, *, dissolve: int = 0) -> list[CutOrder]:
    return [
        CutOrder(variant(*which, dissolve=dissolve), "9:16", Quality.PREVIEW, PROVIDER, "ad_{}{}{}".format(*which))
        for which in product(range(1, hooks + 1), range(1, bodies + 1), range(1, closes + 1))
    ]


def footage(folder: Path, orders: Sequence[CutOrder]) -> Mapping[str, ClipFile]:
    found: dict[str, ClipFile] = {}
    for order in orders:
        canvas = order.timeline.canvas
        for shot in order.timeline.shots:
            if shot.clip and shot.clip not in found:
                frames = media_frames(replace(shot, transition=Transition.DISSOLVE, transition_frames=2 * HANDLE))
                pan = coffee_pan(canvas.width, canvas.height, frames, 0.05 + 0.06 * len(found))
                found[shot.clip] = write_clip(folder / f"{shot.clip}.mp4", frames, pan, subject=SUBJECT)
    return found
