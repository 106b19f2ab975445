"""Every transition, composition, drawn shot and overlay against MoviePy, frame by frame."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.timeline import (
    Canvas,
    Composition,
    Overlay,
    OverlayKind,
    SecondClip,
    Stretch,
    TextCard,
    Timeline,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_rules import validate
from generation.render.picture import pictures
from generation.render.reference import frame_at, reference
from generation.render.staging import stage_ad
from generation.render.yuv import to_rgb
from tests.generation import small_ads
from tests.generation.footage import coffee_pan, write_clip

pytestmark = pytest.mark.slow

CANVAS = Canvas(180, 320)
# Mean absolute difference in luma steps of 255: colour conversion, half-size colour planes and 8-bit rounding.
TOLERANCE = 2.0
LUMA = np.array([0.2126, 0.7152, 0.0722])
LOGO = "ab" * 32
LEFT, RIGHT = Box(0.3, 0.35, 0.6, 0.6), Box(0.42, 0.4, 0.7, 0.75)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, ClipFile]:
    folder = tmp_path_factory.mktemp("pair")
    made = (("A", 0.12, LEFT), ("B", 0.5, RIGHT))
    return {
        name: write_clip(folder / f"{name}.mp4", 70, coffee_pan(180, 320, 70, left), subject=subject)
        for name, left, subject in made
    }


@pytest.fixture(scope="module")
def logo(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    path = tmp_path_factory.mktemp("logo") / "logo.png"
    sheet = np.zeros((60, 160, 4), np.uint8)
    sheet[10:50, 10:150] = (200, 40, 30, 255)
    Image.fromarray(sheet).save(path)
    return {LOGO: path}


def ad(*shots: TimelineShot, overlays: tuple[Overlay, ...] = ()) -> Timeline:
    made = small_ads.ad(*shots, canvas=CANVAS, overlays=overlays)
    validate(made)
    return made


def differences(
    made: Timeline, clips: Mapping[str, ClipFile], files: Mapping[str, Path], wanted: set[int]
) -> Iterator[tuple[int, float]]:
    staging = stage_ad(made, "9:16", safe_zone("9:16").box, files, clips)
    with reference(made, staging, clips) as movie:
        for at, frame in enumerate(pictures(made, staging, clips)):
            if at in wanted:
                theirs = frame_at(movie, at, CANVAS.fps)
                yield at, float(np.abs(to_rgb(frame) @ LUMA - theirs @ LUMA).mean())


@pytest.mark.parametrize("kind", [kind for kind in Transition if kind is not Transition.CUT])
def test_transitions(kind: Transition, pair: Mapping[str, ClipFile]) -> None:
    """A frame before and after, the edges, the cut's two sides and the frames between."""
    made = ad(TimelineShot("a", "demo", "A", 0, 20, kind, 8), TimelineShot("b", "demo", "B", 0, 20))
    found = dict(differences(made, pair, {}, {15, 16, 18, 19, 20, 21, 23, 24}))
    assert len(found) == 8
    assert max(found.values()) < TOLERANCE, found


@pytest.mark.parametrize("kind", [Transition.PUSH, Transition.ZOOM, Transition.LIGHT_LEAK, Transition.WHIP])
def test_a_text_card_passes_into_a_clip(kind: Transition, pair: Mapping[str, ClipFile]) -> None:
    card = TimelineShot("a", "hook", "", 0, 20, kind, 8, text_card=TextCard("早上|起不来", "真的"))
    found = dict(differences(ad(card, TimelineShot("b", "demo", "B", 0, 20)), pair, {}, {0, 15, 17, 19, 20, 22, 30}))
    assert len(found) == 7
    assert max(found.values()) < TOLERANCE, found


@pytest.mark.parametrize("how", list(Composition))
def test_compositions(how: Composition, pair: Mapping[str, ClipFile]) -> None:
    """From the middle on, when a picture in the picture has come to rest; the wipe at every stage."""
    made = ad(
        TimelineShot("a", "demo", "A", 0, 30, second=SecondClip("B", 0, how)), TimelineShot("b", "demo", "B", 0, 20)
    )
    wanted = {14, 17, 20, 29} | ({0, 8, 11} if how is Composition.BEFORE_AFTER else set())
    found = dict(differences(made, pair, {}, wanted))
    assert set(found) == wanted
    assert max(found.values()) < TOLERANCE, found


def test_ramps_and_freezes(pair: Mapping[str, ClipFile]) -> None:
    ramp = (Stretch(8, 16), Stretch(6, 0), Stretch(12, 6))
    made = ad(TimelineShot("a", "demo", "A", 0, 26, ramp=ramp), TimelineShot("b", "demo", "B", 0, 20))
    found = dict(differences(made, pair, {}, set(range(26))))
    assert len(found) == 26
    assert max(found.values()) < TOLERANCE, found


OVERLAYS = (
    Overlay("d", OverlayKind.DISCOUNT_BADGE, 0, 40, "限时|5折", second_text="到手价"),
    Overlay("p", OverlayKind.PRICE_TAG, 0, 40, "¥66", second_text="¥99"),
    Overlay("m", OverlayKind.BRAND_MARK, 0, 40, "山野咖啡"),
    Overlay("c", OverlayKind.COUNTDOWN, 0, 40, "限时优惠", ends_on="2026-12-31"),
    Overlay("n", OverlayKind.COUNTDOWN, 0, 40, "限时优惠", ends_on="2026-12-31", counted_from="2026-12-28"),
    Overlay("r", OverlayKind.RATING, 0, 40, "4.6", source="天猫旗舰店", count=12345),
    Overlay("l", OverlayKind.LOGO_STING, 0, 40, "SHANYE"),
    Overlay("i", OverlayKind.LOGO_STING, 0, 40, "SHANYE", image="logo.png", image_sha256=LOGO),
    Overlay("q", OverlayKind.QR_CODE, 0, 60, "https://a.cn/p/1", second_text="扫码"),
    Overlay("t", OverlayKind.CAPTION, 0, 40, "好喝|不贵"),
)


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda overlay: overlay.id)
def test_overlays_at_rest(overlay: Overlay, pair: Mapping[str, ClipFile], logo: Mapping[str, Path]) -> None:
    """After everything has entered and before it leaves; the ring of a sting has gone by then."""
    made = ad(TimelineShot("a", "demo", "A", 0, 40), TimelineShot("b", "demo", "B", 0, 20), overlays=(overlay,))
    found = dict(differences(made, pair, logo, {29, 32}))
    assert len(found) == 2
    assert max(found.values()) < TOLERANCE, found
