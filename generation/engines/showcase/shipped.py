"""Which weights are there, without loading them: the web process asks this and must not import torch."""

import hashlib
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"


@cache
def fingerprint(folder: Path = WEIGHTS) -> str:
    """Names the weights by their content (SHA-256, the first 12 digits); "absent" where there are none."""
    whole = hashlib.sha256()
    files = sorted(folder.rglob("*.safetensors"))
    for path in files:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:12] if files else "absent"


def missing(folder: Path = WEIGHTS) -> list[str]:
    """What keeps the DiT from being loaded, each with how to mend it."""
    if (folder / "model_index.json").is_file() and fingerprint(folder) != "absent":
        return []
    return ["the weights of showcase: install Hitsmith again, or make them with manage.py train_showcase"]
