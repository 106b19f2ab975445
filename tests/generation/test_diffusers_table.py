"""What is declared of the open models, what ``plan()`` makes of it, what the models are told. Nothing here needs torch."""

import json
from dataclasses import replace

import pytest
from django.core.management import call_command

from generation.domain.engine_spec import Easing, EngineSpec, Framing, Mode, Move
from generation.domain.geometry import Box
from generation.domain.shot_plan import ImageRef, PlanRefused, ShotPlan, ShotRequest, plan
from generation.engines import registry
from generation.engines.pipelines.prompts import AVOID, camera_words, prompt_of
from generation.engines.pipelines.switches import Effect, Switches
from generation.engines.pipelines.table import entries, read

PHOTO = ImageRef("a" * 64, "photos/a.jpg", 1200, 900, Box(0.2, 0.1, 0.8, 0.9))
LAST = replace(PHOTO, sha256="b" * 64)
REQUEST = ShotRequest(PHOTO, Move.PUSH, Framing.MEDIUM, 0.5, 60, 30, 1080, 1920, 7, prompt="a red bottle")


def declared(name: str, *, distilled: bool = False) -> EngineSpec:
    return entries()[name].spec("abc", distilled=distilled)


def test_what_each_engine_can_do() -> None:
    text, first, last = Mode.TEXT, Mode.FIRST, Mode.FIRST_LAST
    facts = {
        name: (set(spec.modes), spec.fps, spec.frame_step, spec.tail_frames, spec.needs_gpu, spec.licence)
        for name, spec in ((name, declared(name)) for name in entries())
    }
    assert facts == {
        "wan2.2-ti2v-5b": ({text, first}, 24, 4, 0, True, "Apache-2.0"),
        "wan2.2-i2v-a14b": ({first, last}, 16, 4, 0, True, "Apache-2.0"),
        "wan2.1-flf2v": ({last}, 16, 4, 0, True, "Apache-2.0"),
        "ltx-condition": ({text, first, last}, 24, 8, 9, True, "LTXV Open Weights 0.X"),
        "cogvideox-i2v": ({first}, 16, 16, 0, True, "CogVideoX"),
    }


@pytest.mark.parametrize("name", list(entries()))
def test_every_declared_size_obeys_the_models_own_rule(name: str) -> None:
    entry = entries()[name]
    sizes = [*entry.sizes, *(size for way in entry.ways for size in way.profile.sizes)]
    assert all(side % entry.size_multiple == 0 for size in sizes for side in size)
    shapes = [round(width / height, 1) for width, height in entry.sizes]
    assert shapes[1] > 1.5
    assert shapes[0] < 0.7
    assert shapes[2] == 1.0
    assert entry.most_frames % entry.frame_step == entry.frame_offset
    assert [way.profile.name for way in entry.ways] == ["standard", "draft", "high"]
    steps = {way.profile.name: way.profile.steps for way in entry.ways_with(distilled=False)}
    assert steps["draft"] < steps["standard"] < steps["high"]


@pytest.mark.parametrize(
    ("name", "asked", "frames", "size"),
    [
        ("wan2.2-ti2v-5b", (1080, 1920), 49, (704, 1280)),
        ("wan2.2-ti2v-5b", (1080, 1080), 49, (960, 960)),
        ("wan2.2-i2v-a14b", (1920, 1080), 33, (1280, 720)),
        ("wan2.1-flf2v", (1080, 1920), 33, (720, 1280)),
        ("ltx-condition", (1080, 1920), 49, (704, 1216)),
        ("cogvideox-i2v", (1080, 1350), 33, (768, 768)),
    ],
)
def test_two_seconds_in_each_models_own_numbers(
    name: str, asked: tuple[int, int], frames: int, size: tuple[int, int]
) -> None:
    spec = declared(name)
    last = LAST if spec.modes == {Mode.FIRST_LAST} else None
    made = plan(spec, replace(REQUEST, width=asked[0], height=asked[1], last_image=last))
    assert (made.frames, made.fps, (made.width, made.height)) == (frames, spec.fps, size)


def test_the_longest_shot_is_the_models_longest() -> None:
    for name, entry in entries().items():
        spec = declared(name)
        longest = replace(REQUEST, frames=entry.most_frames, fps=spec.fps)
        longest = replace(longest, last_image=LAST if spec.modes == {Mode.FIRST_LAST} else None)
        assert plan(spec, longest).frames == entry.most_frames
        with pytest.raises(PlanRefused, match="films at most"):
            plan(spec, replace(longest, frames=entry.most_frames + 1))


def test_a_draft_takes_four_steps_only_with_the_weights_that_were_trained_for_it() -> None:
    with_lora, without = (declared("wan2.2-i2v-a14b", distilled=flag).profiles[1] for flag in (True, False))
    assert (with_lora.name, with_lora.steps, with_lora.guidance) == ("draft", 4, 1.0)
    assert (without.name, without.steps, without.guidance) == ("draft", 10, 3.5)
    assert with_lora.sizes == without.sizes == ((480, 832), (832, 480), (624, 624))


