"""Every engine of the table, by its demo weights: made, saved, loaded offline, filmed, cancelled, repeated, refused."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generation.domain.engine_spec import Mode
from generation.domain.shot_plan import PlanRefused, plan
from generation.engines.pipelines.table import entries
from generation.engines.pipelines.tiny import MAKERS
from generation.errors import Cancelled, MediaBroken, Permanent
from generation.ffmpeg import probe
from generation.watch import NullWatch
from tests.generation.demo_models import EVERY, Set, frames_of, loud, make_set, own_texts

__all__ = ["loud", "own_texts"]
# Slow because of what they import: transformers and diffusers take longer than all that is filmed here.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_texts", "loud")]


@pytest.fixture(params=EVERY)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Set]:
    yield from make_set(request.param, tmp_path_factory, tmp_path)


class Notes(NullWatch):
    def __init__(self) -> None:
        self.heard: list[tuple[float, str]] = []

    def step(self, fraction: float, stage: str) -> None:
        self.heard.append((fraction, stage))


class StopAt(Notes):
    """Cancels as soon as it hears the stage at that fraction or later."""

    def __init__(self, stage: str, fraction: float = 0.0) -> None:
        super().__init__()
        self._stage, self._fraction = stage, fraction

    def step(self, fraction: float, stage: str) -> None:
        super().step(fraction, stage)
        if stage == self._stage and fraction >= self._fraction:
            raise Cancelled("somebody asked to stop")


def test_every_mode_films_exactly_what_was_planned(scene: Set) -> None:
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert scene.engine.missing() == []
    spec = scene.engine.spec
    assert "demo weights" in spec.title_en
    for mode in sorted(spec.modes):
        made, notes = scene.plan(mode), Notes()
        images = {scene.first.sha256: scene.photo, scene.last.sha256: scene.other}
        filmed = scene.engine.film(made, images, scene.out, notes)
        facts = probe(scene.out)
        assert (facts.frames, facts.width, facts.height, facts.fps) == (made.frames, *spec.sizes[0], spec.fps)
        assert (filmed.frames, filmed.width, filmed.height) == (made.frames, made.width, made.height)
        assert (filmed.subject is None) == (mode is Mode.TEXT)
        assert filmed.facts["device"] == "cpu"
        assert frames_of(scene.out).std() > 5, "one flat colour"
        fractions = [fraction for fraction, _ in notes.heard]
        assert fractions == sorted(fractions)
        assert 0.0 <= fractions[0] <= fractions[-1] <= 1.0
        stages = list(dict.fromkeys(stage for _, stage in notes.heard))
        assert stages in (
            ["prepare", "read the text", "film", "decode", "encode"],
            ["prepare", "film", "decode", "encode"],
        )


def test_the_steps_are_counted_one_by_one(scene: Set) -> None:
    notes = Notes()
    scene.film(watch=notes)
    steps = next(profile.steps for profile in scene.engine.spec.profiles if profile.name == "draft")
    told = {round(fraction / 0.85 * steps, 6) for fraction, stage in notes.heard if stage == "film"}
    assert told == set(range(steps))


def test_the_same_seed_gives_the_same_frames_and_another_does_not(scene: Set) -> None:
    first = scene.film()
    assert np.array_equal(first, scene.film())
    scene.engine.unload()
    assert np.array_equal(first, scene.film()), "another loading of the same weights"
    assert not np.array_equal(first, scene.film(scene.plan(seed=8)))


@pytest.mark.parametrize(("stage", "fraction"), [("film", 0.2), ("decode", 0.0), ("encode", 0.0)])
def test_a_cancelled_shot_leaves_no_file_and_no_trace(
    scene: Set, stage: str, fraction: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = scene.film()
    scene.out.unlink()
    decoded = []
    vae = scene.engine._loaded.pipe.vae
    whole = vae.decode
    monkeypatch.setattr(vae, "decode", lambda *given, **named: decoded.append(1) or whole(*given, **named))
    watch = StopAt(stage, fraction)
    with pytest.raises(Cancelled):
        scene.film(watch=watch)
    assert watch.heard[-1][1] == stage
    assert not scene.out.exists()
    assert list(scene.scratch.glob("*.mp4")) == []
    assert bool(decoded) == (stage == "encode"), "a garbage film was decoded"
    assert np.array_equal(undisturbed, scene.film())


def test_the_first_picture_is_seen(scene: Set) -> None:
    one = scene.film()
    swapped = replace(scene.request(), image=scene.last)
    assert not np.array_equal(one, scene.film(plan(scene.engine.spec, swapped)))


def test_the_last_picture_is_seen(scene: Set) -> None:
    if Mode.FIRST_LAST not in scene.engine.spec.modes:
        with pytest.raises(PlanRefused, match="cannot end on a given picture"):
            scene.plan(Mode.FIRST_LAST)
        return
    one = scene.film(scene.plan(Mode.FIRST_LAST))
    other = plan(scene.engine.spec, replace(scene.request(Mode.FIRST_LAST), last_image=scene.first))
    assert not np.array_equal(one, scene.film(other))


def test_the_words_are_read(scene: Set) -> None:
    assert not np.array_equal(scene.film(), scene.film(scene.plan(prompt="a tall green lamp on marble")))


def test_wrong_inputs_are_refused_by_the_plan(scene: Set) -> None:
    spec = scene.engine.spec
    too_long = spec.max_ms * spec.fps // 1000 + 2
    refusals = [
        ({"frames": too_long}, "films at most"),
        ({"profile": "best"}, "has no profile 'best': choose one of standard, draft, high"),
        ({"prompt": "a " * 700}, "characters, this text has 1399: shorten it"),
        ({"strength": 1.5}, "strength is a share"),
    ]
    if not spec.reads_chinese:
        refusals.append(({"prompt": "一个红色的瓶子"}, "reads English only"))
    for change, says in refusals:
        with pytest.raises(PlanRefused, match=says):
            scene.plan(**change)
    for mode in set(Mode) - spec.modes:
        with pytest.raises(PlanRefused, match=r"cannot film from|cannot end on"):
            scene.plan(mode)
    if Mode.TEXT in spec.modes:
        with pytest.raises(PlanRefused, match="needs a text that says what is seen"):
            scene.plan(Mode.TEXT, prompt=" ")
    assert scene.engine._loaded is None, "a refusal loads nothing"


def test_a_photo_of_another_size_than_planned_is_refused_before_anything_is_filmed(scene: Set) -> None:
    wrong = replace(scene.plan(), image=replace(scene.first, width=999))
    with pytest.raises(MediaBroken, match="has another size than this shot was planned with"):
        scene.film(wrong)
    assert not scene.out.exists()


def test_a_clip_goes_on_from_its_tail_or_says_that_it_cannot(scene: Set) -> None:
    made, tail_frames = (
        scene.plan(Mode.FIRST) if Mode.FIRST in scene.engine.spec.modes else scene.plan(),
        scene.engine.spec.tail_frames,
    )
    chance = np.random.default_rng(1)
    tail = list(chance.integers(0, 255, (max(tail_frames, 1), made.height, made.width, 3), np.uint8))
    if not tail_frames:
        with pytest.raises(Permanent, match="only from its last picture"):
            scene.engine.film_on(made, tail, scene.out, NullWatch())
        return
    filmed = scene.engine.film_on(made, tail, scene.out, NullWatch())
    one = frames_of(scene.out)
    assert (filmed.frames, len(one)) == (made.frames, made.frames)
    scene.engine.film_on(made, [255 - frame for frame in tail], scene.out, NullWatch())
    assert not np.array_equal(one, frames_of(scene.out)), "the tail is not seen"
    scene.engine.film_on(made, [*tail[:-1], tail[-1]], scene.out, NullWatch())
    assert np.array_equal(one, frames_of(scene.out))
    scene.out.unlink()
    for wrong, says in (
        ([*tail, tail[0]], "exactly 9 frames, not 10"),
        ([frame[:32] for frame in tail], "is not 64x96"),
    ):
        with pytest.raises((Permanent, MediaBroken), match=says):
            scene.engine.film_on(made, wrong, scene.out, NullWatch())
    assert not scene.out.exists()


def test_every_entry_of_the_table_is_tested() -> None:
    assert EVERY == list(entries()) == list(MAKERS)
