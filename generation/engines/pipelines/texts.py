"""What a text encoder made of a text, kept on disk: the same words are read once, and the encoder (11 GB for Wan) leaves
the GPU to the transformer.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from django.conf import settings

from generation.engines.pipelines.loading import is_out_of_memory
from generation.engines.pipelines.table import Text
from generation.errors import Permanent

log = logging.getLogger(__name__)
MOST_FILES = 400  # some megabytes each
Tensors = Mapping[str, Any]  # argument of the pipeline's call -> tensor
Hooked = Callable[[Any], AbstractContextManager[None]]


class Reader:
    """Reads texts for one engine. ``load`` gives the pipeline of tokenizer and encoder; ``keep``: hold on to it."""

    def __init__(self, engine: str, weights: str, text: Text, load: Callable[[], Any], *, keep: bool) -> None:
        self._name = (engine, weights)
        self._text, self._load, self._keep = text, load, keep
        self._pipe: Any = None
        self.read_anew = 0

    def read(self, prompt: str, negative: str | None, device: Any, hooked: Hooked) -> Tensors:
        """``negative`` is ``None`` where nothing guides away from it. Raises ``Permanent`` for too long a text."""
        path = self._path(prompt, negative)
        kept = _kept(path)
        if kept is None:
            self.read_anew += 1
            kept = self._encode(prompt, negative, device, hooked)
            _keep(path, kept)
        return kept

    def close(self) -> None:
        self._pipe = None

    def _path(self, prompt: str, negative: str | None) -> Path:
        content = json.dumps([*self._name, prompt, negative, self._text.length])
        key = hashlib.sha256(content.encode()).hexdigest()
        return Path(settings.VAR_DIR) / "texts" / key[:2] / f"{key}.safetensors"

    def _encode(self, prompt: str, negative: str | None, device: Any, hooked: Hooked) -> Tensors:
        import torch

        pipe = self._pipe or self._load()
        self._pipe = pipe if self._keep else None
        self._check(pipe, prompt)
        try:
            return self._encode_on(pipe, prompt, negative, device, hooked)
        except (RuntimeError, MemoryError) as error:
            if device.type == "cpu" or not is_out_of_memory(error):
                raise
            log.warning("the text encoder does not fit beside the rest, reading on the CPU")
        return self._encode_on(pipe, prompt, negative, torch.device("cpu"), hooked)

    def _encode_on(self, pipe: Any, prompt: str, negative: str | None, device: Any, hooked: Hooked) -> Tensors:
        try:
            pipe.to(device)
            with hooked(pipe):
                made = pipe.encode_prompt(
                    prompt=prompt,
                    negative_prompt=negative,
                    do_classifier_free_guidance=negative is not None,
                    max_sequence_length=self._text.length,
                    device=device,
                )
        finally:
            pipe.to("cpu")
        named = zip(self._text.embeds, made, strict=True)
        return {name: tensor.cpu().contiguous() for name, tensor in named if tensor is not None}

    def _check(self, pipe: Any, prompt: str) -> None:
        """An encoder drops what is beyond its length without a word."""
        tokens = len(pipe.tokenizer(prompt, truncation=False)["input_ids"])
        if tokens > self._text.length:
            raise Permanent(
                f"the text of this shot has {tokens} tokens with the camera words, {self._name[0]} reads "
                f"{self._text.length}: shorten it"
            )


def _kept(path: Path) -> Tensors | None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        found: Tensors = load_file(path)
    except (OSError, SafetensorError):  # not there, or half a file of a machine that went down
        return None
    path.touch()
    return found


def _keep(path: Path, tensors: Tensors) -> None:
    """A full disk costs the next reading, never the shot."""
    from safetensors.torch import save

    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(save(dict(tensors)))
        part.replace(path)
        _prune(path.parent.parent)
    except OSError as error:
        log.warning("a read text is not kept: %s", error)


def _prune(folder: Path) -> None:
    """The longest unused go first."""
    files = sorted(folder.glob("*/*.safetensors"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[MOST_FILES:]:
        file.unlink(missing_ok=True)
