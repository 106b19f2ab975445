"""The platforms' figures: whole, sourced, and judged without a guess."""

from dataclasses import replace
from fractions import Fraction

import pytest

from creative.domain.platforms import PLATFORMS
from generation.deliver.file_facts import FileFacts
from generation.deliver.platforms import Limits, Listed, Platform, platform, platforms, version
from generation.deliver.readback import AudioRead, ReadBack, VideoRead
from generation.deliver.rules import Outcome, marks, preflight, takes, technical
from generation.domain.layout import ASPECTS
from generation.errors import CutRefused

VIDEO = VideoRead(
    "h264", "High", "yuv420p", (1, 1, 1, 1), 1080, 1920, Fraction(30), 450, steady=True, longest_group=60, seconds=15.0
)
AUDIO = AudioRead("aac", 48_000, 2, 15.0, -14.0, -1.8)
FILM = FileFacts(8_000_000, "mp4", ReadBack(faststart=True, video=VIDEO, audio=AUDIO), 0)


def sources(place: Platform) -> list[object]:
    listed = [
        place.containers,
        place.video_codecs,
        place.audio_codecs,
        place.seconds,
        place.fps,
        place.lufs,
        place.size,
    ]
    return [item.source for item in (*listed, *place.shapes, *place.covers)]


def outcomes(file: FileFacts, code: str) -> dict[str, Outcome]:
    return {verdict.rule: verdict.outcome for verdict in preflight(file, platform(code))}


def failures(file: FileFacts, code: str) -> list[str]:
    return [rule for rule, outcome in outcomes(file, code).items() if outcome is Outcome.FAILED]


def test_every_platform_of_the_desk_has_figures() -> None:
    codes = {place.code for place in platforms()}
    assert codes == {
        "douyin", "kuaishou", "xiaohongshu", "taobao", "channels", "tiktok", "reels", "shorts", "amazon",
    }  # fmt: skip
    assert codes - {"amazon"} == set(PLATFORMS) - {"bilibili"}
    assert version() >= 1


@pytest.mark.parametrize("code", [place.code for place in platforms()])
def test_every_figure_has_a_source_a_day_and_how_sure_it_is(code: str) -> None:
    for source in sources(platform(code)):
        assert str(source).count(",") >= 2
        assert source.where  # type: ignore[attr-defined]
        assert source.read.startswith("20")  # type: ignore[attr-defined]
        assert source.confidence in (  # type: ignore[attr-defined]
            "unknown", "unverified", "second hand", "platform's page, as others quote it",
        )  # fmt: skip


@pytest.mark.parametrize("code", [place.code for place in platforms()])
def test_what_is_unknown_is_said_and_what_is_known_is_not_unknown(code: str) -> None:
    place = platform(code)
    for item in (place.containers, place.video_codecs, place.audio_codecs):
        assert bool(item.values) == (item.source.confidence != "unknown")
    for limits in (place.seconds, place.fps, place.lufs, place.size):
        assert (limits.span is None) == (limits.source.confidence == "unknown")


@pytest.mark.parametrize("code", [place.code for place in platforms()])
def test_every_shape_is_one_that_we_cut_and_has_a_safe_zone(code: str) -> None:
    place = platform(code)
    assert {shape.aspect for shape in place.shapes} == set(place.zones) <= set(ASPECTS)
    for shape in place.shapes:
        across, down = ASPECTS[shape.aspect]
        assert place.zone(shape.aspect).aspect == shape.aspect
        if shape.least is not None:
            assert shape.least[0] / shape.least[1] == pytest.approx(across / down, rel=0.01)
    assert {cover.aspect for cover in place.covers} <= set(place.zones)
    with pytest.raises(CutRefused, match="not 2:1"):
        place.zone("2:1")


def test_a_platform_nobody_knows_is_refused_with_those_that_we_know() -> None:
    with pytest.raises(CutRefused, match="no figures of a platform 'moon': choose one of douyin, kuaishou"):
        platform("moon")


