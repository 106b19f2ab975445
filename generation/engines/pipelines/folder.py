"""The folder with one model's weights: is it complete, is it the right model, and which weights are they?

All of this runs in the web process too: it reads names, sizes and small JSON files, and imports no torch.
"""

import hashlib
import importlib.util
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings

from generation.engines.pipelines.switches import Switches
from generation.engines.pipelines.table import Entry, Sizes
from generation.errors import WeightsMissing

INDEX, NOTE, LORAS = "model_index.json", "hitsmith.json", "lora"
SAMPLES, SAMPLE_BYTES = 8, 1 << 14  # per file: two fine-tunes of one model have the same names, sizes and headers
SMALL = 1 << 20
PACKAGES = ("transformers", "accelerate", "tokenizers")
GPUS = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
Stamp = tuple[tuple[str, int, int], ...]  # name, size and time of each file


class Folder:
    """``MODELS_DIR/<engine id>`` as diffusers saves a pipeline, with an optional ``lora/`` and ``hitsmith.json``."""

    def __init__(self, entry: Entry, path: Path | None = None) -> None:
        self._entry, self._path = entry, path

    @property
    def path(self) -> Path:
        return self._path or Path(settings.MODELS_DIR) / self._entry.id

    def stamp(self) -> Stamp:
        if not (self.path / INDEX).is_file():
            return ()
        return tuple(
            (file.relative_to(self.path).as_posix(), stat.st_size, stat.st_mtime_ns)
            for file, stat in ((file, file.stat()) for file in sorted(_files(self.path)))
        )

    @property
    def weights(self) -> str:
        """A short hash that names the weights with all that changes what they film; "absent" where there are none.

        Demo weights say so in their name: they film noise, and the gate then only reports.
        """
        stamp = self.stamp()
        if not stamp:
            return "absent"
        return ("demo-" if self.note().get("demo") else "") + _digest(str(self.path), stamp)

    def index(self) -> Mapping[str, Any]:
        return read_json(self.path / INDEX)

    def note(self) -> Mapping[str, Any]:
        """``hitsmith.json``: what the operator switched on, and whether these are demo weights."""
        return read_json(self.path / NOTE) if (self.path / NOTE).is_file() else {}

    def demo_sizes(self) -> Sizes:
        note = self.note()
        return tuple((width, height) for width, height in note["sizes"]) if note.get("demo") else ()

    def switches(self) -> Switches:
        """Raises ``ValueError`` for what is no switch."""
        return Switches.read(self.note().get("switches", {}))

    def loras(self) -> tuple[Path, ...]:
        """The few-step LoRA: one file, or the pair (high noise, low noise) of a model of two experts. May be empty."""
        files = sorted((self.path / LORAS).glob("*.safetensors"))
        if "transformer_2" not in self._entry.components:
            return tuple(files[:1])
        pair = [next((file for file in files if word in file.name.lower()), None) for word in ("high", "low")]
        return tuple(file for file in pair if file is not None) if None not in pair else ()

    def missing(self) -> list[str]:
        """Everything that keeps these weights from filming, each with how to mend it."""
        found = [f"{name} is not installed: pip install 'hitsmith[gpu]'" for name in self._absent_packages()]
        problems = list(self._problems())
        return found + problems + ([] if self.path.is_dir() and problems else list(self._obstacles()))

    def _absent_packages(self) -> list[str]:
        wanted = [*PACKAGES, *self._entry.packages, *(["peft"] if self.loras() else [])]
        return [name for name in wanted if importlib.util.find_spec(name) is None]

    def _problems(self) -> Iterator[str]:
        """What is wrong with the folder itself."""
        entry = self._entry
        if not (self.path / INDEX).is_file():
            yield (
                f"no weights in {self.path}: fetch them with `hf download {entry.repository} --local-dir {self.path}`, "
                f"or try the engine out with `manage.py make_demo_model --engine {entry.id} {self.path}`"
            )
            return
        try:
            yield from self._wrong_model()
            yield from self._incomplete()
            self.switches()
        except (ValueError, TypeError, KeyError) as error:
            yield f"{self.path} has a file that cannot be used ({error}): correct it or fetch {entry.repository} again"

    def _wrong_model(self) -> Iterator[str]:
        entry, index = self._entry, self.index()
        transformer = self.path / "transformer" / "config.json"
        facts = [(INDEX, name, index.get(name), wanted) for name, wanted in entry.index_facts.items()]
        if entry.transformer_facts and transformer.is_file():
            config = read_json(transformer)
            facts += [
                ("transformer", name, config.get(name), wanted) for name, wanted in entry.transformer_facts.items()
            ]
        wrong = [f"{where} has {name} {value!r}" for where, name, value, wanted in facts if not _agrees(value, wanted)]
        if index.get("_class_name") not in entry.index_names:
            wrong.insert(0, f"it is a {index.get('_class_name')}")
        if wrong:
            yield f"{self.path} holds another model ({', '.join(wrong)}): {entry.id} wants {entry.repository}"

    def _incomplete(self) -> Iterator[str]:
        absent = [name for name in self._entry.components if not any((self.path / name).glob("*.json"))]
        for shards in self.path.glob("*/*.safetensors.index.json"):
            parts = set(read_json(shards)["weight_map"].values())
            absent += [f"{shards.parent.name}/{part}" for part in sorted(parts) if not (shards.parent / part).is_file()]
        absent += [
            name
            for name in self._entry.components
            if name.startswith(("transformer", "text_encoder", "image_encoder", "vae"))
            and name not in absent
            and not any((self.path / name).glob("*.safetensors"))
        ]
        if self.loras() == () and any((self.path / LORAS).glob("*.safetensors")):
            yield f"{self.path / LORAS} must hold a high-noise and a low-noise file: add the other, or remove the folder"
        if absent:
            names = ", ".join(sorted(absent))
            yield f"{self.path} lacks {names}: fetch {self._entry.repository} again, a broken download goes on where it was"

    def _obstacles(self) -> Iterator[str]:
        """What else stands in the way of real weights. Demo weights are ours, and run anywhere."""
        if self.note().get("demo"):
            return
        licence = self._entry.licence
        if licence.switch and licence.switch not in settings.ACCEPTED_LICENCES:
            yield (
                f"its licence ({licence.name}) is not accepted: {licence.duty}; "
                f"if you agree, add {licence.switch} to ACCEPTED_LICENCES"
            )
        if self.switches().device != "auto":
            return
        if not any(Path(device).exists() for device in GPUS):
            yield (
                "no GPU on this machine: run the film worker on one that has one, or write "
                f'{{"switches": {{"device": "cpu"}}}} into {self.path / NOTE} and wait for hours'
            )
        elif metadata.version("torch").endswith("+cpu"):
            yield "this torch cannot use the GPU: install the build for your card, as pytorch.org says"


