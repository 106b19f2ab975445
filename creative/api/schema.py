"""What the OpenAPI document says beside the views: keys, pages, problem documents, idempotency."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

F = TypeVar("F", bound=Callable[..., Any])

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of up to 200 characters. The same key with the same body gives the same answer again.",
)
PAGING = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="From the ``next`` address of the page before."),
    OpenApiParameter("limit", OpenApiTypes.INT, description="Rows a page: 20, at most 100."),
]
REFUSALS = {
    400: "The request cannot be read.",
    401: "No valid key.",
    403: "The key's role or the membership does not allow it.",
    404: "Not there, or not yours.",
    409: "The state of the thing does not allow it (now).",
    422: "The content is refused; the detail says why.",
    429: "More requests than the plan allows; Retry-After says when to come back.",
}
PAYMENT_REFUSALS = {
    402: "Too few credits; nothing was started.",
    429: "All works that the plan allows at a time are under way.",
}


class Problem(serializers.Serializer[Any]):
    """RFC 9457. ``code`` is stable for programs, ``detail`` says what happened and what to do."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    detail_zh = serializers.CharField(required=False)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "billing.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API key of the organization: hsk_..."}


def operation(
    operation_id: str,
    says: str,
    *,
    request: Any = None,
    parameters: Sequence[OpenApiParameter | type[serializers.Serializer[Any]]] = (),
    responses: Mapping[int, Any],
    pays: bool = False,
) -> Callable[[F], F]:
    """Describe one operation; every refusal is a ``Problem``. ``pays``: it may be refused for want of credits."""
    refusals = REFUSALS | (PAYMENT_REFUSALS if pays else {})
    problems = {
        (status, "application/problem+json"): OpenApiResponse(Problem, description=text)
        for status, text in refusals.items()
    }
    return extend_schema(
        operation_id=operation_id,
        summary=says,
        description=says,
        request=request,
        parameters=list(parameters),
        responses={**responses, **problems},
    )


def page_of(shape: type[serializers.BaseSerializer[Any]]) -> serializers.BaseSerializer[Any]:
    """A cursor page of ``shape``."""
    return inline_serializer(
        f"PageOf{shape.__name__}",
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )
