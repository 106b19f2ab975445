"""What can go wrong with the language model of an operator; a script is written all the same, by the grammar.

TemplatesError
├── ModelMisconfigured  500  TEMPLATES_WRITER or TEMPLATES_TAGGER can not be used as it is
└── ModelFailed         503  the server did not answer, or not with what was asked for
"""

from templates_engine.domain.errors import TemplatesError


class ModelMisconfigured(TemplatesError):
    code = "model_misconfigured"
    status = 500


class ModelFailed(TemplatesError):
    code = "model_failed"
    status = 503
