"""Shots that change places: what is written over them goes along, and is asked about only where it truly spans a cut."""

import pytest

from generation.domain.reordering import EditedShot, reordered
from generation.domain.timeline import Canvas, Overlay, OverlayKind, Timeline, TimelineInvalid, TimelineShot

A, B, C = (TimelineShot(name, "demo", f"clip-{name}", 0, 60) for name in "abc")


def ad(*captions: tuple[int, int]) -> Timeline:
    overlays = tuple(
        Overlay(f"c{number}", OverlayKind.CAPTION, start, end, "早上好", style="bold_center")
        for number, (start, end) in enumerate(captions)
    )
    return Timeline("t", "zh", "ember", Canvas(1080, 1920), (A, B, C), overlays, None)


def times(timeline: Timeline) -> list[tuple[str, int, int]]:
    return sorted((one.id, one.start, one.end) for one in timeline.overlays)


def order(*shots: TimelineShot) -> list[EditedShot]:
    return [EditedShot(shot, 0) for shot in shots]


def test_the_same_order_changes_nothing() -> None:
    before = ad((0, 58), (58, 121), (121, 180))
    assert reordered(before, order(A, B, C)) == before


def test_a_text_that_reaches_over_a_cut_by_a_few_frames_goes_with_its_own_shot() -> None:
    before = ad((0, 58), (58, 122), (122, 180))
    assert times(reordered(before, order(B, A, C))) == [("c0", 60, 118), ("c1", 0, 60), ("c2", 122, 180)]
    assert times(reordered(before, order(C, B, A))) == [("c0", 120, 178), ("c1", 60, 120), ("c2", 2, 60)]


def test_a_text_over_half_of_either_shot_keeps_them_in_their_order() -> None:
    before = ad(
        (30, 90),
    )
    with pytest.raises(TimelineInvalid, match="begins or ends inside shots that changed places"):
        reordered(before, order(B, A, C))
    with pytest.raises(TimelineInvalid, match="do not follow each other any more"):
        reordered(before, order(A, C, B))
    assert times(reordered(before, order(C, A, B))) == [("c0", 90, 150)]


def test_a_text_goes_with_a_shot_that_is_left_out() -> None:
    assert times(reordered(ad((0, 60), (62, 118)), order(A, C))) == [("c0", 0, 60)]
