"""Every API error as ``application/problem+json`` (RFC 9457), with a stable ``code`` and what to do about it."""

import logging
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from billing.errors import BillingError
from creative.errors import CreativeError
from generation.errors import GenerationError
from templates_engine.errors import TemplatesError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
OURS = (BillingError, CreativeError, GenerationError, TemplatesError)


def problem(status: int, code: str, detail: str, **more: object) -> Response:
    """One problem document. ``type`` names the kind of problem, ``detail`` says what happened and what to do."""
    body = {"type": f"urn:hitsmith:problem:{code}", "title": code.replace("_", " "), "status": status}
    body |= {"code": code, "detail": detail, **more}
    return Response(body, status=status, content_type=CONTENT_TYPE)


def handle(exc: Exception, context: Mapping[str, object]) -> Response | None:
    """DRF's exception handler: our own errors by their ``status`` and ``code``, the framework's by kind."""
    set_rollback()
    if isinstance(exc, OURS):
        answer = problem(exc.status, exc.code, str(exc), **exc.extra())
        wait = getattr(exc, "retry_after", None)
        if wait:
            answer["Retry-After"] = str(wait)
        return answer
    if isinstance(exc, Http404):
        return problem(404, "not_found", "There is nothing here that is yours.")
    if isinstance(exc, PermissionDenied):
        return problem(403, "forbidden", "Your role does not allow this.")
    if isinstance(exc, exceptions.ValidationError):
        return problem(400, "invalid", "Some fields are wrong, see errors.", errors=_pointers(exc.detail))
    if isinstance(exc, exceptions.APIException):
        return _framework(exc)
    return None  # a bug: let it become a logged 500


def _framework(exc: exceptions.APIException) -> Response:
    code = exc.get_codes()
    answer = problem(exc.status_code, code if isinstance(code, str) else "error", str(exc.detail))
    wait = getattr(exc, "wait", None)
    if wait is not None:
        answer["Retry-After"] = str(int(wait) + 1)
    header = getattr(exc, "auth_header", None)
    if header:
        answer["WWW-Authenticate"] = header
    return answer


def _pointers(detail: object, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error lists as a flat list of JSON pointers."""
    if isinstance(detail, Mapping):
        return [entry for key, value in detail.items() for entry in _pointers(value, f"{path}/{key}")]
    if isinstance(detail, list):
        found = []
        for index, value in enumerate(detail):
            nested = isinstance(value, Mapping | list)
            found += _pointers(value, f"{path}/{index}" if nested else path)
        return found
    return [{"pointer": path or "/", "detail": str(detail)}]
