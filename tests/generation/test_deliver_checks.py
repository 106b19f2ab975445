"""What the pictures and captions are watched for, and the report of it: flicker, overflow, contrast, sound."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.deliver.caption_place import overflows
from generation.deliver.check import checks
from generation.deliver.deliver import deliver
from generation.deliver.report import GROUPS, report_of
from generation.deliver.safe_zones import safe_zone
from generation.deliver.shape import planned_cuts
from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.timeline import Canvas, Overlay, OverlayKind
from generation.errors import DeliverableRefused
from generation.render.captions_contrast import ContrastFinding
from generation.render.inspector import Finding, Inspector
from generation.render.staging import Staging, stage_ad
from generation.render.yuv import Frame
from generation.watch import NullWatch
from tests.generation.footage import SMALL, grey, small_order, small_timeline, write_clip
from tests.generation.test_deliver import READ

SILENT = replace(small_timeline(), music=None)


def seen(lights: Sequence[int], cuts: Sequence[tuple[int, int]] = ()) -> list[tuple[str, int, int]]:
    """Findings of grey pictures of this lightness; a moving line keeps them from being frozen or flat."""
    inspector = Inspector(30, 10_000, (), cuts)
    for at, light in enumerate(lights):
        picture = grey(light, 64, 64)
        picture.luma[:, at * 8 % 64] = 200
        inspector.look(at, picture)
    return [(found.kind, found.start, found.end) for found in inspector.close(len(lights))]


def test_a_flash_is_flicker_and_says_where() -> None:
    assert seen([100] * 10 + [160] * 2 + [100] * 10) == [("flicker", 10, 12)]
    assert str(Finding("flicker", 10, 12)) == "flicker from frame 10 to 12"
    assert seen([100] * 10 + [40] + [100] * 10) == [("flicker", 10, 11)]


def test_a_leap_that_stays_is_an_unplanned_cut_only() -> None:
    assert seen([100] * 10 + [160] * 20) == [("unplanned cut", 10, 11)]
    assert seen([100] * 10 + [160] * 20 + [100] * 10) == [("unplanned cut", 10, 11), ("unplanned cut", 30, 31)]


def test_planned_cuts_and_slow_changes_are_neither() -> None:
    assert seen([100] * 10 + [160] * 20, cuts=((10, 11),)) == []
    assert seen([100] * 10 + [160] * 2 + [100] * 9, cuts=((9, 13),)) == []
    assert seen(list(range(60, 200, 3))) == []


@given(st.lists(st.integers(60, 200), min_size=2, max_size=40))
def test_any_lightness_is_judged_and_a_steady_plan_never_flickers(lights: list[int]) -> None:
    assert all(0 < start < end <= len(lights) for _, start, end in seen(lights))
    assert [found for found in seen(lights, cuts=((0, len(lights)),)) if found[0] == "flicker"] == []


def test_plans_name_every_frame_at_which_the_picture_changes() -> None:
    assert planned_cuts(small_timeline()) == ((36, 37), (72, 81), (112, 121))


def test_a_flickering_clip_is_not_delivered(clips: Mapping[str, ClipFile], tmp_path: Path) -> None:
    def flashing(index: int) -> Frame:
        picture = grey(170 if index in (20, 21) else 90)
        picture.luma[:, index * 2 % 200 : index * 2 % 200 + 9] = 140
        return picture

    work = tmp_path / "work"
    work.mkdir()
    bad = write_clip(tmp_path / "flash.mp4", 60, flashing)
    shots = (SILENT.shots[0], replace(SILENT.shots[1], transition=SILENT.shots[0].transition, transition_frames=0))
    order = small_order(timeline=replace(SILENT, shots=shots, overlays=()))
    with pytest.raises(DeliverableRefused, match="no flicker is flicker from frame 56 to 58"):
        deliver(order, {**clips, "b" * 64: bad}, {}, work, NullWatch())
    assert list(work.iterdir()) == []


# --- captions --------------------------------------------------------------------------------------------------------


def staged(text: str) -> Staging:
    timeline = replace(SILENT, shots=SILENT.shots[:1], overlays=(Overlay("c1", OverlayKind.CAPTION, 0, 36, text),))
    return stage_ad(timeline, "9:16", safe_zone("9:16").box, {})


def test_captions_lie_inside_their_box_and_one_that_does_not_is_named() -> None:
    cues = staged("早上起不来|这杯帮你醒").cues
    assert overflows(cues, SMALL, safe_zone("9:16").box) == ()
    found = overflows(cues, SMALL, Box(0.06, 0.08, 0.86, 0.5))
    assert len(found) == 1
    assert found[0].startswith("caption 'c1' from frame 0 reaches ")
    narrow = overflows(cues, SMALL, Box(0.45, 0.0, 0.55, 1.0))
    assert len(narrow) == 1
    assert overflows((), Canvas(64, 64), Box(0, 0, 1, 1)) == ()


def judged(**found: object) -> dict[str, tuple[bool, str]]:
    done = checks(READ, SMALL, 165, (), has_sound=True, **found)  # type: ignore[arg-type]
    return {check.name: (check.passed, check.measured) for check in done}


def test_an_overflow_and_a_pale_caption_fail_their_checks() -> None:
    assert judged()["captions inside the safe box"] == (True, "none")
    assert judged()["caption contrast"] == (True, "no captions")
    good, pale = (ContrastFinding("c1", 0, 30, 2.0, shown, 0.5) for shown in (3.6, 2.4))
    assert judged(contrasts=(good,))["caption contrast"] == (True, "at least 3.6 : 1")
    passed, measured = judged(contrasts=(good, pale))["caption contrast"]
    assert not passed
    assert measured == "caption 'c1' from frame 0: contrast 2.0 : 1, 2.4 : 1 with a scrim of 50%"
    assert judged(overflows=("caption 'c1' reaches out",))["captions inside the safe box"][0] is False


# --- the report ------------------------------------------------------------------------------------------------------

FACT = {"passed": True, "measured": "1", "expected": "1"}


def test_a_report_keeps_every_check_marks_platforms_and_notes() -> None:
    names = [name for group in GROUPS.values() for name in group]
    recorded = {name: dict(FACT) for name in [*names, "something new"]}
    label = {"text": "AI生成", "fits_tiktok": "passed", "fits_douyin": "failed: size 216x384, not at least 720x1280"}
    report = report_of(recorded, label, ["a note"])
    assert sum(len(checks) for _, checks in report.groups) == len(recorded)
    assert report.groups[-1][0] == "other"
    assert [check.name for check in report.groups[-1][1]] == ["something new"]
    assert report.passed
    told = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
    assert told["schema"] == "hitsmith-report/1"
    assert told["marks"] == {"text": "AI生成"}
    assert told["platforms"]["fits"] == {
        "douyin": {"passed": False, "trouble": "size 216x384, not at least 720x1280"},
        "tiktok": {"passed": True, "trouble": ""},
    }
    assert told["notes"] == ["a note"]


def test_one_failed_check_fails_the_report_and_old_rows_have_one_too() -> None:
    assert not report_of({"codec": {**FACT, "passed": False}}, {}).passed
    assert report_of({}, {}).as_json()["checks"] == {}


def test_every_check_that_is_made_has_its_group() -> None:
    names = {name for group in GROUPS.values() for name in group}
    assert names == {check.name for check in checks(READ, SMALL, 165, (), has_sound=True)}
