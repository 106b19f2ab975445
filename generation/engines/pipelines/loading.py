"""Weights from their folder into a pipeline, offline, and every way in which that can go wrong in plain words."""

import importlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from generation.engines.pipelines.folder import Folder, ready
from generation.engines.pipelines.pulse import TRANSFORMERS
from generation.engines.pipelines.switches import Effect, Switches
from generation.engines.pipelines.table import Entry
from generation.errors import OutOfMemory, WeightsMissing

log = logging.getLogger(__name__)
TEXT_PARTS = ("tokenizer", "text_encoder")
BIG_PARTS = ("transformer", "transformer_2", "vae", "image_encoder", "image_processor")
TROUBLE = (MemoryError, OSError, ValueError, KeyError, TypeError, ImportError, RuntimeError, AttributeError)
EXACT_VAE = ("AutoencoderKLWan",)  # in 16 bits it shifts colours visibly


@contextmanager
def plain_errors(folder: Folder) -> Iterator[None]:
    """What the libraries raise about weights, as ``WeightsMissing`` with what to do."""
    from safetensors import SafetensorError

    try:
        yield
    except (*TROUBLE, SafetensorError) as error:
        if is_out_of_memory(error):
            raise OutOfMemory(
                f"the weights in {folder.path} do not fit into this machine's memory: close other programs, switch on "
                "a smaller precision, or film on a larger machine"
            ) from error
        raise WeightsMissing(_advice(folder, error)) from error


def _advice(folder: Folder, error: Exception) -> str:
    said = str(error).strip().splitlines() or [type(error).__name__]
    if isinstance(error, ImportError):
        return f"a package that {folder.path} wants is missing or too old ({said[0]}): pip install 'hitsmith[gpu]'"
    return (
        f"the weights in {folder.path} cannot be loaded ({said[0][:200]}): fetch them again, or the files are damaged"
    )


def is_out_of_memory(error: BaseException) -> bool:
    """PyTorch has a class for a full GPU, but says a full main memory only in words."""
    import torch

    full = isinstance(error, MemoryError | torch.OutOfMemoryError)
    return full or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))


def load_pipeline(entry: Entry, folder: Folder, switches: Switches, effects: list[Effect]) -> Any:
    """The pipeline without its text encoder, in main memory. Raises ``WeightsMissing`` or ``OutOfMemory``.

    ``effects`` gets the switches that could not be followed.
    """
    ready(folder)
    device = device_of(switches)
    with plain_errors(folder):
        import diffusers

        quiet()
        kind = getattr(diffusers, _class_names(entry)[0])
        parts: dict[str, Any] = dict.fromkeys(TEXT_PARTS)
        parts |= _quantized(entry, switches, effects)
        pipe = kind.from_pretrained(
            folder.path, local_files_only=True, dtype=_dtypes(folder, switches, device), **parts
        )
        pipe.set_progress_bar_config(disable=True)
    return pipe


def load_reader(entry: Entry, folder: Folder, switches: Switches) -> Any:
    """A pipeline of the tokenizer and the text encoder alone, in main memory; for ``encode_prompt``."""
    ready(folder)
    with plain_errors(folder):
        import diffusers

        quiet()
        kind = getattr(diffusers, _class_names(entry)[0])
        parts = {name: None for name in BIG_PARTS if name in kind._get_signature_keys(kind)[0]}
        dtype = _dtype(switches, device_of(switches))
        return kind.from_pretrained(folder.path, local_files_only=True, dtype=dtype, **parts)


def sibling(pipe: Any, name: str) -> Any:
    """The same weights behind another pipeline class: Wan's 5B films from text by one and from a picture by the other."""
    import diffusers

    kind = getattr(diffusers, name)
    if isinstance(pipe, kind):
        return pipe
    expected, optional = kind._get_signature_keys(kind)
    parts = {key: part for key, part in pipe.components.items() if key in expected}
    settings = {key: pipe.config[key] for key in optional if key in pipe.config}
    other = kind(**(parts | settings))
    other.set_progress_bar_config(disable=True)
    return other


def _class_names(entry: Entry) -> list[str]:
    """The classes that film, the one with the most parts first: it starts from pictures."""
    return sorted(set(entry.pipelines.values()), key=lambda name: "Image" not in name)


def device_of(switches: Switches) -> Any:
    import torch

    if switches.device != "auto":
        return torch.device(switches.device)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _dtype(switches: Switches, device: Any) -> Any:
    """16 bits on an accelerator; a CPU computes them more slowly than 32."""
    import torch

    if switches.dtype != "auto":
        return getattr(torch, switches.dtype)
    return torch.float32 if device.type == "cpu" else torch.bfloat16


def _dtypes(folder: Folder, switches: Switches, device: Any) -> Any:
    import torch

    dtype = _dtype(switches, device)
    vae = folder.index().get("vae", [None, None])[1]
    return {"default": dtype, "vae": torch.float32} if vae in EXACT_VAE else dtype


def _quantized(entry: Entry, switches: Switches, effects: list[Effect]) -> dict[str, Any]:
    """The argument that makes diffusers quantize the transformers while it loads; its own packages must be there."""
    if switches.precision not in QUANTIZED:
        return {}
    import diffusers

    try:
        config = QUANTIZED[switches.precision](diffusers)
    except ImportError as error:  # also a package's metadata that is not there
        effects.append(
            Effect("precision", switches.precision, worked=False, proof=f"it wants another package: {error}")
        )
        return {}
    # By a mapping: with transformers 5 the form with a backend's name is refused, its signatures differ from diffusers'.
    mapping = {name: config for name in TRANSFORMERS if name in entry.components}
    return {"quantization_config": diffusers.PipelineQuantizationConfig(quant_mapping=mapping)}


def _int8(diffusers: Any) -> Any:
    kinds = importlib.import_module("torchao.quantization")  # not among our dependencies
    return diffusers.TorchAoConfig(kinds.Int8WeightOnlyConfig())


def _nf4(diffusers: Any) -> Any:
    import torch

    return diffusers.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
    )


QUANTIZED: dict[str, Callable[[Any], Any]] = {"int8": _int8, "nf4": _nf4}


def quiet() -> None:
    """No progress bars in a worker's log."""
    import diffusers.utils.logging as of_diffusers
    import transformers.utils.logging as of_transformers

    of_diffusers.disable_progress_bar()
    of_transformers.disable_progress_bar()
