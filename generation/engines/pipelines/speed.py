"""The switches at work. Each proves what it did, or says that it did nothing: an option that quietly falls back looks
exactly like one that works.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generation.engines.pipelines.pulse import TRANSFORMERS
from generation.engines.pipelines.switches import Effect, Switches

LADDER = ("_flash_3_hub", "sage_hub", "_native_cudnn")  # on a GPU, each against "native"
CLOSE = 0.03  # share by which a backend may differ from "native": 8-bit attention does, a broken one by far more
QUICKER = 1.05
FEWER = 0.75  # share of the bits that quantized weights must be below
ROOM = 1.25  # memory for activations, as a share of the weights, before anything must wait outside
FEW = "few_steps"  # the adapter's name


def transformers_of(pipe: Any) -> list[Any]:
    return [part for part in (getattr(pipe, name, None) for name in TRANSFORMERS) if part is not None]


def footprint(networks: list[Any]) -> int:
    """Bytes of parameters and buffers."""
    return sum(_bytes(tensor) for network in networks for tensor in _tensors(network))


def _bytes(tensor: Any) -> int:
    """A quantized tensor poses as one of full size and holds smaller ones."""
    if hasattr(tensor, "__tensor_flatten__"):
        return sum(_bytes(getattr(tensor, name)) for name in tensor.__tensor_flatten__()[0])
    return int(tensor.numel() * tensor.element_size())


def _tensors(network: Any) -> Iterator[Any]:
    yield from network.parameters()
    yield from network.buffers()


def networks_of(pipe: Any) -> list[Any]:
    import torch

    return [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]


def add_few_steps(pipe: Any, files: tuple[Path, ...]) -> Effect:
    """Load the few-step LoRA, one file per expert. Raises ``ValueError`` where it fits nowhere."""
    for place, file in enumerate(files):
        into = {"load_into_transformer_2": True} if place else {}
        pipe.load_lora_weights(file.parent, weight_name=file.name, adapter_name=FEW, local_files_only=True, **into)
    counts = [_adapted(network) for network in transformers_of(pipe)]
    if not all(layers for layers, _ in counts):
        raise ValueError("the LoRA in lora/ fits no layer of this model")
    layers, strong = (sum(pair) for pair in zip(*counts, strict=True))
    return Effect("few_steps", files[0].name, strong > 0, f"changes {strong} of {layers} layers that it touches")


def _adapted(network: Any) -> tuple[int, int]:
    """Layers with the adapter, and those of them in which it is not zero."""
    weights = [part.lora_B[FEW].weight for part in network.modules() if FEW in getattr(part, "lora_B", {})]
    return len(weights), sum(bool(weight.any()) for weight in weights)


def store_small(pipe: Any, switches: Switches, dtype: Any) -> Effect | None:
    """8-bit weights that are widened layer by layer while they compute; LoRA layers stay as they are."""
    import torch

    networks = transformers_of(pipe)
    if switches.precision == "full":
        return None
    if switches.precision != "fp8":
        weights = sum(tensor.numel() for network in networks for tensor in network.parameters())
        bits = 8 * footprint(networks) / max(weights, 1)
        proof = f"{bits:.1f} bits per weight, not {8 * dtype.itemsize}"
        return Effect("precision", switches.precision, bits < FEWER * 8 * dtype.itemsize, proof)
    before = footprint(networks)
    for network in networks:
        network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=dtype)
    after = footprint(networks)
    return Effect("precision", "fp8", after < before, f"transformer {before / 1e6:.1f} -> {after / 1e6:.1f} MB")


def place(pipe: Any, switches: Switches, device: Any) -> Effect:
    """Bring the networks to the device, all of them, or those at work."""
    mode = switches.offload if switches.offload != "auto" else _fitting(pipe, device)
    if device.type == "cpu":
        return Effect(
            "offload", switches.offload, mode == "none", "everything is in main memory: there is no accelerator"
        )
    if mode == "model":
        pipe.enable_model_cpu_offload(device=device)
        return Effect("offload", "model", bool(pipe._all_hooks), f"{len(pipe._all_hooks)} networks wait in main memory")
    if mode == "group":
        return offload_layers(pipe, device)
    pipe.to(device)
    here = sum(part.device.type == device.type for part in networks_of(pipe))
    return Effect("offload", "none", here > 0, f"{here} networks are on {device}")


def offload_layers(pipe: Any, device: Any) -> Effect:
    """Layer by layer: the least memory, and the slowest. On a machine without a GPU it only shows that it works."""
    import torch
    from diffusers.hooks.group_offloading import _is_group_offload_enabled

    pipe.remove_all_hooks()
    pipe.to("cpu")
    pipe.enable_group_offload(
        onload_device=device,
        offload_device=torch.device("cpu"),
        offload_type="leaf_level",
        use_stream=device.type == "cuda",
    )
    counted = sum(_is_group_offload_enabled(part) for part in networks_of(pipe))
    return Effect("offload", "group", counted > 0, f"{counted} networks come layer by layer")


def _fitting(pipe: Any, device: Any) -> str:
    if device.type != "cuda":
        return "none"
    import torch

    free, _ = torch.cuda.mem_get_info(device)
    sizes = [footprint([part]) for part in networks_of(pipe)]
    if ROOM * sum(sizes) <= free:
        return "none"
    return "model" if ROOM * max(sizes) <= free else "group"


def choose_attention(pipe: Any, switches: Switches, device: Any, dtype: Any) -> list[Effect]:
    """ "auto": the first of the ladder that computes the same and is quicker; one by name: that, if it works."""
    if switches.attention == "native" or (switches.attention == "auto" and device.type != "cuda"):
        return []
    found = []
    for name in LADDER if switches.attention == "auto" else (switches.attention,):
        effect = _try_attention(pipe, name, device, dtype, must_be_quicker=switches.attention == "auto")
        found.append(effect)
        if effect.worked:
            return found
    for network in transformers_of(pipe):
        network.set_attention_backend("native")
    return found


def _try_attention(pipe: Any, name: str, device: Any, dtype: Any, *, must_be_quicker: bool) -> Effect:
    import torch

    tokens, heads, width = (8192, 12, 128) if device.type == "cuda" else (64, 2, 16)
    chance = torch.Generator("cpu").manual_seed(0)
    sample = [torch.randn(1, tokens, heads, width, generator=chance).to(device, dtype) for _ in range(3)]
    try:
        for network in transformers_of(pipe):
            network.set_attention_backend(name)
        right, usual = _timed(sample, "native")
        made, quick = _timed(sample, name)
    except (RuntimeError, ValueError, ImportError, AttributeError, OSError, TypeError) as error:
        return Effect("attention", name, worked=False, proof=f"does not run here ({str(error).splitlines()[0][:120]})")
    apart = float((made - right).float().abs().mean() / right.float().abs().mean())
    proof = f"{usual / quick:.2f}x the speed of native, {apart:.1e} apart"
    return Effect("attention", name, apart < CLOSE and (usual / quick > QUICKER or not must_be_quicker), proof)


def _timed(sample: list[Any], name: str) -> tuple[Any, float]:
    import torch
    from diffusers.models.attention_dispatch import AttentionBackendName, dispatch_attention_fn

    best = float("inf")
    for _ in range(4):
        begun = time.perf_counter()
        made = dispatch_attention_fn(*sample, backend=AttentionBackendName(name))
        if made.device.type == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - begun)
    return made, best


def compile_blocks(pipe: Any, switches: Switches) -> Effect | None:
    """The repeated blocks of the transformer only; what it brings shows after the first shot, which takes longer."""
    if switches.compile == "off":
        return None
    for network in transformers_of(pipe):
        network.compile_repeated_blocks(fullgraph=True)
    count = len(_compiled(pipe))
    return Effect("compile", "on", count > 0, f"{count} blocks are compiled when they first run")


def uncompile(pipe: Any) -> None:
    for part in _compiled(pipe):
        part._compiled_call_impl = None


def is_compiled(pipe: Any) -> bool:
    return bool(_compiled(pipe))


def _compiled(pipe: Any) -> list[Any]:
    return [
        part
        for network in transformers_of(pipe)
        for part in network.modules()
        if getattr(part, "_compiled_call_impl", None) is not None
    ]
