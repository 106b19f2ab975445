"""For the schema: the problem document of every refusal (written by ``config.problems``), and pages of a list."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import serializers


class Problem(serializers.Serializer[Any]):
    """RFC 9457. ``code`` is stable for programs, ``detail`` says what happened and what to do."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    detail_zh = serializers.CharField(required=False)


PROBLEMS: dict[Any, Any] = {
    (code, "application/problem+json"): OpenApiResponse(Problem, description=text)
    for code, text in {
        400: "The request cannot be read.",
        401: "No valid key.",
        403: "The key's role or the membership does not allow it.",
        404: "Not there, or not yours.",
        409: "The state of the thing does not allow it (now).",
        422: "The content is refused; the detail says why.",
    }.items()
}
PAYMENT: dict[Any, Any] = {
    (402, "application/problem+json"): OpenApiResponse(Problem, description="Too few credits; nothing was started."),
    (429, "application/problem+json"): OpenApiResponse(
        Problem, description="The plan's parallel works are all in use."
    ),
}


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
