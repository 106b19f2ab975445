"""``plan()``: every number of a shot is decided before it is paid, or refused with what to change."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.engine_spec import Easing, EngineSpec, Framing, Mode, Move, Profile
from generation.domain.geometry import WHOLE, Box
from generation.domain.shot_plan import ImageRef, MatteRef, PlanRefused, ShotPlan, ShotRequest, plan
from generation.domain.shot_plan_json import box_from_dict, plan_from_dict, plan_to_dict

STILL = EngineSpec(
    id="still",
    version="1",
    weights="none",
    title_zh="静图运镜",
    title_en="Still",
    moves=frozenset(Move),
    fps=30,
    frame_step=1,
    frame_offset=0,
    max_ms=10_000,
    size_multiple=2,
    max_pixels=1080 * 1920,
)
WAN = replace(
    STILL, id="wan", weights="abc", fps=16, frame_step=4, frame_offset=1, max_ms=5_063, moves=frozenset({Move.PUSH})
)
PHOTO = ImageRef("a" * 64, "photos/a.jpg", 1200, 900, Box(0.2, 0.1, 0.8, 0.9))
OTHER = ImageRef("c" * 64, "photos/c.jpg", 800, 800)
REQUEST = ShotRequest(PHOTO, Move.PUSH, Framing.MEDIUM, 0.5, 75, 30, 1080, 1920, 7)


def test_a_plan_carries_the_request_and_the_engine() -> None:
    made = plan(STILL, REQUEST)
    assert made == ShotPlan(
        engine="still",
        engine_version="1",
        weights="none",
        mode=Mode.FIRST,
        image=PHOTO,
        last_image=None,
        move=Move.PUSH,
        framing=Framing.MEDIUM,
        strength=0.5,
        easing=Easing.SMOOTH,
        prompt="",
        profile="standard",
        frames=75,
        fps=30,
        width=1080,
        height=1920,
        seed=7,
    )
    assert made.photo == PHOTO
    assert made.images == (PHOTO,)
    assert made.duration_ms == 2500


@pytest.mark.parametrize(("asked", "frames"), [(1, 1), (2, 5), (75, 41), (76, 41), (77, 45), (150, 81)])
def test_an_engine_with_a_frame_rule_films_the_next_longer_clip(asked: int, frames: int) -> None:
    made = plan(WAN, replace(REQUEST, frames=asked))
    assert (made.frames, made.fps) == (frames, 16)


@given(asked=st.integers(1, 300), fps=st.sampled_from([24, 25, 30, 60]))
def test_what_is_filmed_is_never_shorter_and_follows_the_rule(asked: int, fps: int) -> None:
    made = plan(replace(WAN, max_ms=20_000), replace(REQUEST, frames=asked, fps=fps))
    assert made.frames * fps >= asked * 16
    assert made.frames % 4 == 1
    assert (made.frames - 4) * fps < asked * 16 or made.frames == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"move": Move.ORBIT}, "wan has no move 'orbit': choose one of push"),
        ({"frames": 0}, "a shot needs at least one frame, not 0"),
        ({"frames": 153}, "wan films at most 5.063 s in one shot, this one needs 5.31 s"),
        ({"strength": 1.01}, "strength is a share from 0 to 1, not 1.01"),
        ({"strength": -0.1}, "strength is a share from 0 to 1"),
        ({"width": 62}, "sides of at least 64 in steps of 2, not 62"),
        ({"height": 1921}, "sides of at least 64 in steps of 2, not 1921"),
        ({"height": 1922}, "films at most 2073600 pixels, not 1080x1922"),
        ({"last_image": PHOTO}, "cannot end on a given picture: leave the last image out"),
    ],
)
def test_what_the_engine_cannot_do_is_refused_with_the_reason(change: dict[str, object], says: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        plan(WAN, replace(REQUEST, **change))  # type: ignore[arg-type]
    assert says in str(refused.value)


def test_an_engine_that_can_ends_on_a_given_picture() -> None:
    both = replace(STILL, modes=frozenset({Mode.FIRST_LAST}))
    made = plan(both, replace(REQUEST, last_image=OTHER))
    assert (made.mode, made.images) == (Mode.FIRST_LAST, (PHOTO, OTHER))
    with pytest.raises(PlanRefused, match="cannot film from a first picture alone: add the last one"):
        plan(both, REQUEST)


def test_an_engine_that_can_films_from_text_alone() -> None:
    reads = replace(STILL, modes=frozenset(Mode))
    made = plan(reads, replace(REQUEST, image=None, prompt=" a red mug on a table "))
    assert (made.mode, made.images, made.prompt) == (Mode.TEXT, (), "a red mug on a table")
    with pytest.raises(PlanRefused, match="films from a photo: add one"):
        _ = made.photo


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"prompt": "  "}, "needs a text that says what is seen"),
        ({"last_image": OTHER}, "a last image needs a first one"),
    ],
)
def test_a_shot_without_a_photo_is_refused_where_nothing_says_what_is_seen(
    change: dict[str, object], says: str
) -> None:
    with pytest.raises(PlanRefused) as refused:
        plan(replace(STILL, modes=frozenset(Mode)), replace(REQUEST, image=None, **change))  # type: ignore[arg-type]
    assert says in str(refused.value)
    with pytest.raises(PlanRefused, match="cannot film from text alone: add a photo"):
        plan(STILL, replace(REQUEST, image=None, prompt="a mug"))


@pytest.mark.parametrize(
    ("asked", "got"),
    [((1080, 1920), (704, 1280)), ((540, 960), (704, 1280)), ((1080, 1080), (960, 960)), ((1920, 1080), (1280, 704))],
)
def test_an_engine_of_few_sizes_films_in_the_nearest_shape(asked: tuple[int, int], got: tuple[int, int]) -> None:
    few = replace(WAN, sizes=((1280, 704), (704, 1280), (480, 480), (960, 960)), size_multiple=32)
    made = plan(few, replace(REQUEST, width=asked[0], height=asked[1]))
    assert (made.width, made.height) == got


def test_a_profile_is_chosen_by_name_and_the_first_is_the_default() -> None:
    two = replace(WAN, profiles=(Profile("draft", 4), Profile("high", 50, guidance=5.0)))
    assert plan(two, REQUEST).profile == "draft"
    assert plan(two, replace(REQUEST, profile="high")).profile == "high"
    with pytest.raises(PlanRefused, match="wan has no profile 'best': choose one of draft, high"):
        plan(two, replace(REQUEST, profile="best"))


def test_a_profile_may_film_in_sizes_of_its_own() -> None:
    draft = Profile("draft", 4, sizes=((480, 832), (832, 480)))
    spec = replace(WAN, sizes=((720, 1280), (1280, 720)), profiles=(Profile("standard", 20), draft))
    sizes = [
        (made.width, made.height) for made in (plan(spec, replace(REQUEST, profile=name)) for name in ("", "draft"))
    ]
    assert sizes == [(720, 1280), (480, 832)]


def test_a_text_that_an_engine_would_cut_or_cannot_read_is_refused() -> None:
    reads = replace(WAN, prompt_chars=12, reads_chinese=False)
    assert plan(reads, replace(REQUEST, prompt=" a red bottle ")).prompt == "a red bottle"
    with pytest.raises(PlanRefused, match="wan reads 12 characters, this text has 13: shorten it"):
        plan(reads, replace(REQUEST, prompt="a blue bottle"))
    with pytest.raises(PlanRefused, match="wan reads English only: write the text of this shot in English"):
        plan(reads, replace(REQUEST, prompt="一个红瓶子"))
    assert plan(replace(reads, reads_chinese=True), replace(REQUEST, prompt="一个红瓶子")).prompt == "一个红瓶子"
    assert plan(WAN, replace(REQUEST, prompt="x" * 5000)).prompt, "an engine that reads nothing loses nothing"


def test_the_key_is_that_of_the_content_and_stays_the_same_for_ever() -> None:
    made = plan(STILL, REQUEST)
    renamed = replace(made, image=replace(PHOTO, name="elsewhere.jpg"))
    assert made.key == renamed.key == "5b54f7928319c2558ecfb1f8eb0a2982264b76286e345aa16b9af9855abc74c9"


@pytest.mark.parametrize("field", [field.name for field in fields(ShotPlan)])
def test_every_field_of_a_plan_counts_in_its_key(field: str) -> None:
    made = plan(STILL, REQUEST)
    other: object = {
        "image": replace(PHOTO, sha256="b" * 64),
        "last_image": PHOTO,
        "move": Move.PULL,
        "framing": Framing.WIDE,
        "strength": 0.25,
        "mode": Mode.TEXT,
        "easing": Easing.PUNCH,
    }.get(field, "2" if isinstance(getattr(made, field), str) else 2)
    assert replace(made, **{field: other}).key != made.key  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "image",
    [
        replace(PHOTO, width=1),
        replace(PHOTO, height=1),
        replace(PHOTO, subject=None),
        replace(PHOTO, subject=WHOLE),
        replace(PHOTO, matte=MatteRef("d" * 64, "mattes/d.png")),
    ],
)
def test_what_is_known_of_the_photo_counts_in_the_key(image: ImageRef) -> None:
    assert replace(plan(STILL, REQUEST), image=image).key != plan(STILL, REQUEST).key


shares = st.floats(0, 0.45, allow_nan=False)
boxes = st.builds(lambda a, b, c, d: Box(a, b, 1 - c, 1 - d), shares, shares, shares, shares)
images = st.builds(
    ImageRef,
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.text(),
    st.integers(1),
    st.integers(1),
    st.none() | boxes,
    st.none() | st.builds(MatteRef, st.text(), st.text()),
)
plans = st.builds(
    ShotPlan,
    engine=st.text(),
    engine_version=st.text(),
    weights=st.text(),
    mode=st.sampled_from(Mode),
    image=st.none() | images,
    last_image=st.none() | images,
    move=st.sampled_from(Move),
    framing=st.sampled_from(Framing),
    strength=st.floats(0, 1),
    easing=st.sampled_from(Easing),
    prompt=st.text(),
    profile=st.text(),
    frames=st.integers(1),
    fps=st.integers(1),
    width=st.integers(64),
    height=st.integers(64),
    seed=st.integers(),
)


@given(plans)
def test_a_plan_survives_json_with_its_key(made: ShotPlan) -> None:
    back = plan_from_dict(json.loads(json.dumps(plan_to_dict(made))))
    assert back == made
    assert back.key == made.key


def test_a_broken_document_is_no_plan() -> None:
    good = plan_to_dict(plan(STILL, REQUEST))
    for broken in ({}, good | {"move": "fly"}, good | {"surprise": 1}, good | {"image": {}}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            plan_from_dict(broken)


def test_a_box_from_json_is_a_box_or_nothing() -> None:
    assert box_from_dict(None) is None
    assert box_from_dict({"x0": 0.1, "y0": 0.2, "x1": 0.3, "y1": 0.4}) == Box(0.1, 0.2, 0.3, 0.4)


def test_a_box_knows_its_size_and_refuses_to_be_empty() -> None:
    box = Box(0.25, 0.5, 0.75, 1.0)
    assert (box.width, box.height, box.centre) == (0.5, 0.5, (0.5, 0.75))
    assert box.union(Box(0.0, 0.6, 0.5, 0.7)) == Box(0.0, 0.5, 0.75, 1.0)
    with pytest.raises(ValueError, match="an empty box"):
        Box(0.5, 0.0, 0.5, 1.0)
