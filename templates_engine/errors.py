"""Every error of this app. ``TemplatesError`` is the root; ``code`` is stable, ``detail`` says what the user can do.

TemplatesError
├── TemplateInvalid   400  a template document breaks the schema
├── ScriptInvalid     500  a stored script can not be read back
├── CannotFill        422  the facts or the length do not carry the template (``reasons``)
├── TemplateNotFound  404  no such template, or not yours
└── TemplateTaken     409  the id is already another template's: a version never changes
"""

from templates_engine.domain.errors import ScriptInvalid, TemplateInvalid, TemplatesError
from templates_engine.domain.fill import CannotFill

__all__ = ["CannotFill", "ScriptInvalid", "TemplateInvalid", "TemplateNotFound", "TemplateTaken", "TemplatesError"]


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
