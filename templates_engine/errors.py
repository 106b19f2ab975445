"""Every error of this app. ``TemplatesError`` is the root; ``code`` is stable, ``detail`` says what the user can do.

TemplatesError
├── TemplateInvalid   400  a template document breaks the schema
├── AnalysisInvalid   400  an analysis of a video breaks the schema
├── CorpusInvalid     400  a line of the roles' training corpus is not in its form
├── LinesInvalid      400  a file of lines to tag is not in its form
├── CorrectionInvalid 422  a corrected role names no role, or no line
├── LessonInvalid     400  a manifest of hits to learn from can not be followed
├── ResultsInvalid    400  reported results name no ad of yours, or no number
├── ScriptInvalid     500  a stored script can not be read back
├── CannotFill        422  the facts or the length do not carry the template (``reasons``)
├── TooFewVideos      422  fewer than eight alike videos to learn from (``missing``)
├── TemplateNotFound  404  no such template, or not yours
├── ShareNotFound     404  no such share of yours or with you
├── SharingRefused 403/404/422  not an agency, no such receiver, or as many receivers as the plan allows (``reason``)
├── TemplateTaken     409  the id is already another template's: a version never changes
└── of the files of a hit, in ``analyse/errors.py``: VideoRefused, TranscriptInvalid, MetricsInvalid 422, ToolMissing 503,
    AnalysisStopped 409; of the language model, in ``language_model/errors.py``: ModelMisconfigured, ModelFailed
"""

from templates_engine.domain.errors import AnalysisInvalid, ScriptInvalid, TemplateInvalid, TemplatesError
from templates_engine.domain.fill import CannotFill
from templates_engine.domain.induce import TooFewVideos

__all__ = [
    "AnalysisInvalid",
    "CannotFill",
    "CorpusInvalid",
    "CorrectionInvalid",
    "LessonInvalid",
    "LinesInvalid",
    "ResultsInvalid",
    "ScriptInvalid",
    "ShareNotFound",
    "SharingRefused",
    "TemplateInvalid",
    "TemplateNotFound",
    "TemplateTaken",
    "TemplatesError",
    "TooFewVideos",
]


class CorpusInvalid(TemplatesError):
    code = "corpus_invalid"


class CorrectionInvalid(TemplatesError):
    """A correction that can not be kept; ``zh`` and ``detail`` say what to do."""

    code = "correction_invalid"
    status = 422

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


class LinesInvalid(TemplatesError):
    code = "lines_invalid"


class TemplateNotFound(TemplatesError):
    code = "template_not_found"
    status = 404

    def __init__(self, template_id: str) -> None:
        super().__init__(f"There is no template {template_id!r}; `manage.py templates` lists those you may use.")


class TemplateTaken(TemplatesError):
    code = "template_taken"
    status = 409

    def __init__(self, template_id: str) -> None:
        super().__init__(
            f"{template_id!r} is already a different template. A version never changes: publish under the next."
        )


class LessonInvalid(TemplatesError):
    """A manifest that can not be followed; ``detail`` names the place."""

    code = "lesson_invalid"


class ResultsInvalid(TemplatesError):
    """Reported results that belong to no ad of the reporter, or say nothing; ``detail`` and ``zh`` name the row."""

    code = "results_invalid"

    def __init__(self, detail: str, zh: str = "") -> None:
        super().__init__(detail)
        self.zh = zh or detail


class ShareNotFound(TemplatesError):
    code = "share_not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(
            "There is no such share of yours or with you: the other side may have ended it. List them anew."
        )


class SharingRefused(TemplatesError):
    """Nothing was shared. ``reason`` is stable for programs, ``zh`` and ``detail`` say what to do."""

    code = "sharing_refused"

    def __init__(self, reason: str, status: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.status = status  # type: ignore[misc]  # the one error whose status depends on its reason
        self.zh = zh

    def extra(self) -> dict[str, object]:
        return {"reason": self.reason, "detail_zh": self.zh}
