"""From a script to shots and a timeline: exact frames, no drift, nothing too long to film, nothing over the end card."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.storyboard import BEAT_REACH_MS, CARD_MS, Desk, Storyboard, frame, storyboard, timeline_of
from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import ImageRef
from generation.domain.timeline import Canvas, MusicBed, OverlayKind, Timeline, Transition
from generation.domain.timeline_rules import handles, media_frames, starts, validate
from templates_engine.domain.beats import Camera, Role
from templates_engine.domain.beats import Framing as ScriptFraming
from templates_engine.domain.script import Script, ScriptBeat, ScriptShot

FPS = 30
LONGEST = 5 * FPS


def photo(number: int) -> ImageRef:
    return ImageRef(sha256=f"{number:064x}", name=f"assets/{number}.jpg", width=1200, height=900)


def desk(photos: int = 3, **changes: object) -> Desk:
    plain = Desk(
        photos=tuple(photo(number) for number in range(photos)),
        moves=frozenset(Move),
        canvas=Canvas(1080, 1920, FPS),
        film=Canvas(1080, 1920, FPS),
        seed=7,
        brand="北杯",
        mark="北杯",
        music=MusicBed("warm", 96, 7),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def beat(role: Role, start: int, lengths: list[int], caption: str = "字幕") -> ScriptBeat:
    shots, at = [], start
    for length in lengths:
        shots.append(ScriptShot(at, at + length, Camera.PUSH, ScriptFraming.MEDIUM))
        at += length
    return ScriptBeat(role, start, at, "台词", caption, "bold_center", tuple(shots), ())


def script(*beats: tuple[Role, list[int]], price: str = "¥129") -> Script:
    told, at = [], 0
    for role, lengths in beats:
        told.append(beat(role, at, lengths))
        at += sum(lengths)
    return Script("tpl_x_zh_v1", "zh", 1, at, tuple(told), "北杯", "立即选购", price, "¥199")


STORY = script(
    (Role.HOOK, [1500]),
    (Role.REVEAL, [2000, 2000]),
    (Role.DEMO, [3000]),
    (Role.OFFER, [2500]),
    (Role.CTA, [4000]),
)


def made(board: Storyboard) -> Timeline:
    return timeline_of(board, [f"{shot.index:064x}" for shot in board.shots], timeline_id="ad_test")


def test_an_ad_is_cut_as_its_script_says():
    timeline = made(storyboard(STORY, desk(music=None)))
    validate(timeline)
    assert timeline.duration == 15 * FPS
    assert starts(timeline.shots) == (0, 45, 105, 165, 255, 330, 369)
    assert [shot.role for shot in timeline.shots] == ["hook", "reveal", "reveal", "demo", "offer", "cta", "cta"]
    assert timeline.shots[-1].duration == CARD_MS * FPS // 1000 == 81


def test_cuts_near_a_beat_of_our_music_fall_on_it():
    """18 beats until the card at frame 369, every 20.5 frames, meet every cut; the 20 of the wanted tempo meet three."""
    wanted = desk().music
    assert wanted == MusicBed("warm", 96, 7)
    timeline = made(storyboard(STORY, desk()))
    assert timeline.music == MusicBed("warm", 90, 7)
    assert starts(timeline.shots) == (0, 41, 102, 164, 255, 328, 369)
    assert timeline.duration == 15 * FPS
    uploaded = MusicBed("warm", 96, 7, "song.mp3", "5" * 64)
    assert starts(made(storyboard(STORY, desk(music=uploaded))).shots) == (0, 45, 105, 165, 255, 330, 369)


def test_the_end_card_carries_the_offer_and_the_first_photo():
    card = made(storyboard(STORY, desk(offer="买一送一"))).shots[-1].card
    assert card is not None
    assert (card.headline, card.brand, card.offer, card.call_to_action) == ("北杯", "北杯", "买一送一", "立即选购")
    assert (card.price_text, card.list_price_text) == ("¥129", "¥199")
    assert (card.image, card.image_sha256) == ("assets/0.jpg", photo(0).sha256)


def test_a_short_call_to_action_is_all_card():
    timeline = made(storyboard(script((Role.HOOK, [3000]), (Role.CTA, [3200])), desk()))
    assert [(shot.role, shot.duration, shot.card is None) for shot in timeline.shots] == [
        ("hook", 90, True),
        ("cta", 96, False),
    ]


def test_what_the_card_leaves_of_a_shot_goes_to_the_shot_before():
    timeline = made(storyboard(script((Role.HOOK, [2000]), (Role.CTA, [1600, 3000])), desk(music=None)))
    assert [shot.duration for shot in timeline.shots] == [60, 57, 81]


def test_dissolves_and_hard_cuts():
    timeline = made(storyboard(STORY, desk()))
    out_of = {shot.id: (shot.transition, shot.transition_frames) for shot in timeline.shots}
    assert out_of["s1"] == (Transition.CUT, 0)  # out of the hook
    assert out_of["s2"] == (Transition.CUT, 0)  # within the reveal
    assert out_of["s3"] == (Transition.DISSOLVE, 10)  # reveal -> demo
    assert out_of["s6"] == (Transition.DISSOLVE, 12)  # into the end card
    assert timeline.shots[3].source_start == 5


def test_a_photo_does_not_melt_into_itself():
    timeline = made(storyboard(STORY, desk(photos=1)))
    assert [shot.transition for shot in timeline.shots[:-2]] == [Transition.CUT] * 5


def test_overlays_stand_in_their_beats_and_end_before_the_card():
    timeline = made(storyboard(STORY, desk()))
    spans = {overlay.id: (overlay.kind, overlay.start, overlay.end) for overlay in timeline.overlays}
    assert spans["c1.1"] == (OverlayKind.CAPTION, 0, 45)
    assert spans["c5.1"] == (OverlayKind.CAPTION, 330, 369)
    assert spans["p4"] == (OverlayKind.PRICE_TAG, 255, 330)
    assert spans["brand"] == (OverlayKind.BRAND_MARK, 0, 369)


def test_a_long_caption_is_shown_in_pages_and_the_card_keeps_only_what_there_is_time_for():
    told = list(script((Role.DEMO, [3000]), (Role.CTA, [4200])).beats)
    told[0] = replace(told[0], caption="它懂你|杯壁厚实|咖啡凉得慢", voice="它懂你：杯壁厚实，咖啡凉得慢。")
    told[1] = replace(told[1], caption="不想再忍|就点下方链接|拎走一只", voice="不想再忍，就点下方链接，拎走一只。")
    timeline = made(storyboard(replace(STORY, beats=tuple(told)), desk(mark="")))
    shown = [(item.text, item.start, item.end) for item in timeline.overlays if item.kind is OverlayKind.CAPTION]
    assert shown == [("它懂你", 0, 23), ("杯壁厚实|咖啡凉得慢", 23, 90), ("不想再忍", 90, 126)]


def test_neighbouring_price_beats_share_one_tag():
    told = script((Role.HOOK, [2000]), (Role.OFFER, [2000]), (Role.URGENCY, [2000]), (Role.CTA, [3000]))
    tags = [item for item in made(storyboard(told, desk())).overlays if item.kind is OverlayKind.PRICE_TAG]
    assert [(tag.start, tag.end, tag.text, tag.second_text) for tag in tags] == [(60, 180, "¥129", "¥199")]


def test_without_price_brand_or_music_there_is_nothing_of_them():
    bare = made(storyboard(replace(STORY, price_text=""), desk(mark="", music=None)))
    assert {overlay.kind for overlay in bare.overlays} == {OverlayKind.CAPTION}
    assert bare.music is None


def test_a_shot_longer_than_five_seconds_is_filmed_in_pieces():
    board = storyboard(script((Role.HOOK, [9000]), (Role.CTA, [3000])), desk(photos=1))
    assert [shot.end - shot.start for shot in board.shots] == [135, 135]
    assert board.shots[0].request.framing is not board.shots[1].request.framing


def test_the_film_size_is_the_engines_and_seeds_differ():
    board = storyboard(STORY, desk(film=Canvas(480, 848, FPS)))
    assert {(shot.request.width, shot.request.height) for shot in board.shots} == {(480, 848)}
    assert len({shot.request.seed for shot in board.shots}) == len(board.shots)


def test_an_empty_script_is_refused():
    with pytest.raises(ValueError, match="without beats"):
        storyboard(replace(STORY, beats=()), desk())


@pytest.mark.parametrize(("ms", "expected"), [(0, 0), (16, 0), (17, 1), (33, 1), (500, 15), (1000, 30), (12_345, 370)])
def test_a_moment_is_its_nearest_frame_boundary(ms: int, expected: int):
    assert frame(ms, FPS) == expected


roles = st.sampled_from([role for role in Role if role is not Role.CTA])
lengths = st.lists(st.integers(1200, 5000), min_size=1, max_size=3)
scripts = st.builds(
    lambda body, end: script(*body, (Role.CTA, end)),
    st.lists(st.tuples(roles, lengths), min_size=1, max_size=7),
    st.lists(st.integers(1200, 5000), min_size=1, max_size=2).filter(lambda parts: sum(parts) >= 3000),
)


@given(
    scripts,
    st.integers(1, 12),
    st.sets(st.sampled_from(Move), min_size=1),
    st.integers(0, 2**31 - 1),
    st.sampled_from([24, 25, 30, 60]),
)
def test_rules_hold_for_every_script(told: Script, photos: int, moves: set[Move], seed: int, fps: int):
    wanted = desk(photos, moves=frozenset(moves), seed=seed, canvas=Canvas(1080, 1920, fps))
    board = storyboard(told, wanted)
    timeline = made(board)
    validate(timeline)
    assert board == storyboard(told, wanted)
    assert timeline.duration == frame(told.duration_ms, fps)
    assert timeline.shots[-1].card is not None
    for shot, cut, (head, tail) in zip(board.shots, timeline.shots[:-1], handles(timeline.shots)[:-1], strict=True):
        assert shot.request.frames == media_frames(cut) == head + (shot.end - shot.start) + tail
        assert shot.request.frames <= 5 * fps
        assert shot.request.image in wanted.photos
        assert shot.request.move in moves
        assert isinstance(shot.request.framing, Framing)
    edges = [0, *(shot.end for shot in board.shots)]
    assert [shot.start for shot in board.shots] == edges[:-1]
    assert edges[-1] == board.card_start
    beats = {frame(ms, fps) for one in told.beats for shot in one.shots for ms in (shot.start_ms, shot.end_ms)}
    inner = {shot.start for before, shot in pairwise(board.shots) if before.beat != shot.beat}
    assert all(min(abs(start - edge) for edge in beats) <= frame(BEAT_REACH_MS, fps) for start in inner)
    for overlay in timeline.overlays:
        assert overlay.end <= board.card_start
