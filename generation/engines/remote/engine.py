"""An engine that has another machine film: it sends the composed picture and the plan's numbers, and checks the answer."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import cv2

from generation.domain.geometry import Box
from generation.domain.shot_plan import ShotPlan, profile_of
from generation.engines.base import Filmed
from generation.engines.pipelines.conditions import Still, first_of, last_of
from generation.engines.remote.dialects import Order
from generation.engines.remote.memory import Memory
from generation.engines.remote.pace import Clock, Pace, WallClock
from generation.engines.remote.receive import receive
from generation.engines.remote.settings import Remote
from generation.engines.remote.take import FETCHED_AT, Take
from generation.errors import ClipRejected, MediaBroken
from generation.http import Client, Limits
from generation.watch import Part, Watch


class RemoteEngine:
    """``memory`` outlives the process; ``clock`` and ``limits`` are replaced by tests."""

    def __init__(
        self, remote: Remote, memory: Memory, clock: Clock | None = None, limits: Limits | None = None
    ) -> None:
        self.spec = remote.spec
        self._remote, self._memory, self._clock, self._limits = remote, memory, clock or WallClock(), limits

    def missing(self) -> list[str]:
        """Asks no server: whether one is up changes by the minute, and a shot waits for it."""
        name = self._remote.token_env
        if name and not os.environ.get(name):
            return [f"the token of its server: set the environment variable {name}"]
        return []

    def load(self) -> None:
        pass

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        """Raises ``Transient`` errors as long as the server may still do it, ``Permanent`` ones where it will not."""
        watch.step(0.0, "prepare")
        first = None if plan.image is None else first_of(plan, images[plan.image.sha256])
        last = None if plan.last_image is None else last_of(plan, images[plan.last_image.sha256])
        with tempfile.TemporaryDirectory(prefix="hitsmith-remote-") as folder, self._client() as client:
            sent = Path(folder) / "sent.mp4"
            take = Take(self._remote, client, self._memory, Pace(self._clock, watch), plan.key)
            take.run(lambda: self._order(plan, first, last), sent)
            try:
                receive(plan, sent, out, Part(watch, FETCHED_AT, 1.0))
            except ClipRejected:
                take.forget()
                raise
            take.forget()
        return Filmed(plan.frames, plan.width, plan.height, plan.fps, _subject(first, last))

    def _client(self) -> Client:
        token = os.environ.get(self._remote.token_env, "") if self._remote.token_env else ""
        return Client(self._remote.url, self.spec.id, token=token, limits=self._limits)

    def _order(self, plan: ShotPlan, first: Still | None, last: Still | None) -> Order:
        return Order(
            plan=plan,
            profile=profile_of(self.spec, plan.profile),
            model=self._remote.model,
            first=None if first is None else _png(first),
            last=None if last is None else _png(last),
            last_field=self._remote.last_field,
            extra=self._remote.extra,
        )


def _png(still: Still) -> bytes:
    """Lossless, and quickly packed."""
    written, content = cv2.imencode(".png", still.pixels[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not written:
        raise MediaBroken("the photo cannot be packed for a server: upload it again")
    return bytes(content)


def _subject(first: Still | None, last: Still | None) -> Box | None:
    """Everywhere the product is along the planned path: a model may stray from it."""
    boxes = [still.subject for still in (first, last) if still is not None and still.subject is not None]
    return boxes[0].union(boxes[-1]) if boxes else None