@pytest.mark.parametrize("code", [place.code for place in platforms() if takes(place, "9:16")])
def test_our_usual_film_fails_nowhere(code: str) -> None:
    assert failures(FILM, code) == []
    assert outcomes(FILM, code)["loudness"] is Outcome.UNKNOWN


def with_video(**changes: object) -> FileFacts:
    return replace(FILM, read=replace(FILM.read, video=replace(VIDEO, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "code", "rules"),
    [
        (with_video(width=540, height=960), "douyin", ["size"]),
        (with_video(width=1620, height=2880), "douyin", ["size"]),
        (replace(FILM, bytes=101_000_000), "douyin", ["file size of 9:16"]),
        (replace(FILM, bytes=300_000_001), "reels", ["file size"]),
        (with_video(width=1080, height=1350), "douyin", ["shape"]),
        (with_video(seconds=2.9), "reels", ["length"]),
        (with_video(seconds=90.1), "reels", ["length"]),
        (with_video(fps=Fraction(20)), "reels", ["frame rate"]),
        (with_video(codec="vp9"), "reels", ["video codec"]),
        (with_video(seconds=60.01), "taobao", ["shape", "length"]),
        (replace(FILM, container="mov"), "douyin", ["container"]),
        (replace(FILM, rotation=90), "shorts", ["shape"]),
        (with_video(), "amazon", ["shape"]),
    ],
)
def test_each_figure_is_held_against_the_file(file: FileFacts, code: str, rules: list[str]) -> None:
    assert failures(file, code) == rules


def test_sound_is_judged_where_there_is_some() -> None:
    silent = replace(FILM, read=replace(FILM.read, audio=None))
    assert "audio codec" not in outcomes(silent, "reels")
    opus = replace(FILM, read=replace(FILM.read, audio=replace(AUDIO, codec="opus")))
    assert failures(opus, "reels") == ["audio codec"]


def test_a_known_loudness_is_held_to() -> None:
    place = replace(platform("reels"), lufs=Limits((-14.0, -14.0), platform("reels").lufs.source))
    quiet = replace(FILM, read=replace(FILM.read, audio=replace(AUDIO, lufs=-20.0)))
    assert [verdict.rule for verdict in preflight(quiet, place) if verdict.outcome is Outcome.FAILED] == ["loudness"]
    assert [verdict.rule for verdict in preflight(FILM, place) if verdict.outcome is Outcome.FAILED] == []


def test_lists_without_values_judge_nothing() -> None:
    place = replace(platform("reels"), containers=Listed((), platform("reels").lufs.source))
    found = {verdict.rule: verdict.outcome for verdict in preflight(replace(FILM, container="avi"), place)}
    assert found["container"] is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("file", "rules"),
    [
        (FILM, []),
        (with_video(colours=(9, 16, 9, 1)), ["colours"]),
        (with_video(pixel_format="yuv420p10le"), ["pixel format"]),
        (with_video(steady=False), ["constant frame rate"]),
        (with_video(ordered=False), ["constant frame rate"]),
        (replace(FILM, rotation=90), ["rotation"]),
        (replace(FILM, read=replace(FILM.read, faststart=False)), ["index before data"]),
        (replace(FILM, read=replace(FILM.read, audio=replace(AUDIO, clipped=3))), ["clipped samples"]),
    ],
)
def test_what_every_player_needs_is_checked_too(file: FileFacts, rules: list[str]) -> None:
    assert [verdict.rule for verdict in technical(file) if verdict.outcome is Outcome.FAILED] == rules


def test_a_file_without_labels_fails_both_and_an_unsigned_one_is_no_failure() -> None:
    found = {verdict.rule: verdict.outcome for verdict in marks(FILM)}
    assert found == {
        "visible AI label": Outcome.FAILED,
        "AIGC metadata": Outcome.FAILED,
        "C2PA signature": Outcome.UNKNOWN,
    }
