"""A photo, a clock, a memory and a place for the clip: what a test of the remote engine films with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines.base import Filmed
from generation.engines.remote.engine import RemoteEngine
from generation.engines.remote.memory import Ticket
from generation.engines.remote.settings import remotes
from generation.errors import GenerationError
from generation.ffmpeg import probe
from generation.http import Limits
from generation.watch import NullWatch, Watch
from tests.generation.makers import drawn_photo
from tests.generation.video_server import Time, VideoServer


@dataclass
class Notes:
    """A memory that outlives the engine, as the database does."""

    tickets: dict[tuple[str, str], Ticket] = field(default_factory=dict)

    def recall(self, engine: str, key: str) -> Ticket | None:
        return self.tickets.get((engine, key))

    def keep(self, engine: str, key: str, ticket: Ticket) -> None:
        self.tickets[engine, key] = ticket

    def forget(self, engine: str, key: str, ticket: Ticket) -> None:
        if self.tickets.get((engine, key)) == ticket:
            del self.tickets[engine, key]


class Steps(NullWatch):
    """Notes what it is told; ``stop`` is raised from the moment that ``when`` holds."""

    def __init__(self, stop: Exception | None = None, when: Callable[[], bool] = lambda: False) -> None:
        self.told: list[tuple[float, str]] = []
        self._stop, self._when = stop, when

    def step(self, fraction: float, stage: str) -> None:
        self.told.append((fraction, stage))
        if self._stop is not None and self._when():
            raise self._stop


@dataclass
class Set:
    """A photo, a place for the clip, and an engine for ``server``."""

    folder: Path
    image: ImageRef
    time: Time
    notes: Notes = field(default_factory=Notes)

    @property
    def out(self) -> Path:
        return self.folder / "clip.mp4"

    def plan(self, server: VideoServer, *, frames: int = 9, profile: str = "", **changes: object) -> ShotPlan:
        spec = remotes(server.setting(**changes)).servers[0].spec
        request = ShotRequest(
            self.image, Move.PUSH, Framing.MEDIUM, 0.8, frames, spec.fps, 64, 96, seed=7, profile=profile
        )
        return plan(spec, request)

    def film(
        self,
        server: VideoServer,
        watch: Watch | None = None,
        *,
        limits: Limits | None = None,
        profile: str = "",
        **changes: object,
    ) -> Filmed:
        remote = remotes(server.setting(**changes)).servers[0]
        engine = RemoteEngine(remote, self.notes, self.time, limits)
        shot = self.plan(server, profile=profile, **changes)
        return engine.film(shot, {self.image.sha256: self.folder / "photo.png"}, self.out, watch or NullWatch())

    def fails(self, server: VideoServer, error: type[GenerationError], **options: object) -> str:
        """The message; and no file is left."""
        with pytest.raises(error) as caught:
            self.film(server, **options)  # type: ignore[arg-type]
        assert type(caught.value) is error
        assert not self.out.exists()
        assert server.url not in str(caught.value)
        return str(caught.value)

    def is_right(self) -> bool:
        facts = probe(self.out)
        found = (facts.codec, facts.pixel_format, facts.width, facts.height, facts.frames, facts.fps)
        return found == ("h264", "yuv420p", 64, 96, 9, 8) and self.notes.tickets == {}


@pytest.fixture
def stage(tmp_path: Path, time_: Time) -> Set:
    return Set(tmp_path, drawn_photo(tmp_path / "photo.png"), time_)
