"""The verb and its command: from a file to an analysis, and nothing left behind when it is refused or stopped."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from templates_engine.analyse.analysing import Known, Spent, Tools, analyse
from templates_engine.analyse.errors import AnalysisStopped, VideoRefused
from templates_engine.analyse.shots import AdaptiveCuts
from templates_engine.domain.analysis import LineSource, TimedLine, Transition
from templates_engine.domain.analysis_json import from_dict
from templates_engine.domain.beats import Camera, Framing
from tests.templates_engine.footage_maker import Plan, Scene, cuts_and_fades, render

PLAN = Plan(
    (
        Scene(0.8, 3, Camera.PUSH, Framing.MEDIUM),
        Scene(1.0, 8, Camera.STATIC, Framing.CLOSE),
        Scene(1.2, 21, Camera.TRUCK_LEFT, Framing.MEDIUM, "dissolve"),
    ),
    width=144,
    height=256,
)
SRT = "1\n00:00:00,100 --> 00:00:01,000\n还在为漏水发愁？\n\n2\n00:00:01,200 --> 00:00:02,900\n这款杯子倒着放也不漏\n"


@pytest.fixture(scope="module")
def hit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("hits") / "hit.mp4", PLAN)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def run(*arguments: object) -> tuple[str, str]:
    out, told = StringIO(), StringIO()
    call_command("analyse_video", *map(str, arguments), stdout=out, stderr=told)
    return out.getvalue(), told.getvalue()


def test_the_command_prints_a_document_that_can_be_read_back(hit: Path, tmp_path: Path) -> None:
    srt, sheet, strip = tmp_path / "a.srt", tmp_path / "m.csv", tmp_path / "strip.png"
    srt.write_text(SRT, encoding="utf-8")
    sheet.write_text("视频ID,播放量,发布后小时,点赞\nhit,1.2万,24,300\nother,5,24,1\n", encoding="utf-8")
    out, told = run(hit, "--srt", srt, "--metrics", sheet, "--category", "kitchen", "--platform", "douyin",
                    "--no-captions", "--json", "--strip", strip)  # fmt: skip
    found = from_dict(json.loads(out))
    assert (found.video_id, found.lang, found.category, found.platform) == ("hit", "zh", "kitchen", "douyin")
    assert (found.duration_ms, found.width, found.height, found.fps) == (3000, 144, 256, 25.0)
    assert [shot.transition for shot in found.shots] == [Transition.CUT, Transition.CUT, Transition.FADE]
    assert [shot.start_ms for shot in found.shots] == pytest.approx([0, 800, 1800], abs=80)
    assert [shot.camera for shot in found.shots] == [Camera.PUSH, Camera.STATIC, Camera.TRUCK_LEFT]
    assert [shot.framing for shot in found.shots] == [Framing.MEDIUM, Framing.CLOSE, Framing.MEDIUM]
    assert [line.text for line in found.lines] == ["还在为漏水发愁？", "这款杯子倒着放也不漏"]
    assert (found.captions, found.caption_look, found.tempo) == ((), None, None)
    assert [(seen.views, seen.likes) for seen in found.metrics] == [(12_000, 300)]
    assert found.speech is not None
    assert found.speech.pauses_ms == ()
    assert found.opening is not None
    assert (found.opening.cuts, found.opening.product_seen) == (2, None)
    assert dict(found.tools) == {"shots": "scenedetect 0.7.2 adaptive + own fades"}
    assert cv2.imread(str(strip)).shape[0] > 200
    assert "100% 完成 done" in told


def test_for_a_person_it_is_told_in_words(hit: Path) -> None:
    out, _ = run(hit, "--no-captions")
    assert "镜头 shots: 3 (渐变 fades 1)" in out
    assert "hit  144x256  3.0 s  25 fps  zh" in out


@pytest.mark.slow
def test_with_a_photo_of_the_product_each_shot_says_whether_it_shows_it(hit: Path) -> None:
    other = np.random.default_rng(4).integers(0, 256, (300, 300, 3), np.uint8)
    spent = Spent()
    found = analyse(hit, Known("hit", photos=[other]), Tools(AdaptiveCuts), spent=spent)
    assert [shot.product_share for shot in found.shots] == [0.0, 0.0, 0.0]
    assert found.opening is not None
    assert found.opening.product_seen is False
    assert {"decoding", "shots", "camera", "framing", "product"} <= set(spent.parts)
    assert min(spent.parts.values()) >= 0


def test_whoever_asks_can_stop_it_and_nothing_is_written(hit: Path, out: Path) -> None:
    def stop(what: str, done: float) -> None:
        if done > 0.3:
            raise AnalysisStopped("enough")

    with pytest.raises(AnalysisStopped):
        analyse(hit, Known("hit"), Tools(AdaptiveCuts), progress=stop, strip=out / "s.png")
    assert list(out.iterdir()) == []


def test_control_c_ends_the_command_with_its_own_code(hit: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("templates_engine.management.commands.analyse_video.analyse", interrupted)
    with pytest.raises(CommandError, match="nothing was written") as caught:
        run(hit, "--no-captions", "--strip", out / "s.png")
    assert caught.value.returncode == 130
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("hls.mp4", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "cannot be read"),
        ("gone.mp4", None, "there is no file"),
    ],
)
def test_a_refused_video_leaves_nothing_behind(tmp_path: Path, name: str, content: str | None, says: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CommandError, match=says):
        run(tmp_path / name, "--no-captions", "--json", "--strip", tmp_path / "s.png")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("option", "content", "says"),
    [
        ("--srt", "1\n00:00:05,000 --> 00:00:01,000\nx\n", r"beside\.txt, line 2: it ends before it starts"),
        ("--srt", "nothing timed", "holds no timed line"),
        ("--metrics", "播放量,age_h\n很多,24\n", r"beside\.txt, row 2, column '播放量': '很多' should be a number"),
        ("--metrics", "video_id,播放量,age_h\nother,5,24\n", "no row for video 'hit'"),
        ("--product", "no picture", "beside"),
    ],
)
def test_a_bad_file_beside_the_video_is_named(hit: Path, out: Path, option: str, content: str, says: str) -> None:
    beside = out / "beside.txt"
    beside.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=says):
        run(hit, option, beside, "--no-captions", "--strip", out / "s.png")
    assert list(out.iterdir()) == [beside]


@pytest.mark.slow
def test_ten_thousand_lines_beside_a_short_video_are_cut_to_it(hit: Path, out: Path) -> None:
    srt = out / "long.srt"
    clock = [f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(10_001)]
    srt.write_text("\n".join(f"{n}\n{clock[n]},000 --> {clock[n + 1]},000\nline {n}\n" for n in range(10_000)))
    printed, _ = run(hit, "--srt", srt, "--no-captions", "--json")
    assert [line["text"] for line in json.loads(printed)["lines"]] == ["line 0", "line 1", "line 2"]


@pytest.mark.slow
def test_another_videos_transcript_is_refused(hit: Path) -> None:
    late = (TimedLine(60_000, 61_000, "晚了", LineSource.TRANSCRIPT),)
    with pytest.raises(VideoRefused, match="another video's"):
        analyse(hit, Known("hit", lines=late), Tools(AdaptiveCuts))


@pytest.mark.slow
def test_a_strip_that_cannot_be_written_says_so(hit: Path, out: Path) -> None:
    with pytest.raises(VideoRefused, match="cannot be written"):
        analyse(hit, Known("hit"), Tools(AdaptiveCuts), strip=out / "none" / "s.png")
    assert list(out.iterdir()) == []


def test_one_frame_is_a_video_of_one_shot(tmp_path: Path) -> None:
    path = render(tmp_path / "one.mp4", Plan((Scene(0.04, 3),), width=64, height=96))
    found = analyse(path, Known("one"), Tools(AdaptiveCuts))
    assert [(shot.start_ms, shot.end_ms) for shot in found.shots] == [(0, 40)]


@pytest.mark.slow
def test_from_pixels_alone(tmp_path: Path, settings: Any) -> None:
    """Captions in two languages, cuts and fades, camera, tempo: read off a rendered video that comes with nothing."""
    from templates_engine.analyse.ocr import RapidReader

    words = ("还在为水杯漏水发愁？", "这款保温杯不一样", "Keeps hot for 12 hours", "只要39.9元", "Tap the link now")
    ways = ("cut", "cut", "dissolve", "cut", "black")
    moves = (Camera.STATIC, Camera.PUSH, Camera.TRUCK_LEFT, Camera.PEDESTAL_UP, Camera.PULL)
    plan = Plan(
        tuple(
            Scene(2.0, 5 + number, moves[number], Framing.MEDIUM, ways[number], word)
            for number, word in enumerate(words)
        ),
        width=360,
        height=640,
        bpm=120,
    )
    found = analyse(render(tmp_path / "v.mp4", plan), Known("v"), Tools(AdaptiveCuts, RapidReader()))
    assert [line.text for line in found.captions] == list(words)
    assert [line.start_ms for line in found.captions] == pytest.approx([0, 2000, 4000, 6000, 8000], abs=150)
    assert [shot.start_ms for shot in found.shots] == pytest.approx([0, 2000, 4000, 6000, 8000], abs=100)
    assert [shot.camera for shot in found.shots] == list(moves)
    assert [shot.transition is Transition.FADE for shot in found.shots] == [way != "cut" for way in ways]
    assert found.tempo is not None
    assert min(abs(found.tempo.bpm * octave / 120 - 1) for octave in (0.5, 1, 2)) < 0.04
    assert found.told == found.captions
    assert found.caption_look is not None
    assert found.caption_look.style == "lower_third"
    assert np.isclose(found.caption_look.height, 0.035, atol=0.01)


@pytest.mark.slow
def test_boundaries_of_cuts_and_fades_are_found(tmp_path: Path) -> None:
    hits = others = 0
    for seed in (41, 42):
        plan = cuts_and_fades(seed)
        found = analyse(render(tmp_path / f"{seed}.mp4", plan), Known("v"), Tools(AdaptiveCuts))
        begins = [shot.start_ms for shot in found.shots[1:]]
        near = [any(abs(at - 1000 * border) <= 100 for at in begins) for border in plan.borders]
        hits += sum(near)
        others += near.count(False) + len(begins) - sum(near)
    assert 2 * hits / (2 * hits + others) >= 0.95