def test_a_draft_may_be_smaller_than_the_film() -> None:
    spec = declared("wan2.2-i2v-a14b")
    assert (plan(spec, REQUEST).width, plan(spec, REQUEST).height) == (720, 1280)
    draft = plan(spec, replace(REQUEST, profile="draft"))
    assert (draft.width, draft.height) == (480, 832)


def test_demo_weights_say_so_and_belong_to_nobody_else() -> None:
    spec = entries()["ltx-condition"].spec("abc", distilled=False, demo=((64, 96),))
    assert "demo weights (noise)" in spec.title_en
    assert "演示权重" in spec.title_zh
    assert (spec.sizes, spec.max_pixels, spec.needs_gpu, spec.licence) == (((64, 96),), 6144, False, "Apache-2.0")
    assert all(not profile.sizes and not profile.vram_gb for profile in spec.profiles)


def test_a_broken_table_is_noticed_at_once() -> None:
    text = "engines: {new: {frames: {step: 4, offset: 1, most: 81}, licence: {}}}"
    with pytest.raises(KeyError):
        read(text)


def test_the_registry_lists_them() -> None:
    assert set(entries()) <= {spec.id for spec in registry.specs()}


def test_the_command_tells_modes_profiles_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("engines", "--json")
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    told = rows["ltx-condition"]
    assert (told["modes"], told["tail_frames"], told["excluded_territories"]) == (
        ["first", "first_last", "text"],
        9,
        [],
    )
    assert [profile["name"] for profile in told["profiles"]] == ["standard", "draft", "high"]
    assert told["profiles"][0] == {"name": "standard", "steps": 30, "guidance": 5.0, "vram_gb": 48}
    call_command("engines")
    table = capsys.readouterr().out
    assert "from first, first_last, text; standard 30 steps in 48 GB" in table
    assert "goes on from a clip; LTXV Open Weights 0.X" in table


def planned(**change: object) -> ShotPlan:
    return plan(declared("ltx-condition"), replace(REQUEST, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("move", list(Move))
def test_every_move_has_words_of_its_own(move: Move) -> None:
    words = camera_words(planned(move=move))
    assert "{" not in words
    assert words.isascii()
    assert move is Move.ORBIT or words not in [
        camera_words(planned(move=other)) for other in set(Move) - {move, Move.ORBIT}
    ]


def test_strength_easing_and_framing_are_said() -> None:
    assert "very slowly pushes in" in prompt_of(planned(strength=0.1))
    assert "steadily pushes in" in prompt_of(planned(strength=1.0))
    assert "quick at first" in prompt_of(planned(easing=Easing.PUNCH))
    assert "close-up" in prompt_of(planned(framing=Framing.CLOSE))


def test_the_seed_picks_the_side_of_an_orbit() -> None:
    sides = {camera_words(planned(move=Move.ORBIT, seed=seed)) for seed in range(12)}
    assert sides == {camera_words(planned(move=move)) for move in (Move.ORBIT_LEFT, Move.ORBIT_RIGHT)}


def test_the_shots_own_text_comes_first_and_the_product_is_kept() -> None:
    told = prompt_of(planned(prompt="A red bottle on slate."))
    assert told.startswith("A red bottle on slate, medium shot of the product, ")
    assert "keeps its exact shape, colours and label" in told
    assert "keeps its exact" not in prompt_of(planned(image=None)), "without a photo there is nothing to keep"
    assert "changing label" in AVOID


def test_our_own_words_leave_room_for_the_shots_text() -> None:
    """About four characters make a token; both together must fit into what the encoder reads."""
    for name, entry in entries().items():
        last = LAST if Mode.FIRST_LAST in entry.pipelines else None
        made = [
            plan(
                declared(name), replace(REQUEST, prompt="x", move=move, framing=framing, easing=easing, last_image=last)
            )
            for move in Move
            for framing in Framing
            for easing in Easing
        ]
        longest = max(len(prompt_of(each)) for each in made)
        assert (longest + entry.text.characters) / 4 < entry.text.length


def test_switches_are_checked() -> None:
    assert Switches.read({}) == Switches()
    assert Switches.read({"offload": "group"}).offload == "group"
    with pytest.raises(ValueError, match="offload is one of auto, none, model, group, not 'all'"):
        Switches.read({"offload": "all"})
    with pytest.raises(ValueError, match="there is no switch 'turbo', only device, dtype, attention"):
        Switches.read({"turbo": "on"})
    assert str(Effect("compile", "on", worked=False, proof="no compiler")) == "compile=on: no effect, no compiler"
    assert str(Effect("compile", "on", worked=True, proof="30 blocks")) == "compile=on: 30 blocks"
