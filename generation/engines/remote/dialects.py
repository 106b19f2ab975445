"""How the servers are spoken to: each dialect turns a shot into a request and an answer into a ``Task``.

``openai_videos``: the shape of OpenAI's Videos API, which vLLM-Omni, SGLang and FastVideo serve. The first two read
different fields of the form, so everything is said twice: as fields, and once more as JSON in ``extra_body``.
``lightx2v``: LightX2V's own tasks. ``lightx2v_strict``: the same since it renamed fields and refuses unknown ones.

Quirks that the machine in ``take`` counts on being covered here: SGLang says "queued" until it has finished and jumps
from 0 to 100; SGLang and FastVideo answer DELETE by forgetting the task while the GPU goes on.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast
from urllib.parse import quote

from generation.domain.engine_spec import Mode, Profile
from generation.domain.shot_plan import ShotPlan
from generation.engines.pipelines.prompts import AVOID, prompt_of
from generation.errors import ServerDown
from generation.http import Request, Upload, message_in, plain

Extra = Mapping[str, str | int | float | bool]


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATES = {
    "queued": State.QUEUED,
    "pending": State.QUEUED,
    "in_progress": State.RUNNING,
    "processing": State.RUNNING,
    "running": State.RUNNING,
    "completed": State.DONE,
    "succeeded": State.DONE,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
    "canceled": State.CANCELLED,
    "deleted": State.CANCELLED,
}
LONGEST_ID = 200


@dataclass(frozen=True)
class Order:
    """One shot for a server. ``first``, ``last``: PNG files of the planned size; ``extra``: the operator's own fields."""

    plan: ShotPlan
    profile: Profile
    model: str
    first: bytes | None = None
    last: bytes | None = None
    last_field: str = ""
    extra: Extra | None = None


@dataclass(frozen=True)
class Task:
    """What a server says about one shot. ``progress``: 0..1, ``None`` where it says nothing; ``error``: made plain."""

    id: str
    state: State
    progress: float | None = None
    error: str = ""


class Dialect(Protocol):
    @property
    def modes(self) -> frozenset[Mode]:
        """What a shot may start from, without the operator's help."""

    @property
    def aborts(self) -> bool:
        """Whether ``cancel`` stops the work, and not only forgets about it."""

    def submit(self, order: Order) -> Request: ...

    def parse_submitted(self, answer: object) -> Task:
        """Raises ``ServerDown`` for what is no answer of this dialect."""

    def status(self, id: str) -> Request: ...

    def parse_status(self, answer: object, id: str) -> Task:
        """Raises ``ServerDown``."""

    def content(self, id: str) -> str:
        """The path of the finished video."""

    def cancel(self, id: str) -> Request: ...


class OpenAIVideos:
    modes = frozenset({Mode.TEXT, Mode.FIRST})
    aborts = False

    def submit(self, order: Order) -> Request:
        shot = order.plan
        numbers: dict[str, str | int | float | bool] = {
            "num_frames": shot.frames,
            "fps": shot.fps,
            "seed": shot.seed,
            "num_inference_steps": order.profile.steps,
            "guidance_scale": order.profile.guidance,
            "negative_prompt": AVOID,
            **(order.extra or {}),
        }
        form = {
            "model": order.model,
            "prompt": prompt_of(shot),
            "size": f"{shot.width}x{shot.height}",
            "seconds": str(-(-shot.frames // shot.fps)),
            **{name: _word(value) for name, value in numbers.items()},
            "extra_body": json.dumps(numbers),
        }
        pictures = (("input_reference", order.first), (order.last_field, order.last))
        uploads = [Upload(field, f"{field}.png", "image/png", picture) for field, picture in pictures if picture]
        return Request("POST", "/v1/videos", form=form, uploads=uploads)

    def parse_submitted(self, answer: object) -> Task:
        return _task(answer, "id", "status", "")

    def status(self, id: str) -> Request:
        return Request("GET", f"/v1/videos/{_segment(id)}")

    def parse_status(self, answer: object, id: str) -> Task:
        return _task(answer, "id", "status", id)

    def content(self, id: str) -> str:
        return f"/v1/videos/{_segment(id)}/content"

    def cancel(self, id: str) -> Request:
        return Request("DELETE", f"/v1/videos/{_segment(id)}")


class LightX2V:
    """Pictures travel as Base64 inside the JSON; guidance is the server's own setting."""

    modes = frozenset({Mode.TEXT, Mode.FIRST, Mode.FIRST_LAST})
    aborts = True

    def submit(self, order: Order) -> Request:
        pictures = (("image_path", order.first), ("last_frame_path", order.last))
        body: dict[str, object] = {
            "prompt": prompt_of(order.plan),
            "negative_prompt": AVOID,
            "seed": order.plan.seed,
            **self._sizes(order),
            **{name: base64.b64encode(picture).decode() for name, picture in pictures if picture},
            **(order.extra or {}),
        }
        return Request("POST", "/v1/tasks/video/", body=body)

    def _sizes(self, order: Order) -> dict[str, object]:
        shot = order.plan
        return {
            "target_video_length": shot.frames,
            "target_fps": shot.fps,
            "target_shape": [shot.height, shot.width],
            "infer_steps": order.profile.steps,
        }

    def parse_submitted(self, answer: object) -> Task:
        return _task(answer, "task_id", "task_status", "")

    def status(self, id: str) -> Request:
        return Request("GET", f"/v1/tasks/{_segment(id)}/status")

    def parse_status(self, answer: object, id: str) -> Task:
        return _task(answer, "task_id", "status", id)

    def content(self, id: str) -> str:
        return f"/v1/tasks/{_segment(id)}/result"

    def cancel(self, id: str) -> Request:
        return Request("DELETE", f"/v1/tasks/{_segment(id)}")


class StrictLightX2V(LightX2V):
    """Rate and steps are the server's own settings too, and it keeps a result only under a name that it was given."""

    def _sizes(self, order: Order) -> dict[str, object]:
        shot = order.plan
        name = f"hitsmith_{shot.key[:32]}.mp4"
        return {"num_frames": shot.frames, "size": [shot.height, shot.width], "save_result_path": name}


DIALECTS: Mapping[str, Dialect] = {
    "openai_videos": OpenAIVideos(),
    "lightx2v": LightX2V(),
    "lightx2v_strict": StrictLightX2V(),
}


def _task(answer: object, id_name: str, state_name: str, known_id: str) -> Task:
    """``known_id``: the id that was asked for; "" where the answer must bring one."""
    found = cast(Mapping[str, object], answer) if isinstance(answer, dict) else {}
    id = known_id or found.get(id_name)
    state = STATES.get(str(found.get(state_name, "")).lower())
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID or state is None:
        raise ServerDown("the server's answer is not of the dialect that is set for it: check REMOTE_ENGINES")
    progress = found.get("progress")
    share = min(max(float(progress) / 100, 0.0), 1.0) if isinstance(progress, int | float) else None
    return Task(id, state, share, plain(message_in(found.get("error"))))


def _segment(id: str) -> str:
    """The id as one part of a path, whatever is in it: a server's word must not lead us to another of its pages."""
    return quote(id, safe="").replace(".", "%2E")


def _word(value: str | float | bool) -> str:  # noqa: FBT001
    return str(value).lower() if isinstance(value, bool) else str(value)
