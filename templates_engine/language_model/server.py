"""The operator's language model: any server that speaks OpenAI's ``/v1/chat/completions`` with JSON schema.

The setting ``TEMPLATES_WRITER`` names it as JSON, such as
``{"base": "http://10.0.0.7:8000", "model": "qwen3", "token_env": "WRITER_TOKEN"}``; empty means: none, the grammar
writes. ``TEMPLATES_TAGGER`` has the same form (see ``tagger``). What goes out goes through the function that
``TEMPLATES_HTTP`` names, the house's one HTTP client.
"""

import json
import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from templates_engine.domain.documents import UNREADABLE, items, mapping, text
from templates_engine.domain.errors import TemplatesError
from templates_engine.language_model.errors import ModelFailed, ModelMisconfigured

log = logging.getLogger(__name__)
NAME = "the language model"
PATH = "/v1/chat/completions"
_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)
_HOW = 'set it to JSON such as {"base": "http://10.0.0.7:8000", "model": "qwen3"}, or leave it out'


@dataclass(frozen=True)
class Model:
    """``seconds``: how long one answer may take. The token is never part of a message."""

    base: str
    model: str
    token: str = ""
    seconds: float = 60.0

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, object]) -> Mapping[str, object]:
        """The JSON object of its answer to ``messages``. Raises ``ModelFailed``."""
        body = {
            "model": self.model,
            "messages": list(messages),
            "temperature": 0.8,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "lines", "strict": True, "schema": schema},
            },
        }
        post = import_string(settings.TEMPLATES_HTTP)
        try:
            answer = post(self.base, NAME, PATH, token=self.token, body=body, seconds=self.seconds)
        except TemplatesError as error:
            log.warning("%s: %s", NAME, error.detail)
            raise ModelFailed(f"{NAME} gave no answer; its operator finds the cause in the log") from error
        return _content(answer)


def configured(setting: str = "TEMPLATES_WRITER") -> Model | None:
    """The model that this setting names. Raises ``ModelMisconfigured``."""
    named = str(getattr(settings, setting))
    if not named.strip():
        return None
    try:
        given = mapping(json.loads(named))
        unknown = set(given) - {"base", "model", "token_env", "seconds"}
        seconds = given.get("seconds", 60)
        if unknown or not isinstance(seconds, int | float) or not 1 <= seconds <= 600:
            raise ValueError(f"{sorted(unknown) or 'seconds'} is not understood")
        token_env = text(given.get("token_env", ""))
        token = os.environ.get(token_env, "") if token_env else ""
        if token_env and not token:
            raise ValueError(f"the environment has no {token_env}")
        return Model(text(given["base"]), text(given["model"]), token, float(seconds))
    except UNREADABLE as error:
        raise ModelMisconfigured(f"{setting}: {error}; {_HOW}") from error


def _content(answer: object) -> Mapping[str, object]:
    """The object inside ``choices[0].message.content``; a fence around it is forgiven, anything else is not."""
    try:
        choice = mapping(items(mapping(answer)["choices"])[0])
        said = text(mapping(choice["message"])["content"])
        fenced = _FENCE.match(said)
        return mapping(json.loads(fenced[1] if fenced else said))
    except (*UNREADABLE, IndexError) as error:
        log.warning("%s: unreadable answer: %s", NAME, error)
        raise ModelFailed(f"{NAME} answered with something else than the lines that were asked for") from error
