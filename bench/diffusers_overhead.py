"""What our wrapper costs over the bare diffusers pipeline, on the same weights, in the same run.

    python bench/diffusers_overhead.py [--size 640x352] [--frames 41] [--steps 10] [--rounds 3]
    python bench/diffusers_overhead.py --full [--seconds 5] [--switch-seconds 2] [--trials NAME,NAME] [--keep FOLDER]

The first compares CPU seconds (user + system of this process, one thread): the bare loop calls the pipeline with a
ready picture and ready text embeddings and encodes its frames; the wrapper does all that `Diffusers.film` does. The
weights are random, in the shape of Wan 2.2 TI2V-5B, and small. The bar is 3 %.

``--full`` builds Wan 2.2 TI2V-5B at its true size with random weights on a GPU (10 GB there, 12 GB on disk; speed does not
depend on their values) and films a clip by each profile, and a shorter one with each switch: seconds, peak memory, what
paid. Before each stands a clip of two steps, which pays for compiling and warming up. Its text encoder is a small stand-in,
so the reading of the text is not measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generation.domain.shot_plan import ShotPlan
    from generation.engines.pipelines.engine import Diffusers

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

ENGINE = "wan2.2-ti2v-5b"
BAR = 1.03
TRIALS: list[tuple[str, dict[str, str], str]] = [  # name, switches, profile; the short ones are compared with "plain"
    ("plain", {}, "draft"),
    ("draft, few steps", {}, "draft"),
    ("standard", {}, "standard"),
    ("attention native", {"attention": "native"}, "draft"),
    ("fp8 weights", {"precision": "fp8"}, "draft"),
    ("int8 weights", {"precision": "int8"}, "draft"),
    ("tiling", {"tiling": "on"}, "draft"),
    ("offload model", {"offload": "model"}, "draft"),
    ("offload group", {"offload": "group"}, "draft"),
    ("compile", {"compile": "on"}, "draft"),
    ("high", {}, "high"),
]
WHOLE = ("draft, few steps", "standard", "high")  # filmed at full length


def photo_of(folder: Path) -> tuple[Path, str]:
    """A drawn product, and the hash of its file."""
    import cv2
    import numpy as np

    from generation.media import sha256_of

    wall = np.linspace(190, 235, 960, dtype=np.float32)[None, :, None] * np.ones((1280, 1, 3), np.float32)
    picture = wall.astype(np.uint8)
    cv2.rectangle(picture, (360, 380), (600, 980), (40, 40, 200), -1)
    path = folder / "photo.png"
    cv2.imwrite(str(path), picture)
    return path, sha256_of(path)


def planned(engine: Diffusers, sha256: str, frames: int, profile: str, size: tuple[int, int]) -> ShotPlan:
    from generation.domain.engine_spec import Framing, Move
    from generation.domain.geometry import Box
    from generation.domain.shot_plan import ImageRef, ShotRequest, plan

    image = ImageRef(sha256, "photo.png", 960, 1280, Box(0.375, 0.3, 0.625, 0.77))
    request = ShotRequest(
        image, Move.PUSH, Framing.MEDIUM, 0.6, frames, engine.spec.fps, *size, 7, prompt="a red can", profile=profile
    )
    return plan(engine.spec, request)


def small_engine(folder: Path, size: tuple[int, int], steps: int) -> Diffusers:
    """Demo weights that film in ``size``; every profile takes ``steps``."""
    from generation.engines.pipelines.engine import Diffusers
    from generation.engines.pipelines.folder import NOTE, Folder
    from generation.engines.pipelines.table import entries
    from generation.engines.pipelines.tiny import build

    entry = entries()[ENGINE]
    ways = tuple(replace(way, profile=replace(way.profile, steps=steps), distilled=False) for way in entry.ways)
    entry = replace(entry, ways=ways)
    build(entry, folder)
    (folder / NOTE).write_text(json.dumps({"demo": True, "sizes": [size]}))
    return Diffusers(entry, Folder(entry, folder))


def bare(engine: Diffusers, made: ShotPlan, picture: Any, texts: dict[str, Any], out: Path) -> float:
    """CPU seconds of the pipeline's own call and of encoding its frames, nothing else."""
    import numpy as np
    import torch

    from generation.engines.pipelines.frames import to_planes
    from generation.ffmpeg import ClipWriter

    pipe = engine._loaded.pipe
    profile = next(profile for profile in engine.spec.profiles if profile.name == made.profile)
    begun = time.process_time()
    with torch.inference_mode():
        video = pipe(
            image=picture, height=made.height, width=made.width, num_frames=made.frames,
            num_inference_steps=profile.steps, guidance_scale=profile.guidance, output_type="pt",
            generator=torch.Generator("cpu").manual_seed(made.seed), **texts,
        ).frames[0]  # fmt: skip
    planes = np.empty((made.height * 3 // 2, made.width), np.uint8)
    with ClipWriter(out, made.width, made.height, made.fps) as writer:
        for frame in video:
            to_planes((frame * 255).round().byte().permute(1, 2, 0).numpy(), planes)
            writer.write(planes)
    return time.process_time() - begun


def wrapped(engine: Diffusers, made: ShotPlan, photo: Path, out: Path) -> float:
    from generation.watch import NullWatch

    begun = time.process_time()
    engine.film(made, {made.photo.sha256: photo}, out, NullWatch())
    return time.process_time() - begun


def overhead(options: argparse.Namespace, folder: Path) -> int:
    import torch
    from PIL import Image

    from generation.engines.pipelines.conditions import first_of
    from generation.engines.pipelines.prompts import AVOID, prompt_of

    torch.set_num_threads(1)
    width, height = (int(side) for side in options.size.split("x"))
    photo, sha256 = photo_of(folder)
    engine = small_engine(folder / "weights", (width, height), options.steps)
    engine.load()
    made = planned(engine, sha256, options.frames, "standard", (width, height))
    texts = dict(engine._loaded.reader.read(prompt_of(made), AVOID, torch.device("cpu"), _unheard))
    picture = Image.fromarray(first_of(made, photo).pixels)
    wrapped(engine, made, photo, folder / "warm.mp4")
    begun = time.process_time()
    first_of(made, photo)
    composing = time.process_time() - begun
    pairs = []
    for _ in range(options.rounds):
        one = bare(engine, made, picture, texts, folder / "bare.mp4")
        pairs.append((one, wrapped(engine, made, photo, folder / "ours.mp4")))
        print(f"bare {pairs[-1][0]:.2f} CPU s, wrapper {pairs[-1][1]:.2f} CPU s")
    same = (folder / "bare.mp4").read_bytes() == (folder / "ours.mp4").read_bytes()
    least_bare, least_ours = (min(pair[side] for pair in pairs) for side in (0, 1))
    factor = least_ours / least_bare
    print(
        f"{made.frames} frames {made.width}x{made.height}, {options.steps} steps, least of {options.rounds}: bare "
        f"{least_bare:.2f} CPU s, wrapper {least_ours:.2f} CPU s of which {composing:.2f} compose the photo, "
        f"factor {factor:.3f} (bar {BAR}); "
        f"the two clips are {'the same, byte for byte' if same else 'different'}"
    )
    return 0 if factor <= BAR and same else 1


@contextmanager
def _unheard(pipe: Any) -> Iterator[None]:
    yield


def true_size(folder: Path) -> None:
    """Wan 2.2 TI2V-5B as its makers configured it, with random weights, and a random few-step LoRA."""
    import torch
    from diffusers import AutoencoderKLWan, UniPCMultistepScheduler, WanPipeline, WanTransformer3DModel
    from transformers import UMT5Config, UMT5EncoderModel

    from generation.engines.pipelines.tiny import _tokenizer

    shape = UMT5Config(vocab_size=1408, d_model=4096, d_kv=8, d_ff=64, num_layers=1, num_heads=4)
    with torch.device("cuda"):
        torch.set_default_dtype(torch.bfloat16)
        transformer = WanTransformer3DModel(
            patch_size=(1, 2, 2), num_attention_heads=24, attention_head_dim=128, in_channels=48, out_channels=48,
            text_dim=4096, freq_dim=256, ffn_dim=14336, num_layers=30, cross_attn_norm=True,
            qk_norm="rms_norm_across_heads", eps=1e-6, rope_max_seq_len=1024,
        )  # fmt: skip
        torch.set_default_dtype(torch.float32)
        vae = AutoencoderKLWan(
            base_dim=160, decoder_base_dim=256, z_dim=48, dim_mult=[1, 2, 4, 4], num_res_blocks=2,
            temperal_downsample=[False, True, True], in_channels=12, out_channels=12, patch_size=2, is_residual=True,
            scale_factor_temporal=4, scale_factor_spatial=16, latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
        )  # fmt: skip
    pipe = WanPipeline(
        tokenizer=_tokenizer(), text_encoder=UMT5EncoderModel(shape), transformer=transformer, vae=vae,
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=5.0
        ),
        expand_timesteps=True,
    )  # fmt: skip
    pipe.save_pretrained(folder)
    del pipe, transformer, vae
    torch.cuda.empty_cache()


def full(options: argparse.Namespace, folder: Path) -> int:
    import torch

    from generation.engines.pipelines.engine import Diffusers
    from generation.engines.pipelines.folder import NOTE, Folder
    from generation.engines.pipelines.table import entries
    from generation.engines.pipelines.tiny import build_few_steps

    if not torch.cuda.is_available():
        print("no GPU here that torch can use: --full needs one with at least 24 GB; nothing was measured")
        return 0
    entry = entries()[ENGINE]
    weights = options.keep or folder / "weights"
    if not (weights / "model_index.json").is_file():
        true_size(weights)
        build_few_steps(entry, weights)
    photo, sha256 = photo_of(folder)
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, {ENGINE} at its true size, random weights")
    wanted = options.trials.split(",") if options.trials else [name for name, _, _ in TRIALS]
    plain: tuple[float, float] | None = None
    for name, switches, profile in (trial for trial in TRIALS if trial[0] in wanted):
        (weights / NOTE).write_text(json.dumps({"switches": switches}))
        engine = Diffusers(entry, Folder(entry, weights))
        length = options.seconds if name in WHOLE else options.switch_seconds
        seconds, peak, effects = trial(engine, length, photo, sha256, profile)
        plain = (seconds, peak) if name == "plain" else plain
        idle = name in WHOLE or plain is None or any("no effect" in effect for effect in effects)
        told = "" if idle or plain is None else verdict(seconds, peak, *plain)
        print(f"{name:18} {profile:9} {length:g} s of film: {seconds:7.1f} s {peak:8.0f} MB  {told}", flush=True)
        for effect in effects:
            print(f"    {effect}", flush=True)
    return 0


def briefly(engine: Diffusers) -> Diffusers:
    """The same loaded weights, two steps by every profile."""
    from generation.engines.pipelines.engine import Diffusers

    entry = engine._entry
    ways, otherwise = (
        [replace(way, profile=replace(way.profile, steps=2)) for way in some]
        for some in (entry.ways, entry.otherwise.values())
    )
    short = replace(entry, ways=tuple(ways), otherwise=dict(zip(entry.otherwise, otherwise, strict=True)))
    twin = Diffusers(short, engine._folder)
    twin._loaded = engine._loaded
    return twin


def trial(engine: Diffusers, length: float, photo: Path, sha256: str, profile: str) -> tuple[float, float, list[str]]:
    """Seconds and peak megabytes of a clip of ``length`` seconds, warmed up by one of two steps."""
    from generation.watch import NullWatch

    frames = round(length * engine.spec.fps)
    try:
        engine.load()
        made = planned(engine, sha256, frames, profile, (1080, 1920))
        briefly(engine).film(made, {sha256: photo}, photo.with_name("warm.mp4"), NullWatch())
        begun = time.perf_counter()
        filmed = engine.film(made, {sha256: photo}, photo.with_name("clip.mp4"), NullWatch())
        seconds = time.perf_counter() - begun
        facts = filmed.facts
        effects = [str(effect) for effect in list(facts["switches"])]  # type: ignore[call-overload]
        parts = ", ".join(f"{part} {facts[f'{part}_seconds']} s" for part in ("step", "decode", "encode"))
        return seconds, float(str(facts["peak_mb"])), [*effects, parts]
    finally:
        engine.unload()


def verdict(seconds: float, peak: float, usual_seconds: float, usual_peak: float) -> str:
    """A switch paid where it saved a tenth of the time or of the memory."""
    paid = [
        f"{1 - now / usual:.0%} less {what}"
        for now, usual, what in ((seconds, usual_seconds, "time"), (peak, usual_peak, "memory"))
        if now < 0.9 * usual
    ]
    return f"paid: {', '.join(paid)}" if paid else ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="640x352")
    parser.add_argument("--frames", type=int, default=41)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="Wan 2.2 5B at its true size, on a GPU")
    parser.add_argument("--seconds", type=float, default=5.0, help="of the clip, with --full")
    parser.add_argument("--switch-seconds", type=float, default=2.0, help="of the clips that try a switch, with --full")
    parser.add_argument("--trials", help="with --full: only these, such as 'plain,standard'")
    parser.add_argument("--keep", type=Path, help="with --full: keep the weights in this folder for the next run")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hitsmith-bench-"))
    os.environ["HITSMITH_VAR"] = str(folder / "var")  # no text that was read before
    import django

    django.setup()
    print(f"{platform.machine()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}")
    try:
        return full(options, folder) if options.full else overhead(options, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
