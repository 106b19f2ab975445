"""Everything that generation can refuse or fail at. Transient or permanent is a class, so nobody compares strings.

GenerationError
├── Transient            worth another attempt as it is
│   ├── Broken             something unexpected; the worker's log has the details
│   ├── StorageDown        the storage did not answer
│   ├── ClipRejected       what the engine filmed is not what was planned
│   ├── ServerDown         a server that films for us did not answer, or not as it should
│   │   └── ServerBusy       it asked us to come later
│   └── TakeFailed         a server took the shot and could not film it
├── Permanent            the same input fails again
│   ├── EngineNotFound     no engine of that name in this installation
│   ├── EngineChanged      the plan was made for another version of the engine or its weights
│   ├── WeightsMissing     the engine is there, its weights are not
│   ├── OutOfMemory        this machine's memory is too small for the shot, whatever is moved out of the way
│   ├── MediaMissing       the storage has no such file
│   ├── MediaBroken        a file is damaged, or not what its name promises
│   ├── FfmpegFailed       the ffmpeg binary refused or ran too long
│   ├── ServerRefused      a server will not film this shot, whenever it is asked
│   ├── AddressRefused     a name that a stranger gave leads to a machine that they may not reach through us
│   ├── ServerMisbehaved   a server sent what none of ours may send: another address, or more than was agreed
│   ├── VoiceRefused       a spoken line, or the voice that should speak it, cannot be used
│   ├── CutRefused         the timeline cannot be cut as it is
│   │   └── MissingGlyph     our typeface lacks a character of its texts
│   └── DeliverableRefused a finished file failed a check and was thrown away
├── Cancelled            somebody asked to stop
└── JobLost              another worker has the job now; nothing may be written any more

``PlanRefused`` (a ``ValueError`` of the domain: the engine cannot film such a shot) is passed on from here.
"""

from typing import ClassVar

from generation.domain.shot_plan import PlanRefused

__all__ = [
    "AddressRefused",
    "Broken",
    "Cancelled",
    "ClipRejected",
    "CutRefused",
    "DeliverableRefused",
    "EngineChanged",
    "EngineNotFound",
    "FfmpegFailed",
    "GenerationError",
    "JobLost",
    "MediaBroken",
    "MediaMissing",
    "MissingGlyph",
    "OutOfMemory",
    "Permanent",
    "PlanRefused",
    "ServerBusy",
    "ServerDown",
    "ServerMisbehaved",
    "ServerRefused",
    "StorageDown",
    "TakeFailed",
    "Transient",
    "VoiceRefused",
    "WeightsMissing",
]


class GenerationError(Exception):
    """Base of the tree. The message says what the user can do; ``code`` is stable and meant for programs."""

    code: ClassVar[str] = "generation_error"
    status: ClassVar[int] = 422  # for a web answer; what workers run into never reaches one

    def extra(self) -> dict[str, object]:
        """What a program wants to know beside the code."""
        return {}


class Transient(GenerationError):
    code = "try_again"


class Broken(Transient):
    code = "internal"


class StorageDown(Transient):
    code = "storage_down"


class ClipRejected(Transient):
    code = "clip_rejected"


class ServerDown(Transient):
    code = "server_down"


class ServerBusy(ServerDown):
    code = "server_busy"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, as the server asked


class TakeFailed(Transient):
    code = "take_failed"


class Permanent(GenerationError):
    code = "cannot_film"


class EngineNotFound(Permanent):
    code = "engine_not_found"


class EngineChanged(Permanent):
    code = "engine_changed"


class WeightsMissing(Permanent):
    code = "weights_missing"


class OutOfMemory(Permanent):
    code = "out_of_memory"


class MediaMissing(Permanent):
    code = "media_missing"


class MediaBroken(Permanent):
    code = "media_broken"


class FfmpegFailed(Permanent):
    code = "ffmpeg_failed"


class ServerRefused(Permanent):
    code = "server_refused"

    def __init__(self, message: str, answered: int) -> None:
        super().__init__(message)
        self.answered = answered  # the HTTP status


class AddressRefused(Permanent):
    code = "address_refused"


class ServerMisbehaved(Permanent):
    code = "server_misbehaved"


class VoiceRefused(Permanent):
    """``reason`` names what is wrong with a recording, such as ``silent``; empty for everything else."""

    code = "voice_refused"

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class CutRefused(Permanent):
    """``zh`` says the same in Chinese, where people read it on a page; empty elsewhere."""

    code = "cannot_cut"

    def __init__(self, message: str, zh: str = "") -> None:
        super().__init__(message)
        self.zh = zh


class MissingGlyph(CutRefused):
    code = "missing_glyph"


class DeliverableRefused(Permanent):
    code = "deliverable_refused"


class Cancelled(GenerationError):
    code = "cancelled"


class JobLost(GenerationError):
    code = "job_lost"
