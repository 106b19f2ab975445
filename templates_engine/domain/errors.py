"""The errors of this app: ``code`` is stable for programs, ``detail`` tells a person what to do."""

from typing import ClassVar


class TemplatesError(Exception):
    """Anything that this app refuses to do. ``status`` is the HTTP status that fits."""

    code: ClassVar[str] = "templates_error"
    status: ClassVar[int] = 400

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def extra(self) -> dict[str, object]:
        """Further fields of a problem answer (RFC 9457)."""
        return {}


class TemplateInvalid(TemplatesError):
    """A template document that breaks the rules of its own schema; ``detail`` names the place."""

    code = "template_invalid"


class ScriptInvalid(TemplatesError):
    """A stored script that can not be read back."""

    code = "script_invalid"
    status = 500


class AnalysisInvalid(TemplatesError):
    """A stored or imported analysis of a video that breaks the rules; ``detail`` names the place."""

    code = "analysis_invalid"
