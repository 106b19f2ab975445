"""What can be wrong with the files of a hit; each message says what the uploader can do.

TemplatesError
├── VideoRefused       422  the video cannot be read, or is longer, larger or slower than we take
├── TranscriptInvalid  422  a transcript that cannot be read, with its place
├── MetricsInvalid     422  a sheet of results that cannot be read, with row and column
├── ToolMissing        503  a detector or its weights are not installed
└── AnalysisStopped    409  somebody asked to stop; nothing was written
"""

from templates_engine.domain.errors import TemplatesError


class VideoRefused(TemplatesError):
    code = "video_refused"
    status = 422


class TranscriptInvalid(TemplatesError):
    code = "transcript_invalid"
    status = 422


class MetricsInvalid(TemplatesError):
    """``zh`` says the same as ``detail`` to a Chinese reader, "" where nobody has written it."""

    code = "metrics_invalid"
    status = 422

    def __init__(self, detail: str, zh: str = "") -> None:
        super().__init__(detail)
        self.zh = zh

    def extra(self) -> dict[str, object]:
        return {"detail_zh": self.zh} if self.zh else {}


class ToolMissing(TemplatesError):
    code = "tool_missing"
    status = 503


class AnalysisStopped(TemplatesError):
    code = "analysis_stopped"
    status = 409
