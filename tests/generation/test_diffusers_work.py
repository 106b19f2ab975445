"""Texts that are read once, memory that runs out, and pipelines that call nobody back."""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import pytest

from generation.domain.engine_spec import Mode
from generation.engines.pipelines.pulse import STEPS, Pulse, hooked
from generation.errors import Cancelled, ClipRejected, OutOfMemory, Permanent
from generation.watch import NullWatch
from tests.generation.demo_models import Set, loud, own_texts, small

__all__ = ["loud", "own_texts", "small"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_texts")]


# --- texts ---


def test_a_text_is_read_once_and_the_film_is_the_same_without_the_encoder(small: Set, settings: object) -> None:
    one = small.film()
    reader = small.engine._loaded.reader
    files = list((settings.VAR_DIR / "texts").rglob("*"))  # type: ignore[attr-defined]
    assert [path.suffix for path in files if path.is_file()] == [".safetensors"]
    assert small.engine._loaded.pipe.text_encoder is None
    assert np.array_equal(one, small.film())
    assert reader.read_anew == 1
    small.film(small.plan(seed=9))
    assert reader.read_anew == 1, "another seed is the same text"
    small.film(small.plan(prompt="a blue bottle"))
    assert reader.read_anew == 2


def test_the_kept_text_is_what_the_pipeline_itself_would_read(small: Set) -> None:
    import torch
    from diffusers import WanPipeline

    from generation.engines.pipelines.prompts import AVOID, prompt_of

    made = small.plan(Mode.TEXT)
    small.engine.load()
    texts, again = (
        small.engine._loaded.reader.read(prompt_of(made), AVOID, torch.device("cpu"), nullcontext) for _ in range(2)
    )
    pipe = WanPipeline.from_pretrained(small.folder, local_files_only=True)
    whole = pipe.encode_prompt(prompt=prompt_of(made), negative_prompt=AVOID, max_sequence_length=512)
    for name, read in zip(("prompt_embeds", "negative_prompt_embeds"), whole, strict=True):
        assert torch.equal(texts[name], read)
        assert torch.equal(again[name], read)


def test_a_damaged_kept_text_is_read_again(small: Set, settings: object) -> None:
    one = small.film()
    (file,) = (settings.VAR_DIR / "texts").rglob("*.safetensors")  # type: ignore[attr-defined]
    file.write_bytes(b"half")
    assert np.array_equal(one, small.film())
    assert small.engine._loaded.reader.read_anew == 2


def test_a_text_too_long_for_the_encoder_is_refused_and_not_cut(small: Set) -> None:
    with pytest.raises(Permanent, match=r"has \d+ tokens with the camera words, .* reads 512: shorten it"):
        small.film(small.plan(prompt="a b " * 299))
    assert not small.out.exists()


# --- memory ---


def runs_out(times: int) -> Callable[..., object]:
    import torch

    left = [times]

    def decode(whole: Callable[..., object], *given: object, **named: object) -> object:
        if left[0]:
            left[0] -= 1
            raise torch.OutOfMemoryError("no more memory")
        return whole(*given, **named)

    return decode


def test_when_memory_runs_out_room_is_made_and_the_shot_filmed_again(
    small: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = small.film()
    vae = small.engine._loaded.pipe.vae
    whole, short = vae.decode, runs_out(1)
    monkeypatch.setattr(vae, "decode", lambda *given, **named: short(whole, *given, **named))
    images = {small.first.sha256: small.photo}
    filmed = small.engine.film(small.plan(), images, small.out, NullWatch())
    assert filmed.facts["made_room"] == ["the picture is decoded in tiles"]
    assert small.engine._loaded.pipe.vae.use_tiling
    assert one.shape[0] == filmed.frames


def test_when_nothing_is_left_to_move_it_says_what_to_do(small: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    small.engine.load()
    vae = small.engine._loaded.pipe.vae
    whole, short = vae.decode, runs_out(9)
    monkeypatch.setattr(vae, "decode", lambda *given, **named: short(whole, *given, **named))
    with pytest.raises(OutOfMemory, match=r"needs more memory for 64x96 and 9 frames .* take the draft profile"):
        small.film()
    assert not small.out.exists()


def test_frames_that_are_no_numbers_are_no_clip(small: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    small.engine.load()
    vae = small.engine._loaded.pipe.vae
    whole = vae.decode
    monkeypatch.setattr(vae, "decode", lambda *given, **named: tuple(part * np.nan for part in whole(*given, **named)))
    with pytest.raises(ClipRejected, match="frames that are no numbers"):
        small.film()
    assert not small.out.exists()


# --- pipelines without a step callback ---


@pytest.mark.usefixtures("loud")
def test_progress_and_cancel_work_by_the_forward_passes_alone(small: Set) -> None:
    heard: list[tuple[float, str]] = []

    class Listens(NullWatch):
        stop_at = 2.0

        def step(self, fraction: float, stage: str) -> None:
            heard.append((fraction, stage))
            if stage == "film" and fraction >= self.stop_at:
                raise Cancelled("somebody asked to stop")

    one = small.film()
    loaded, watch = small.engine._loaded, Listens()
    pipe, arguments = loaded.pipe, bare_call(small)

    def run() -> object:
        pulse = Pulse(watch, steps=15, passes=2, counted=False)
        with hooked(pipe, pulse):
            return pipe(**arguments())

    run()
    fractions = [fraction for fraction, stage in heard if stage == "film"]
    assert {round(fraction * 15 / STEPS) for fraction in fractions} >= set(range(1, 15))
    assert heard[-1][1] == "decode"
    watch.stop_at, heard[:] = STEPS / 2, []
    with pytest.raises(Cancelled):
        run()
    assert "decode" not in {stage for _, stage in heard}
    assert np.array_equal(one, small.film())


def bare_call(scene: Set) -> Callable[[], dict[str, object]]:
    import torch
    from PIL import Image

    from generation.engines.pipelines.conditions import first_of
    from generation.engines.pipelines.prompts import AVOID, prompt_of

    made = scene.plan()
    texts = scene.engine._loaded.reader.read(prompt_of(made), AVOID, torch.device("cpu"), nullcontext)
    picture = Image.fromarray(first_of(made, scene.photo).pixels)
    return lambda: {
        "image": picture, "height": made.height, "width": made.width, "num_frames": made.frames,
        "num_inference_steps": 15, "guidance_scale": 5.0, "output_type": "pt",
        "generator": torch.Generator("cpu").manual_seed(made.seed), **texts,
    }  # fmt: skip