def read_json(path: Path) -> Mapping[str, Any]:
    """Raises ``ValueError`` for what is no JSON object."""
    found = json.loads(path.read_text())
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} is not a JSON object")
    return found


def ready(folder: Folder) -> None:
    """Raises ``WeightsMissing``."""
    missing = folder.missing()
    if missing:
        raise WeightsMissing("; ".join(missing))


def _agrees(value: object, wanted: object) -> bool:
    if wanted == "any":
        return value is not None
    return value is None if wanted == "none" else value == wanted or (wanted is False and value is None)


def _files(path: Path) -> Iterator[Path]:
    """Those that make a model: not the downloader's own, not documents."""
    for file in path.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if not hidden and file.suffix in {".json", ".safetensors", ".model", ".txt"} and file.is_file():
            yield file


@lru_cache(maxsize=64)
def _digest(path: str, stamp: Stamp) -> str:
    whole = hashlib.sha256()
    for name, size, _ in stamp:
        whole.update(f"{name}\0{size}\0".encode())
        with (Path(path) / name).open("rb") as file:
            places = [0] if size <= SMALL else [size * part // SAMPLES for part in range(SAMPLES)]
            for place in places:
                file.seek(place)
                whole.update(file.read(SMALL if size <= SMALL else SAMPLE_BYTES))
    return whole.hexdigest()[:16]
